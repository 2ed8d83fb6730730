internal import JourneyModel
internal import Settings

extension ScenarioComparison {
  /// Nil where the list is exactly what came, in order of time.
  func suggestions(_ expected: [ExpectedSuggestion]) -> Finding? {
    let happenings = observation.happenings.sorted { $0.time < $1.time }
    let fits = { (index: Int, happening: Happening) in
      self.differences(expected[index], happening) == 0
    }
    let holds = OrderedMatch.holds(
      entries: expected.count, moments: Self.byMoment(happenings), isRequired: { !$0.isControl },
      fits: fits)
    return holds ? nil : finding(expected, happenings)
  }

  private static func byMoment(_ happenings: [Happening]) -> [[Happening]] {
    var moments: [[Happening]] = []
    for happening in happenings {
      if moments.last?.last?.time == happening.time {
        moments[moments.count - 1].append(happening)
      } else {
        moments.append([happening])
      }
    }
    return moments
  }

  /// The number of given fields that do not match.
  func differences(_ entry: ExpectedSuggestion, _ happening: Happening) -> Int {
    let matches = [
      entry.isWithdrawal == happening.isWithdrawal,
      entry.rule == happening.rule,
      entry.at.map { scenario.start + $0 == happening.time } ?? true,
      entry.touchpoint.map { $0 == happening.touchpoint } ?? true,
      entry.channel.map { $0 == happening.channel } ?? true,
      entry.purpose.map { $0 == happening.purpose } ?? true,
      identifiers.all(entry.to, areIn: happening.customer.identifiers),
      entry.because.map { $0 == happening.because } ?? true,
      entry.content.map { Self.areSame($0, happening.content) } ?? true,
      isAddress(entry.address, happening.addresses),
      entry.journey.admits(happening.journey),
      entry.phase.admits(happening.phase),
      entry.reason.map { $0 == happening.reason } ?? true,
      (entry.isControl ?? false) == happening.isControl,
    ]
    return matches.count { !$0 }
  }

  private func isAddress(_ wanted: Wanted<String>, _ addresses: [String]) -> Bool {
    switch wanted {
    case .anything: true
    case .nothing: addresses.isEmpty
    case .value(let address): addresses.contains(address)
    }
  }

  /// The same names with the same values, in any order; a null is one that is not there.
  private static func areSame(_ expected: [NamedValue], _ actual: [NamedValue]) -> Bool {
    let wanted = expected.filter { $0.value != .null }
    let found = actual.filter { $0.value != .null }
    guard wanted.count == found.count else { return false }
    return wanted.allSatisfy { value in
      found.contains { $0.name == value.name && $0.value.isSame(as: value.value) }
    }
  }
}

// MARK: Side by side

extension ScenarioComparison {
  private func finding(_ expected: [ExpectedSuggestion], _ happenings: [Happening]) -> Finding {
    let partners = partners(expected, happenings)
    let taken = Set(partners.compactMap { $0 })
    var rows: [(time: Moment, row: Finding.Row)] = []
    for (index, entry) in expected.enumerated() {
      let partner = partners[index].map { happenings[$0] }
      rows.append((time(of: entry, partner, rows.last?.time), row(entry, partner)))
    }
    for (index, happening) in happenings.enumerated()
    where !taken.contains(index) && !happening.isControl {
      let row = Finding.Row(.unexpected, actual: text.actual(happening, beside: nil))
      let place = rows.firstIndex { $0.time > happening.time } ?? rows.endIndex
      rows.insert((happening.time, row), at: place)
    }
    let isOnlyOrder = rows.allSatisfy { $0.row.mark == .same }
    var finding = Finding(
      .expect, at: scenario.expectedPlace,
      isOnlyOrder
        ? "the list is not in order of time" : "other suggestions came than expected")
    finding.rows = rows.map(\.row)
    for (index, entry) in expected.enumerated() {
      let partner = partners[index].map { happenings[$0] }
      for note in notes(on: entry, partner) where !finding.notes.contains(note) {
        finding.notes.append(note)
      }
    }
    return finding
  }

  private func row(_ entry: ExpectedSuggestion, _ partner: Happening?) -> Finding.Row {
    let said = text.expected(entry)
    guard let partner else { return Finding.Row(.missing, expected: said) }
    return Finding.Row(
      differences(entry, partner) == 0 ? .same : .differs, expected: said,
      actual: text.actual(partner, beside: entry))
  }

  private func time(
    of entry: ExpectedSuggestion, _ partner: Happening?, _ before: Moment?
  ) -> Moment {
    if let at = entry.at { return scenario.start + at }
    return partner?.time ?? before ?? scenario.start
  }

  /// Of each entry what came for it: what fits, else the likest of the same rule and kind.
  private func partners(_ expected: [ExpectedSuggestion], _ happenings: [Happening]) -> [Int?] {
    var pairs = Pairing(lefts: expected.count, rights: happenings.count) {
      self.differences(expected[$0], happenings[$1]) == 0
    }.largest()
    var free = Set(happenings.indices).subtracting(pairs.compactMap { $0 })
    for (index, entry) in expected.enumerated() where pairs[index] == nil {
      let alike = free.sorted().filter { other in
        let happening = happenings[other]
        return happening.rule == entry.rule && happening.isWithdrawal == entry.isWithdrawal
          && happening.isControl == (entry.isControl ?? false)
      }
      let best = alike.min { a, b in
        (differences(entry, happenings[a]), distance(entry, happenings[a]))
          < (differences(entry, happenings[b]), distance(entry, happenings[b]))
      }
      guard let best else { continue }
      pairs[index] = best
      free.remove(best)
    }
    return pairs
  }

  private func distance(_ entry: ExpectedSuggestion, _ happening: Happening) -> UInt64 {
    guard let at = entry.at else { return 0 }
    return (happening.time - (scenario.start + at)).milliseconds.magnitude
  }
}

extension JSONValue {
  /// As values of a record compare: members in any order, numbers by their value.
  func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.list(let a), .list(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count
        && a.allSatisfy { member in
          b.contains { $0.name == member.name && $0.value.isSame(as: member.value) }
        }
    case (.digits(let a), .number(let b)), (.number(let b), .digits(let a)):
      return Double(a) == b
    default: return self == other
    }
  }
}
