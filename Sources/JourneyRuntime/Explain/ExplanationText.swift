package import JourneyEngine
package import JourneyModel

internal import Settings
internal import Supervision

/// An explanation for people: what a marketer and an engineer want to read, in this order.
package struct ExplanationText {
  private let explanation: Explanation
  /// The suggestion that was asked for.
  private let asked: SuggestionID?
  private var page = Page()

  /// The whole text, ended. Times are UTC; control characters from outside are shown, not sent.
  package static func text(_ explanation: Explanation, asked: SuggestionID? = nil) -> String {
    var text = ExplanationText(explanation: explanation, asked: asked)
    text.write()
    return text.page.text
  }

  private init(explanation: Explanation, asked: SuggestionID?) {
    self.explanation = explanation
    self.asked = asked
  }

  private mutating func write() {
    writeHead()
    if let asked, let told = explanation.suggestions.first(where: { $0.id == asked }) {
      page.heading("The suggestion asked for")
      write(told)
    }
    writeIdentity()
    writeFacts()
    writeTimeline()
    writeJourneys()
    writeSuggestions()
    writeRules()
    writePolicy()
  }

  private mutating func writeHead() {
    let picture = explanation.picture
    page.line(0, "Customer \(picture.customer), as of \(explanation.moment.rfc3339)")
    page.line(
      1,
      "first seen \(picture.firstSeen.rfc3339), last seen \(picture.lastSeen.rfc3339),"
        + " \(Phrases.counted(picture.touchpoints, "contact")), satisfaction "
        + (picture.satisfaction.map { decimalText($0, places: 2) } ?? "unknown"))
    if !picture.aliases.isEmpty {
      page.line(1, "also known as \(picture.aliases.map(\.description).joined(separator: ", "))")
    }
    if let next = explanation.next { page.line(1, "looked at again at \(next.rfc3339)") }
  }

  private mutating func writeIdentity() {
    let identity = explanation.identity
    page.heading("Identifiers")
    for known in identity.identifiers {
      var line = Phrases.name(known.identifier)
      if let first = known.first { line += "  since \(Phrases.by(first))" }
      if let last = known.last { line += ", last seen \(last.rfc3339)" }
      if let ambiguous = known.ambiguous {
        line += "; stands for no one since \(Phrases.by(ambiguous))"
      }
      page.line(1, line)
    }
    if !identity.links.isEmpty { page.heading("Linked") }
    for link in identity.links {
      let joined = link.joined.map { "; \($0) became one with this customer" } ?? ""
      page.line(1, "\(Phrases.names(link.identifiers))  \(Phrases.by(link.origin))\(joined)")
    }
    if !identity.refused.isEmpty { page.heading("Not linked") }
    for refused in identity.refused {
      let others = refused.others.map(\.description).joined(separator: ", ")
      page.line(
        1,
        "\(Phrases.names(refused.identifiers))  \(Phrases.by(refused.origin)):"
          + " \(Phrases.reason(refused.reason))"
          + (others.isEmpty ? "" : "; the other is \(others)"))
    }
  }

  private mutating func writeFacts() {
    if !explanation.traits.isEmpty { page.heading("Traits") }
    for trait in explanation.traits {
      page.line(
        1, "\(trait.name): \(ScenarioText.value(trait.value))  \(Phrases.by(trait.origin))")
    }
    if !explanation.consents.isEmpty { page.heading("Consent") }
    for consent in explanation.consents {
      page.line(
        1,
        "\(consent.channel), \(consent.purpose): \(consent.isGranted ? "granted" : "denied")"
          + "  \(Phrases.by(consent.origin))")
    }
  }

  private mutating func writeTimeline() {
    page.heading("Timeline")
    var lines: [(Moment, String)] = explanation.timeline.map { ($0.origin.time, line($0)) }
    for told in explanation.suggestions {
      let what = "suggestion \(told.rule) on \(told.channel)"
      lines.append(
        (told.made, "  → \(what) \(told.status == "control" ? "kept back (holdout)" : "made")"))
      if let withdrawn = told.withdrawn {
        lines.append((withdrawn.time, "  ← \(what) withdrawn: \(withdrawn.reason.rawValue)"))
      }
      for outcome in told.outcomes {
        lines.append((outcome.time, "  ← \(what) \(outcome.outcome.name)"))
      }
    }
    if lines.isEmpty { page.line(1, "no contact is in the history") }
    for (time, text) in lines.enumerated().sorted(by: {
      ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
    }).map(\.element) {
      page.line(1, "\(time.rfc3339)  \(text)")
    }
  }

  private func line(_ contact: Explanation.Contact) -> String {
    var line = "\(contact.touchpoint) on \(contact.channel)"
    line += " (\(contact.origin.source) \(contact.origin.id), \(Phrases.name(contact.identifier)))"
    if let satisfaction = contact.satisfaction {
      line += ", satisfaction \(Phrases.number(satisfaction))"
    }
    if !contact.attributes.isEmpty { line += " \(ScenarioText.values(contact.attributes))" }
    return line
  }

  private mutating func writeJourneys() {
    let journeys = explanation.picture.journeys
    if !journeys.isEmpty { page.heading("Journeys") }
    for journey in journeys {
      var line = "\(journey.name) \(journey.id): \(journey.status)"
      if let phase = journey.phase { line += ", phase \(phase)" }
      if let key = journey.key { line += ", key \(ScenarioText.value(key))" }
      line += ", started \(journey.started.rfc3339), last \(journey.last.rfc3339)"
      if let ended = journey.ended { line += ", ended \(ended.rfc3339)" }
      let channels = journey.channels.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
      page.line(1, "\(line), \(Phrases.counted(journey.touchpoints, "contact")) (\(channels))")
    }
  }

  private mutating func writeSuggestions() {
    page.heading("Suggestions")
    if explanation.suggestions.isEmpty { page.line(1, "none was made") }
    for told in explanation.suggestions.reversed() where told.id != asked { write(told) }
  }

  private mutating func write(_ told: Explanation.Suggestion) {
    page.line(1, "\(told.id) \(told.rule), \(told.touchpoint) on \(told.channel): \(told.status)")
    page.line(
      2,
      "complete \(told.completed.rfc3339), made \(told.made.rfc3339),"
        + " expires \(told.expires.rfc3339), purpose \(told.purpose)")
    page.line(2, "because of \(told.because.map(Phrases.cause).joined(separator: ", "))")
    if let withdrawn = told.withdrawn {
      page.line(2, "withdrawn \(withdrawn.time.rfc3339): \(withdrawn.reason.rawValue)")
    }
    for outcome in told.outcomes {
      page.line(2, "\(outcome.outcome.name) \(outcome.time.rfc3339)")
    }
  }

  private mutating func writeRules() {
    page.heading("Rules")
    for rule in explanation.rules where Phrases.hasNews(rule) {
      page.line(1, rule.name + (rule.title.map { " (\($0))" } ?? ""))
      for line in Phrases.lines(rule) { page.line(2, line) }
    }
    let others = explanation.rules.filter { !Phrases.hasNews($0) }
    let idle = others.filter(\.isActive)
    if !idle.isEmpty { page.line(1, "not begun, each waits for its first step:") }
    for rule in idle {
      page.line(2, "\(rule.name): \(rule.steps.first.map(StepText.text) ?? "")")
    }
    let inactive = others.filter { !$0.isActive }.map(\.name)
    if !inactive.isEmpty { page.line(1, "not active: \(inactive.joined(separator: ", "))") }
  }

  private mutating func writePolicy() {
    guard
      !explanation.caps.isEmpty || !explanation.pauses.isEmpty || explanation.service != nil
    else { return }
    page.heading("Contact policy")
    for cap in explanation.caps { page.line(1, Phrases.line(cap)) }
    for pause in explanation.pauses {
      page.line(1, "\(pause.rule) on \(pause.channel) is paused until \(pause.until.rfc3339)")
    }
    guard let service = explanation.service else { return }
    if let issue = service.issue {
      page.line(
        1,
        "service first: an issue is open since \(issue.opened.rfc3339) by \(issue.by), given up"
          + " \(service.until.rfc3339) unless it is closed")
    } else {
      page.line(1, "service first: cooling off until \(service.until.rfc3339)")
    }
  }
}

/// Lines with margins; what could lead a terminal astray is written out.
struct Page {
  private(set) var text = ""

  mutating func heading(_ title: String) { text += "\n\(title)\n" }

  mutating func line(_ depth: Int, _ line: String) {
    text += String(repeating: "  ", count: depth)
    for scalar in line.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069:
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\n"
  }
}
