package import JourneyModel

/// A suggestion as it stands on the topic, as far as the demo shows it.
package struct DemoSuggestion: Equatable, Sendable {
  package var id: String
  package var time: Moment
  package var rule: String
  package var touchpoint: String
  package var channel: String
  package var purpose: String
  /// The bank's own number of the customer, else ours.
  package var customer: String
  /// What led to it: touchpoints with their channels.
  package var because: [String]
  /// Of a withdrawal.
  package var reason: String?

  /// Nil where the record is none of ours.
  package init?(_ record: UnsafeBufferPointer<UInt8>) {
    guard let event = JSONValue(parsing: record), let data = event["data"],
      let id = data["suggestion_id"]?.string, let rule = data["suggestion"]?.string,
      let time = event["time"]?.string.flatMap({ Moment(rfc3339: $0) }),
      let customer = data["customer"]
    else { return nil }
    self.id = id
    self.time = time
    self.rule = rule
    touchpoint = data["touchpoint"]?.string ?? ""
    channel = data["channel"]?.string ?? ""
    purpose = data["purpose"]?.string ?? ""
    let known = customer["identifiers"]?["customer_id"]?.list?.first?.string
    self.customer = known ?? customer["id"]?.string ?? ""
    because = (data["because"]?.list ?? []).map { cause in
      guard let touchpoint = cause["touchpoint"]?.string else {
        return (cause["trait"] ?? cause["attribute"])?.string ?? "an outcome"
      }
      return touchpoint + (cause["channel"]?.string.map { " (\($0))" } ?? "")
    }
    reason = data["reason"]?.string
  }

  /// One line for people.
  package var line: String {
    let head = "\(clockText(time))  \(padded(customer, 8)) "
    guard reason == nil else {
      return head + "\(padded("withdrawn", 32)) \(rule): \(reason ?? "")"
    }
    let what = "\(touchpoint) by \(channel)"
    return head + "\(padded(what, 32)) \(rule): \(because.joined(separator: ", "))"
  }
}

/// The day of the week and the time of day, in Amsterdam as the demo's bank has it in January.
package func clockText(_ moment: Moment) -> String {
  let minutes = (moment + .hours(1)).milliseconds / 60_000
  let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(days[Int(minutes / 1440 % 7)]) \(two(minutes / 60 % 24)):\(two(minutes % 60))"
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

extension JSONValue {
  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var list: [JSONValue]? { if case .list(let values) = self { values } else { nil } }
}
