extension SettingsTable {
  /// A configuration to begin with: it is valid, and names every setting with its default and a sentence.
  package static func starter() -> String {
    var out = """
      # The configuration of journeyd. Lines that begin with #: are settings with their defaults; take the
      # mark away to change one. `journeyd check` says what is wrong, `journeyd test` tries the rules out.

      """
    for setting in root.settings {
      out += "\n# \(setting.help)\n"
      if let example = StarterExample.sections[setting.name] {
        out += example + "\n"
        out += settings(of: setting)
      } else if case .record(let record) = setting.shape {
        out += "\(setting.name):\n" + lines(record.settings, indent: "  ")
      } else if let standard = setting.standard {
        out += "#: \(setting.name): \(standard)\n"
      }
    }
    return out
  }

  /// The settings that each entry of a section can have.
  private static func settings(of setting: Setting) -> String {
    switch setting.shape {
    case .named(_, .record(let record)):
      "  # Of each one:\n" + lines(record.settings, indent: "  ")
    case .record(let record): lines(record.settings, indent: "  ")
    case .named, .list, .kinds, .variants, .deferred, .text, .bool, .whole, .number, .share,
      .duration, .durationOr, .size, .choice, .moment, .clock, .timezone, .pattern, .scale, .json,
      .jsonScalar, .name, .kafkaValue:
      ""
    }
  }

  private static func lines(_ settings: [Setting], indent: String) -> String {
    settings.map { setting in
      let value = setting.standard ?? "…"
      return "\(indent)#: \(setting.name): \(value)\n\(indent)#    \(setting.help)\n"
    }.joined()
  }
}

/// What stands in the starter without a mark.
private enum StarterExample {
  static let sections: [String: String] = [
    "kafka": """
    kafka:
      bootstrap.servers: localhost:9092
      # group.id: journeyd
      # security.protocol: sasl_ssl
      # sasl.password: {credential: kafka-password}
    """,
    "sources": """
    sources:
      web: {topic: web.events, channel: web}
      branches: {topic: branch.visits, channel: branch, holds_clock: false}
    """,
    "outputs": """
    outputs:
      suggestions: journeyd.suggestions
      rejected: journeyd.rejected
    """,
    "channels": """
    channels:
      web: {side: online}
      branch: {side: offline}
      email: {side: online, outbound: true, needs: email}
    """,
    "touchpoints": """
    touchpoints:
      calculator_used: {phase: before}
      application_started: {phase: during}
      contract_signed: {phase: during}
      complaint_filed: {phase: after, moment_of_truth: true}
      complaint_resolved: {phase: after}
      article: {phase: before}
    """,
    "journeys": """
    journeys:
      mortgage:
        title: Buying a home
        starts: [calculator_used]
        phases:
          - orientation
          - application: [application_started]
        won: [contract_signed]
        ends_after: 60d
    """,
    "suggestions": """
    suggestions:
      home_buying_article:
        title: An article for those who calculated and did not apply
        journey: mortgage
        phase: [orientation]
        when:
          - seen: calculator_used
          - unseen: application_started
            for: 2h
        suggest: {touchpoint: article, channels: [email]}
        expires: 3d
        again_after: 30d
    """,
    "contact": """
    contact:
      timezone: Europe/Amsterdam
      pressure:
        emails_weekly: {channel: email, max: 2, per: 7d}
      quiet_hours:
        - {channels: [email], from: "21:00", until: "08:00"}
      service_first:
        opens: [complaint_filed]
        closes: [complaint_resolved]
        cooling_off: 14d
    """,
  ]
}
