import EventFormats
import JourneyEngine
import JourneyModel
import KafkaClient
import Supervision

@testable import JourneyRuntime

/// What the engines of one program were told, batch by batch.
final class Telling: Recorder {
  enum Step {
    case fired(to: Moment, expiredBy: Moment)
    case handled(TopicPartition, Offset, at: Moment)
  }
  struct Batch {
    var steps: [Step] = []
    var closedAt = Moment(0)
  }

  private var current = Batch()
  private let keep: (_ mark: String, Batch) -> Void

  init(_ keep: @escaping (_ mark: String, Batch) -> Void) { self.keep = keep }

  func began() { current = Batch() }

  func fired(to moment: Moment, expiredBy: Moment) {
    current.steps.append(.fired(to: moment, expiredBy: expiredBy))
  }

  func handled(_ lane: Lane, at moment: Moment) {
    let offset = lane.queue.withRecord { $0.offset } ?? Offset(-1)
    current.steps.append(.handled(lane.place, offset, at: moment))
  }

  func closed(_ mark: TransactionMark, at moment: Moment) {
    current.closedAt = moment
    keep(mark.text, current)
    current = Batch()
  }
}

/// One engine that is told the same, from the first to the last, without any disturbance.
final class Undisturbed {
  private let plan: Plan
  private let engine: Engine
  private let outbox: Outbox
  private var readers: [String: RecordReader] = [:]
  /// By key, what was written to each output, in order.
  private(set) var written: [[[UInt8]: [[UInt8]?]]] = [[:], [:], [:]]
  private(set) var handled: [TopicPartition: [Offset]] = [:]
  /// How many of them were rejected all the same.
  private(set) var rejected = 0

  init(_ plan: Plan, firstLoaded: [String: Moment]) throws {
    self.plan = plan
    engine = Engine(plan: plan, names: NameTable(), collects: [.rows, .changes])
    engine.firstLoaded = firstLoaded
    outbox = Outbox(
      plan,
      topics: OutputTopics(
        suggestions: OutputTopic(index: 0), journeys: OutputTopic(index: 1),
        rejected: OutputTopic(index: 2)),
      rejectedBytesMax: 1 << 20, log: Log(plan.log, write: { _ in }))
    for source in plan.sources {
      readers[source.topic.text] = try RecordReader(
        source, of: plan, attributes: plan.attributesRead, names: engine.names)
    }
  }

  func tell(_ batch: Telling.Batch, _ broker: Broker) {
    for step in batch.steps {
      switch step {
      case .fired(let moment, let expiredBy):
        engine.expiredBy = expiredBy
        engine.advance(to: moment, inclusive: false)
      case .handled(let place, let offset, let moment):
        handled[place, default: []].append(offset)
        handle(place, offset, at: moment, broker)
      }
      for effect in engine.effects { outbox.add(effect) }
      engine.effects.removeAll()
    }
    for picture in engine.takeChangedPictures(at: batch.closedAt) { outbox.add(picture) }
    _ = engine.takeChangedRows()
    outbox.batch.forEach { topic, _, key, value in
      written[topic][key.map(Array.init) ?? [], default: []].append(value.map(Array.init))
    }
    outbox.removeAll()
  }

  /// What a record of the input says; nil for one that cannot be used.
  func read(_ entry: PartitionLog.Entry, of place: TopicPartition) -> Interaction? {
    guard let reader = readers[place.topic] else { return nil }
    var interaction = Interaction()
    let reading = (entry.value ?? []).withUnsafeBufferPointer { value in
      reader.read(
        InputRecord(
          value: value, timestamp: entry.timestamp, topic: place.topic,
          partition: place.partition, offset: entry.offset.rawValue),
        bounds: .any, into: &interaction)
    }
    return reading == .read ? interaction : nil
  }

  private func handle(
    _ place: TopicPartition, _ offset: Offset, at moment: Moment, _ broker: Broker
  ) {
    guard let log = broker.log(place),
      let interaction = read(log.entries[log.index(of: offset)], of: place)
    else { return }
    switch engine.handle(interaction, at: moment) {
    case .accepted, .duplicate, .unknownSuggestion: break
    case .rejected: rejected += 1
    }
  }
}
