import JourneyModel

/// Conditions on attributes as spec 3.4 words them.
enum SlowWhere {
  static func fits(_ condition: AttributeCondition, _ happening: Happening) -> Bool {
    let value = happening.attribute(condition.path)
    return condition.comparisons.allSatisfy { fits($0, value) }
  }

  private static func fits(_ comparison: Comparison, _ value: JSONValue?) -> Bool {
    if comparison.operator == .exists { return comparison.operand == .bool(value != nil) }
    if comparison.operator == .not {
      return !fits(Comparison(.equals, comparison.operand), value)
    }
    guard let value else { return false }
    if case .list(let elements) = value {
      return elements.contains { one(comparison, $0, isElement: true) }
    }
    return one(comparison, value, isElement: false)
  }

  private static func one(_ comparison: Comparison, _ value: JSONValue, isElement: Bool) -> Bool {
    let operand = comparison.operand
    switch comparison.operator {
    case .equals: return equal(value, operand)
    case .in:
      guard case .list(let options) = operand else { return false }
      return options.contains { equal(value, $0) }
    case .above: return order(value, operand).map { $0 > 0 } ?? false
    case .atLeast: return order(value, operand).map { $0 >= 0 } ?? false
    case .below: return order(value, operand).map { $0 < 0 } ?? false
    case .atMost: return order(value, operand).map { $0 <= 0 } ?? false
    case .contains:
      if isElement, equal(value, operand) { return true }
      guard case .string(let whole) = value, case .string(let part) = operand else { return false }
      return (0...whole.count).contains { whole.dropFirst($0).hasPrefix(part) }
    case .startsWith:
      guard case .string(let whole) = value, case .string(let part) = operand else { return false }
      return whole.hasPrefix(part)
    case .not, .exists: return false
    }
  }

  static func equal(_ a: JSONValue, _ b: JSONValue) -> Bool {
    switch (a, b) {
    case (.number(let x), .number(let y)): x == y
    case (.string(let x), .string(let y)): x == y
    case (.bool(let x), .bool(let y)): x == y
    default: false
    }
  }

  /// Numbers as numbers, strings as strings; nil for a mismatch.
  private static func order(_ a: JSONValue, _ b: JSONValue) -> Int? {
    switch (a, b) {
    case (.number(let x), .number(let y)): x < y ? -1 : (x > y ? 1 : 0)
    case (.string(let x), .string(let y)): x < y ? -1 : (x > y ? 1 : 0)
    default: nil
    }
  }
}
