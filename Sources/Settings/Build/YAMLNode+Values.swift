internal import JourneyModel

/// Reading of values that the table has already found right.
extension YAMLNode {
  /// The entries of a mapping of names; none where it is left empty.
  func named(_ key: String) -> [YAMLEntry] { self[key]?.entries ?? [] }

  /// The texts of a list, or of one value.
  var texts: [String] { items.compactMap(\.text) }

  func texts(_ key: String) -> [String]? { self[key].map(\.texts) }

  func span(_ key: String) -> TimeSpan? { self[key]?.span }

  var span: TimeSpan? {
    guard let text, case .success(let span) = Scalars.duration(text) else { return nil }
    return span
  }

  var share: Double? { text.flatMap(Scalars.share) }

  var scale: ScalePlan? {
    let points = items.compactMap(\.number)
    guard points.count >= 2 else { return nil }
    return ScalePlan(
      low: points[0], middle: points.count == 3 ? points[1] : nil, high: points[points.count - 1])
  }

  func set(_ value: inout String, _ key: String) { if let new = self[key]?.text { value = new } }
  func set(_ value: inout Int, _ key: String) { if let new = self[key]?.whole { value = new } }
  func set(_ value: inout Double, _ key: String) { if let new = self[key]?.number { value = new } }
  func set(_ value: inout Bool, _ key: String) { if let new = self[key]?.bool { value = new } }
  func set(_ value: inout TimeSpan, _ key: String) { if let new = span(key) { value = new } }
  func set<Choice: RawRepresentable<String>>(_ value: inout Choice, _ key: String) {
    if let new = self[key]?.text.flatMap(Choice.init(rawValue:)) { value = new }
  }
}
