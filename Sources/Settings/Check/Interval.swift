internal import JourneyModel

/// The single values that fit several comparisons at once.
struct Interval {
  private var low = -Double.infinity
  private var high = Double.infinity
  private var lowIsOpen = false
  private var highIsOpen = false
  private var equal: JSONValue?
  private(set) var isEmpty = false

  init(_ comparisons: [Comparison], within range: ClosedRange<Double>? = nil) {
    if let range {
      low = range.lowerBound
      high = range.upperBound
    }
    var excluded: [JSONValue] = []
    var exists: Bool?
    for comparison in comparisons {
      switch comparison.operator {
      case .equals: take(equal: comparison.operand)
      case .not: excluded.append(comparison.operand)
      case .above: raise(comparison.operand, open: true)
      case .atLeast: raise(comparison.operand, open: false)
      case .below: lower(comparison.operand, open: true)
      case .atMost: lower(comparison.operand, open: false)
      case .exists:
        guard case .bool(let flag) = comparison.operand else { break }
        if let exists, exists != flag { isEmpty = true }
        exists = flag
      case .in, .contains, .startsWith: break
      }
    }
    if let equal, excluded.contains(equal) { isEmpty = true }
    if exists == false, equal != nil || low > -.infinity || high < .infinity, range == nil {
      isEmpty = true
    }
    if low > high || (low == high && (lowIsOpen || highIsOpen)) { isEmpty = true }
    if case .number(let number)? = equal, !contains(number) { isEmpty = true }
  }

  private func contains(_ number: Double) -> Bool {
    (lowIsOpen ? number > low : number >= low) && (highIsOpen ? number < high : number <= high)
  }

  private mutating func take(equal value: JSONValue) {
    if let equal, equal != value { isEmpty = true }
    equal = value
  }

  private mutating func raise(_ operand: JSONValue, open: Bool) {
    guard case .number(let number) = operand else { return }
    if number > low || (number == low && open) {
      low = number
      lowIsOpen = open
    }
  }

  private mutating func lower(_ operand: JSONValue, open: Bool) {
    guard case .number(let number) = operand else { return }
    if number < high || (number == high && open) {
      high = number
      highIsOpen = open
    }
  }
}
