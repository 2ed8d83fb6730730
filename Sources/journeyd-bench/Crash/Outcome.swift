import JourneyModel
import JourneyRuntime
import KafkaClient
import Supervision

/// What a group has written, as a reader of committed records finds it.
struct Outcome {
  /// How often each suggestion event is there, by its own id: the suggestion's and what happened.
  var suggestions: [String: Int] = [:]
  /// The last record of each key.
  var journeys: [String: [UInt8]] = [:]
  /// Of `identities`, how often each is there, and how many of each kind.
  var identities: [[UInt8]: Int] = [:]
  var kinds: [String: Int] = [:]
  var rejected = 0
}

/// The first member of this name that is text, in JSON as we write it: no blanks, and nothing to be escaped.
struct TextMember {
  let text: String
  /// Where its text stands.
  let range: Range<Int>

  init?(_ name: String, of json: UnsafeRawBufferPointer) {
    let mark = Array("\"\(name)\":\"".utf8)
    var start = 0
    while start + mark.count <= json.count {
      if json[start] == mark[0], json[start..<start + mark.count].elementsEqual(mark) {
        let begin = start + mark.count
        let end = json[begin...].firstIndex(of: UInt8(ascii: "\"")) ?? json.count
        range = begin..<end
        text = String(decoding: json[range], as: UTF8.self)
        return
      }
      start += 1
    }
    return nil
  }
}

/// How one group's outcome differs from what it should be.
struct Difference {
  var missing = 0
  var doubled = 0
  /// Nobody expected these.
  var strange = 0
  var journeys = 0
  /// The first customer whose journeys differ, as it is and as it should be.
  var example = ""
  var identities = 0
  var rejected = 0

  var isNone: Bool { missing + doubled + strange + journeys + identities + rejected == 0 }

  /// - Parameters:
  ///   - due: the suggestion events that must be there.
  ///   - allowed: those that may.
  ///   - reference: an undisturbed run, for all that is not suggestions.
  init(_ outcome: Outcome, due: Set<String>, allowed: Set<String>, reference: Outcome) {
    missing = due.count { outcome.suggestions[$0] == nil }
    doubled = outcome.suggestions.values.reduce(0) { $0 + $1 - 1 }
    strange = outcome.suggestions.keys.count { !allowed.contains($0) }
    let keys = Set(outcome.journeys.keys).union(reference.journeys.keys)
    let others = keys.filter { outcome.journeys[$0] != reference.journeys[$0] }
    journeys = others.count
    if let first = others.min() {
      func shown(_ outcome: Outcome) -> String {
        outcome.journeys[first].map { String(decoding: $0, as: UTF8.self) } ?? "–"
      }
      example = "\(shown(outcome)) instead of \(shown(reference))"
    }
    let told = Set(outcome.identities.keys).union(reference.identities.keys)
    identities = told.count { outcome.identities[$0] != reference.identities[$0] }
    rejected = outcome.rejected
  }
}

/// The outputs of one group and their topics.
struct CrashGroup {
  let name: String
  var suggestions: String { name + ".suggestions" }
  var journeys: String { name + ".journeys" }
  var identities: String { name + ".identities" }
  var rejected: String { name + ".rejected" }
  var state: String { name + "-state" }

  var topics: [NewTopic] {
    [suggestions, journeys, identities, rejected].map {
      var settings = ["max.message.bytes": "2097152"]
      if $0 == journeys { settings["cleanup.policy"] = "compact" }
      return NewTopic($0, partitions: 4, settings: settings)
    }
  }

  /// Reads everything that it has written.
  func outcome(_ kafka: KafkaConfiguration) throws(Failure) -> Outcome {
    var outcome = Outcome()
    try Topics.read(suggestions, kafka) { _, value in
      if let event = TextMember("id", of: value) {
        outcome.suggestions[event.text, default: 0] += 1
      }
    }
    try Topics.read(journeys, kafka) { key, value in
      outcome.journeys[String(decoding: key, as: UTF8.self)] = value.isEmpty ? nil : Array(value)
    }
    try Topics.read(identities, kafka) { _, value in
      outcome.identities[Array(value), default: 0] += 1
      outcome.kinds[TextMember("what", of: value)?.text ?? "", default: 0] += 1
    }
    try Topics.read(rejected, kafka) { _, _ in outcome.rejected += 1 }
    return outcome
  }
}

/// Reads topics as a whole.
enum Topics {
  static let limit = TimeSpan.seconds(30)

  /// Lends key and value of each committed record; a value that is not there is empty.
  static func read(
    _ topic: String, _ kafka: KafkaConfiguration,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
  ) throws(Failure) {
    do throws(KafkaError) {
      let wakeup = try Wakeup()
      var consumer = try AssigningConsumer(kafka, wakeup: wakeup)
      let places = try consumer.topics(within: limit).filter { $0.name == topic }.flatMap(\.places)
      let readers = try consumer.add(places.map { (place: $0, from: .beginning) })
      let none = UnsafeRawBufferPointer(start: nil, count: 0)
      while true {
        try consumer.serve()
        var isDone = true
        for reader in readers {
          var head = try reader.checkedHead()
          while head == .record {
            reader.withRecord { body($0.key ?? none, $0.value ?? none) }
            reader.advance()
            head = try reader.checkedHead()
          }
          if head != .end { isDone = false }
        }
        if isDone { return }
        wakeup.wait(upTo: TimeSpan(20))
      }
    } catch { throw CrashRun.failure(error) }
  }
}

extension PartitionReader {
  /// As ``head()``, but what failed is thrown.
  func checkedHead() throws(KafkaError) -> Head {
    let head = head()
    if case .failed(let error) = head { throw error }
    return head
  }
}
