import JourneyModel

// What `decisions` tells.
extension Decider {
  mutating func record(_ collectsDecisions: Bool) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for candidate in candidates {
      hash = (hash ^ UInt64(candidate.rule)) &* 0x100_0000_01b3
      hash =
        (hash ^ UInt64(bitPattern: candidate.occasion.key.moment.milliseconds)) &* 0x100_0000_01b3
      for answer in candidate.answers {
        for byte in (answer.refusal?.name ?? "made").utf8 {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
      }
    }
    // The same again is news where it made something: a slot that was given back is taken anew.
    let isNews =
      hash != customer.pointee.lastAnswers || candidates.contains { $0.madeAs != nil }
    customer.pointee.lastAnswers = hash
    guard !candidates.isEmpty else { return }
    if isNews || !isDeadline {
      for candidate in candidates {
        refusals.append(contentsOf: candidate.answers.compactMap(\.refusal))
      }
    }
    guard collectsDecisions, isNews || !isDeadline else { return }
    for isControl in [false, true] {
      let group = candidates.filter { self.isControl(plan.rules[$0.rule]) == isControl }
      guard !group.isEmpty else { continue }
      effects.append(
        .decided(
          Decision(
            time: now, customer: look.id, trigger: trigger, isControl: isControl,
            candidates: group.map(shown))))
    }
  }

  func shown(_ candidate: Candidate) -> Decision.Candidate {
    Decision.Candidate(
      suggestion: plan.rules[candidate.rule].plan.name, completed: candidate.occasion.key.moment,
      score: candidate.score,
      channels: candidate.answers.map { answer in
        let name = plan.names.text(answer.channel)
        if let made = candidate.madeAs, made.channel == answer.channel {
          return Decision.ChannelTried(channel: name, answer: .made(made.id))
        }
        return Decision.ChannelTried(
          channel: name, answer: .refused(answer.refusal?.name ?? "outranked"))
      })
  }
}
