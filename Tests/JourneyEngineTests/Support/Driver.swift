import JourneyModel
import Testing

@testable import JourneyEngine

/// Feeds happenings to an engine, by a clock that never goes back.
final class Driver {
  let plan: Plan
  private(set) var engine: Engine
  private(set) var clock = Int64.min
  private let mode: Engine.Mode
  private var memory = RowMemory()

  init(_ plan: Plan, mode: Engine.Mode = Engine.Mode(policy: true, holdout: false)) {
    self.plan = plan
    self.mode = mode
    engine = Engine(
      plan: plan, names: NameTable(), mode: mode, collects: [.decisions, .rows])
  }

  @discardableResult
  func tell(_ happening: Happening, at moment: Int64) -> Engine.Verdict {
    clock = max(clock, moment)
    return engine.handle(
      happening.interaction(plan.identity, engine.names), at: Moment(clock))
  }

  /// Lets all deadlines pass that come before what arrives at a moment.
  func reach(_ moment: Int64) {
    clock = max(clock, moment)
    engine.advance(to: Moment(clock), inclusive: false)
  }

  /// Lets all deadlines up to a moment pass, that moment's included.
  func pass(to moment: Int64) {
    clock = max(clock, moment)
    engine.advance(to: Moment(clock) + plan.time.grace, inclusive: true)
    clock += plan.time.grace.milliseconds
  }

  /// What the engine did since it was last asked.
  @discardableResult
  func take() -> [Effect] {
    engine.checkInvariants { Issue.record("\($0)") }
    defer { engine.effects.removeAll() }
    return engine.effects
  }

  /// The rows that were kept.
  var rows: [StateRow] { memory.all }

  /// Keeps the rows that changed, as a commit does.
  func commit() {
    _ = engine.takeChangedPictures(at: Moment(clock))
    memory.take(engine.takeChangedRows())
  }

  /// Goes on with a new engine that knows only what the rows say.
  func restart() throws {
    try restart { $0 }
  }

  /// Goes on with a new engine that knows only what is made of the rows.
  func restart(_ carry: ([StateRow]) throws -> [StateRow]) throws {
    commit()
    memory = RowMemory(try carry(memory.all))
    let next = try Engine(plan, from: memory, mode: mode, collects: [.decisions, .rows])
    next.effects = engine.effects
    engine = next
  }

  /// What is known of everybody: all but what hangs on the order of arrival (aliases, suggestions).
  func pictures(at moment: Int64) -> [CustomerPicture] {
    engine.allPictures(at: Moment(moment)).map { picture in
      var picture = picture
      picture.aliases = []
      picture.suggestions = []
      // A sign of life without a contact is not known to be the last of one half when customers are divided.
      picture.lastSeen = Moment(0)
      return picture
    }
  }
}
