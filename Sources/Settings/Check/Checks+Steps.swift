internal import JourneyModel

extension Checks {
  /// What a rule's steps may not be (spec 3.4).
  mutating func steps(_ rule: YAMLNode) {
    let steps = rule["when"]?.items ?? []
    // Whether an interaction was seen before, whose attributes can be read and compared with.
    var hasSeen = false
    for (index, step) in steps.enumerated() {
      if index == 0 { firstStep(step) }
      if let seen = step.entry("seen") {
        outcome(step, seen)
        comparing(step, isFirst: index == 0, hasSeen: hasSeen)
        if !mayCount(step), index > 0, let apart = step.entry("apart") {
          warning(
            "without-times", at: apart.keyPlace, "“apart” without “times” does nothing",
            help: "it says how far apart the events counted are")
        }
        if seen.value["suggestion"] == nil { hasSeen = true }
      } else if let unseen = step.entry("unseen") {
        outcome(step, unseen)
        comparing(step, isFirst: index == 0, hasSeen: hasSeen)
        let next = index + 1 < steps.count ? steps[index + 1] : nil
        self.unseen(step, unseen, next)
      } else if let wait = step.entry("wait") {
        self.wait(wait, isFirst: index == 0, hasSeen: hasSeen)
      }
    }
  }

  private mutating func firstStep(_ step: YAMLNode) {
    let help = "begin with “seen”, or with “wait” for the date in a trait"
    if let unseen = step.entry("unseen") {
      error(
        "first-step", at: unseen.keyPlace,
        "a rule cannot begin with “unseen”: nothing is before it",
        help: help)
    }
    if let wait = step.entry("wait"), wait.value.map == nil {
      error(
        "first-step", at: wait.keyPlace, "a rule cannot begin with “wait”: nothing is before it",
        help: help)
    }
    guard step["seen"] != nil else { return }
    if let now = step.entry("immediately"), now.value.bool == true {
      error(
        "first-step", at: now.keyPlace, "“immediately” on the first step: nothing is before it",
        help: "leave it out")
    }
    guard !mayCount(step) else { return }
    for key in ["within", "same", "differs", "apart"] {
      guard let found = step.entry(key) else { continue }
      error(
        "first-step", at: found.keyPlace,
        "“\(key)” on the first step without “times”: nothing is before it",
        help: "add “times: 2” or more, or move it to a later step")
    }
  }

  /// Whether a step has `times`, or something that may be meant for it.
  private func mayCount(_ step: YAMLNode) -> Bool {
    guard let times = step["times"] else { return strangers.are(in: step) }
    return (times.whole ?? 2) > 1
  }

  /// What a step on the outcome of a suggestion cannot have.
  private mutating func outcome(_ step: YAMLNode, _ seen: YAMLEntry) {
    guard seen.value["suggestion"] != nil else { return }
    for key in ["times", "where", "same", "differs", "immediately", "apart"] {
      guard let found = step.entry(key) else { continue }
      error(
        "outcome-step", at: found.keyPlace,
        "“\(key)” on a step about the outcome of a suggestion", help: "leave it out")
    }
  }

  private mutating func comparing(_ step: YAMLNode, isFirst: Bool, hasSeen: Bool) {
    guard !hasSeen, !isFirst, !mayCount(step) else { return }
    for key in ["same", "differs"] {
      guard let found = step.entry(key) else { continue }
      never(
        found.keyPlace, "“\(key)” has no interaction before it to compare with",
        "compare on a step after “seen” of a touchpoint")
    }
  }

  private mutating func unseen(_ step: YAMLNode, _ unseen: YAMLEntry, _ next: YAMLNode?) {
    guard step["for"] == nil, !strangers.are(in: step) else { return }
    guard let next else {
      return error(
        "last-step", at: unseen.keyPlace, "“unseen” as the last step needs “for”: until when?",
        help: "add “for”, as “for: 2h”")
    }
    if next["seen"] == nil, next["wait"] == nil, next["unseen"] != nil {
      error(
        "unseen-step", at: unseen.keyPlace,
        "“unseen” without “for” stands before “seen” or “wait”, not before “unseen”",
        help: "add “for”, or put both touchpoints into one step: unseen: [A, B]")
    }
  }

  private mutating func wait(_ wait: YAMLEntry, isFirst: Bool, hasSeen: Bool) {
    guard wait.value.map != nil else { return }
    for (first, second) in [("before", "after"), ("trait", "attribute")] {
      guard wait.value[first] != nil, let found = wait.value.entry(second) else { continue }
      error(
        "together", at: found.keyPlace, "“\(first)” and “\(second)” do not go together",
        help: "keep one of the two")
    }
    guard let attribute = wait.value.entry("attribute") else { return }
    if isFirst {
      error(
        "first-step", at: wait.keyPlace,
        "a rule cannot begin with the date in an attribute: no interaction is before it",
        help: "begin with “seen”, or take the date from a trait")
    } else if !hasSeen {
      never(
        attribute.keyPlace, "no interaction is seen before it, whose attribute could be read",
        "add a step “seen” of a touchpoint before it")
    }
  }

  // MARK: Look-backs

  /// Spans that reach further back than the history is kept.
  mutating func lookBacks(_ rule: YAMLNode) {
    let keep = plan.history.keep
    func isLonger(_ entry: YAMLEntry?) -> Bool { entry?.value.span.map { $0 > keep } ?? false }
    var total = TimeSpan.zero
    var isCounting = false
    var isTold = false
    for step in rule["when"]?.items ?? [] {
      let isOutcome = (step["seen"] ?? step["unseen"])?["suggestion"] != nil
      if step["seen"] != nil, !isOutcome { isCounting = true }
      if let within = step.entry("within"), !isOutcome, isLonger(within) { beyond(within) }
      guard let span = step.entry("for") ?? step.entry("wait"), let length = span.value.span
      else { continue }
      if length > keep, isCounting {
        beyond(span)
        isTold = true
      }
      total = TimeSpan(total.milliseconds.addingClamped(length.milliseconds))
      if total > keep, isCounting, !isTold {
        isTold = true
        warning(
          "beyond-history", at: span.keyPlace,
          "the steps take \(Scalars.text(total)) together, longer than history.keep "
            + "(\(Scalars.text(keep))): by then the first interaction has left the history",
          help: "make history.keep longer than \(Scalars.text(total))")
      }
    }
  }

  mutating func beyond(_ entry: YAMLEntry) {
    let said = entry.value.text ?? ""
    warning(
      "beyond-history", at: entry.keyPlace,
      "“\(entry.key): \(said)” looks further back than history.keep "
        + "(\(Scalars.text(plan.history.keep)))",
      help: "shorten it, or make history.keep longer")
  }
}
