/// The gates that can refuse a candidate (spec 3.6), in their order; caps count together.
package enum Gate: String, CaseIterable, Sendable {
  case excluded
  case noAddress = "no_address"
  case consent, condition
  case serviceFirst = "service_first"
  case paused
  case againAfter = "again_after"
  case atOnce = "at_once"
  case pressure
  case quietHours = "quiet_hours"
  case outranked

  /// The gate that a decision names: `consent`, or with the cap's name `pressure:emails_weekly`.
  package init?(refusal: String) {
    let name = refusal.utf8.firstIndex(of: UInt8(ascii: ":")).map { refusal[..<$0] }
    guard let gate = Gate(rawValue: name.map(String.init) ?? refusal) else { return nil }
    self = gate
  }
}

/// How many occasions each gate refused; an occasion counts once per gate.
package struct Refusals: Equatable, Sendable {
  private var counts = [Int](repeating: 0, count: Gate.allCases.count)

  package init() {}

  package subscript(gate: Gate) -> Int {
    get { counts[Self.place(gate)] }
    set { counts[Self.place(gate)] = newValue }
  }

  /// Those that refused something, and those named here in any case.
  func fields(always: Set<Gate> = []) -> [LogField] {
    Gate.allCases.filter { self[$0] > 0 || always.contains($0) }.map {
      LogField("refused." + $0.rawValue, .integer(self[$0]))
    }
  }

  private static func place(_ gate: Gate) -> Int {
    switch gate {
    case .excluded: 0
    case .noAddress: 1
    case .consent: 2
    case .condition: 3
    case .serviceFirst: 4
    case .paused: 5
    case .againAfter: 6
    case .atOnce: 7
    case .pressure: 8
    case .quietHours: 9
    case .outranked: 10
    }
  }
}
