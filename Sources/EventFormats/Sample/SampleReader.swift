package import JourneyModel

/// Shows how a source reads the records of a file, a line each (spec 4.1, `check --sample`).
///
/// Bounds of time are not applied and duplicates not looked for.
package final class SampleReader {
  package enum Form: String, CaseIterable, Sendable { case text, json }

  /// What every line's record brings beside its value.
  package struct Surroundings: Sendable {
    package var headers: [Header] = []
    package var key: [UInt8]?
    package var timestamp: Moment?
    /// Every line is a record as `kcat -J` prints it, with its own key, time and headers.
    package var isCaptured = false
    package init() {}
  }

  package struct Header: Equatable, Sendable {
    package var name: [UInt8]
    package var value: [UInt8]

    package init(name: String, value: String) {
      self.name = Array(name.utf8)
      self.value = Array(value.utf8)
    }

    /// Of `ce_id: 1`: the name before the first colon, the value behind it, blanks around it left out.
    package init?(_ text: String) {
      guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
      let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
      let value = text[text.index(after: colon)...].drop(while: isBlank)
      let end = value.lastIndex { !isBlank($0) }.map { value.index(after: $0) }
      self.init(
        name: String(text[..<colon]), value: String(value[..<(end ?? value.startIndex)]))
    }
  }

  private let reader: RecordReader
  private let names = NameTable()
  private let identity: IdentityPlan
  private let topic: String
  private var captured = CapturedRecords()
  private var interaction = Interaction()

  package init(_ source: SourcePlan, of plan: Plan) throws(PlanProblem) {
    reader = try RecordReader(source, of: plan, attributes: [], names: names)
    reader.showsAll = true
    identity = plan.identity
    topic = source.topic.text
  }

  /// Tells what to print for each line of a file, without its line feed. `name` is the file's, for the text form.
  package func show(
    _ file: UnsafeBufferPointer<UInt8>, _ form: Form, named name: String,
    _ surroundings: Surroundings, _ emit: ([UInt8]) -> Void
  ) {
    let headers = LentHeaders(surroundings.headers)
    var start = 0
    var line = 0
    while start < file.count {
      let end = file[start...].firstIndex(of: UInt8(ascii: "\n")) ?? file.count
      let bytes = UnsafeBufferPointer(rebasing: file[start..<end])
      let reading = read(bytes, line: line, surroundings, headers)
      line += 1
      switch form {
      case .json: emit(json(reading, line: line))
      case .text: emit(text(reading, line: line, of: name))
      }
      start = end + 1
    }
  }

  private func read(
    _ line: UnsafeBufferPointer<UInt8>, line number: Int, _ surroundings: Surroundings,
    _ headers: LentHeaders
  ) -> Reading {
    if surroundings.isCaptured {
      do throws(Rejection) {
        let record = try captured.record(line)
        return reader.read(record, bounds: .any, into: &interaction)
      } catch {
        return .rejected(error)
      }
    }
    func read(_ key: UnsafeBufferPointer<UInt8>?) -> Reading {
      let record = InputRecord(
        value: line, key: key, timestamp: surroundings.timestamp, topic: topic, partition: 0,
        offset: Int64(number), headers: headers.isEmpty ? nil : headers)
      return reader.read(record, bounds: .any, into: &interaction)
    }
    guard let key = surroundings.key else { return read(nil) }
    return key.withUnsafeBufferPointer { read($0) }
  }

  private func json(_ reading: Reading, line: Int) -> [UInt8] {
    var out = JSONWriter()
    out.object {
      $0.member("line", line)
      switch reading {
      case .read:
        $0.key("interaction")
        write(to: &$0)
        if !interaction.isContact { $0.member("touch", false) }
      case .skipped: $0.member("skipped", true)
      case .rejected(let rejection):
        $0.member(
          "rejected",
          object: {
            $0.member("code", rejection.code.rawValue)
            $0.member("stage", rejection.code.stage.rawValue)
            $0.member("message", rejection.message)
          })
      }
    }
    return out.bytes
  }

  private func text(_ reading: Reading, line: Int, of name: String) -> [UInt8] {
    switch reading {
    case .read:
      var out = JSONWriter()
      write(to: &out)
      return interaction.isContact ? out.bytes : out.bytes + Array("  # no contact".utf8)
    case .skipped: return Array("\(name):\(line): skipped".utf8)
    case .rejected(let rejection):
      let code = rejection.code
      return Array(
        "\(name):\(line): rejected: \(code.rawValue) (\(code.stage.rawValue)): \(rejection.message)"
          .utf8)
    }
  }

  private func write(to out: inout JSONWriter) {
    let interaction = interaction
    out.object {
      $0.key("id")
      $0.string(interaction.bytes[interaction.id.range])
      $0.member("time", interaction.time)
      if interaction.isContact {
        $0.member("touchpoint", names.text(interaction.touchpoint))
        $0.member("channel", names.text(interaction.channel))
      }
      identifiers(interaction, to: &$0)
      if interaction.isContact, reader.shownAttributes.count > 2 {
        $0.key("attributes")
        $0.raw(reader.shownAttributes)
      }
      if let satisfaction = interaction.satisfaction { $0.member("satisfaction", satisfaction) }
      if reader.shownTraits.count > 2 {
        $0.key("traits")
        $0.raw(reader.shownTraits)
      }
      consents(interaction, to: &$0)
      if let feedback = interaction.feedback {
        $0.member(
          "suggestion",
          object: {
            $0.member("id", interaction.text(feedback.suggestion))
            $0.member("outcome", feedback.outcome.name)
          })
      }
      if interaction.erase { $0.member("erase", true) }
    }
  }

  private func identifiers(_ interaction: Interaction, to out: inout JSONWriter) {
    var types: [IdentifierType] = []
    for identifier in interaction.identifiers where types.last != identifier.type {
      types.append(identifier.type)
    }
    out.member(
      "identifiers",
      object: { out in
        for type in types {
          let values = interaction.identifiers.filter { $0.type == type }
          out.member(identity.kinds[Int(type.rawValue)].name, list: values) {
            $0.string(interaction.bytes[$1.value.range])
          }
        }
      })
  }

  private func consents(_ interaction: Interaction, to out: inout JSONWriter) {
    var channels: [NameID] = []
    for consent in interaction.consents where !channels.contains(consent.channel) {
      channels.append(consent.channel)
    }
    guard !channels.isEmpty else { return }
    out.member(
      "consent",
      object: { out in
        for channel in channels {
          out.member(
            names.text(channel),
            object: {
              for consent in interaction.consents where consent.channel == channel {
                $0.member(names.text(consent.purpose), consent.granted ? "granted" : "denied")
              }
            })
        }
      })
  }
}

/// Headers given once for every record, as bytes that stay where they are.
final class LentHeaders: RecordHeaders {
  private let headers: [(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)]

  init(_ headers: [SampleReader.Header]) {
    self.headers = headers.map { (LentHeaders.copy($0.name), LentHeaders.copy($0.value)) }
  }

  deinit {
    for (name, value) in headers {
      name.deallocate()
      value.deallocate()
    }
  }

  var isEmpty: Bool { headers.isEmpty }

  func forEach(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>?) -> Void) {
    for (name, value) in headers { body(name, value) }
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafeBufferPointer<UInt8> {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    return UnsafeBufferPointer(copy)
  }
}
