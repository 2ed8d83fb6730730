import JourneyModel
import KafkaClient
import StateStore
import Supervision

@testable import JourneyRuntime

/// A machine with its disk, on which one daemon after the other runs.
final class Machine {
  let name: String
  let disk = ModelDisk()
  /// What its folder says that its daemon is called.
  fileprivate(set) var id: String
  var program: Program?
  /// Its disk has been full.
  fileprivate var wasFull = false
  /// A copy of the disk as it was at some moment.
  var backup: ModelDisk.Content?

  init(_ name: String) {
    self.name = name
    id = name
  }
}

/// One world: machines with daemons of one group, a broker, traffic and trouble, all by one seed.
final class Simulation {
  let world: World
  let broker: Broker
  let plan: Plan
  let machines: [Machine]
  private let arrivals: [Traffic.Arrival]
  private var runs = 0
  /// How long trouble comes.
  private let busy: TimeSpan
  private var isCalm = false
  private var isOver = false
  private(set) var batches: [String: Telling.Batch] = [:]
  private(set) var refusals: [String] = []
  /// Where programs were killed.
  private(set) var deaths: Set<Moments> = []
  /// When daemons are asked to stop while the broker goes away, in the place of all other trouble.
  private let strandsAt: Moments?
  /// How long those took to stop.
  private(set) var strandings: [TimeSpan] = []

  init(seed: UInt64, tells: Bool = false, strandsAt: Moments? = nil) {
    self.strandsAt = strandsAt
    world = World(seed: seed, tells: tells)
    broker = Broker(world)
    plan = Traffic.plan(&world.dice)
    let isLong = world.dice.oneIn(10)
    busy = world.dice.span(isLong ? 60_000...200_000 : 5_000...40_000)
    var partitions: [String: Int] = [:]
    for topic in Traffic.inputs {
      let count = world.dice.number(1...2)
      broker.make(topic, partitions: count)
      // A partition may come later.
      partitions[topic] = count + 1
    }
    for topic in Traffic.outputs { broker.make(topic, partitions: 1) }
    arrivals = Traffic.arrivals(
      &world.dice, partitions: partitions, birth: world.birth, busy: busy)
    machines = (1...world.dice.number(1...3)).map { Machine("d\($0)") }
  }

  /// Lets it all happen; returns why it did not come to its end.
  func play() -> String? {
    // What is still to happen holds the world itself.
    defer {
      world.end()
      broker.onForgetting = { _ in }
    }
    for arrival in arrivals {
      world.after(arrival.at) { [self] in
        broker.write(arrival.value, to: arrival.place, in: arrival.transaction)
      }
    }
    for _ in 0..<world.dice.number(0...6) {
      world.after(world.dice.span(0...Int(busy.milliseconds))) { [self] in tellOutcome() }
    }
    if world.dice.oneIn(4) {
      let topic = world.dice.pick(Traffic.inputs)
      world.after(world.dice.span(0...Int(busy.milliseconds))) { [self] in broker.grow(topic) }
    }
    for machine in machines { startSoon(machine) }
    broker.onForgetting = { [self] id in
      for machine in machines where id == Traffic.group + "-" + machine.id {
        machine.program?.kill()
      }
    }
    if strandsAt == nil { trouble() }
    world.after(busy) { [self] in calm() }
    guard world.run(until: busy + .minutes(5), { isCalm && isRead }) else {
      return end("it has not read its input \(positions)")
    }
    // The last deadlines have their time.
    _ = world.run(until: world.now + .seconds(25), { false })
    // Nothing is to be on its way to the copies.
    _ = world.run(until: world.now + .seconds(30)) { world.now - broker.endedAt > .seconds(3) }
    let flaws = machines.compactMap { machine in
      (machine.disk.store?.content).flatMap { flaw($0) }.map { "the copy of \(machine.name) \($0)" }
    }
    isOver = true
    for machine in machines { machine.program?.isStopping = true }
    let hasEnded = world.run(until: world.now + .minutes(2)) {
      machines.allSatisfy { $0.program?.hasEnded ?? true }
    }
    guard hasEnded else { return end("a daemon does not stop") }
    // The broker ends the last transaction.
    _ = world.run(until: world.now + .seconds(1), { false })
    return flaws.first
  }

  /// What is wrong with a copy: it is to have the last committed record of each key, and nothing else.
  private func flaw(_ copy: ModelDisk.Content) -> String? {
    var rows: [ModelDisk.Key: [UInt8]] = [:]
    for log in broker.topics[StateTopic.name(of: Traffic.group)] ?? [] {
      // What is behind a transaction that nobody has ended yet cannot be there.
      guard log.stableEnd == log.end else { return nil }
      for entry in log.visible {
        guard let key = entry.key, key != TransactionMark.key else { continue }
        rows[ModelDisk.Key(partition: log.place.partition, bytes: key)] = entry.value
      }
    }
    for key in Set(rows.keys).union(copy.rows.keys) where key.bytes != TransactionMark.key {
      guard rows[key] != copy.rows[key] else { continue }
      let words = rows[key] == nil ? "still has" : copy.rows[key] == nil ? "lacks" : "has an old"
      return "\(words) \(key.partition)/\(key.bytes)"
    }
    return nil
  }

  private func end(_ reason: String) -> String {
    isOver = true
    for machine in machines { machine.program?.kill() }
    _ = world.run(until: world.now + .minutes(1)) {
      machines.allSatisfy { $0.program?.hasEnded ?? true }
    }
    return reason
  }

  private var isRead: Bool {
    broker.topics.filter { Traffic.inputs.contains($0.key) }.values.joined().allSatisfy {
      $0.end == Offset(0) || broker.offsets.committed[$0.place]?.offset == $0.end
    }
  }

  private var positions: String {
    broker.topics.filter { Traffic.inputs.contains($0.key) }.values.joined().map {
      "\($0.place): \(broker.offsets.committed[$0.place]?.offset.rawValue ?? -1) of \($0.end.rawValue)"
    }.sorted().joined(separator: ", ")
  }
}

// MARK: Programs

extension Simulation {
  private func startSoon(_ machine: Machine) {
    world.after(world.dice.span(1...3_000)) { [self] in
      guard machine.program == nil, !isOver else { return }
      start(machine)
    }
  }

  private func start(_ machine: Machine) {
    runs += 1
    let program = Program(world, "\(machine.name).\(runs)")
    machine.program = program
    machine.disk.program = program
    program.distance = world.dice.pick([1...3, 1...8, 5...60])
    if let strandsAt, !isCalm {
      strand(program, at: strandsAt)
    } else if !isCalm {
      if world.dice.oneIn(2) {
        let count = world.dice.oneIn(2) ? 1 : world.dice.number(2...8)
        program.fuse = (world.dice.pick(Moments.all), count)
      }
      if world.dice.oneIn(4) { program.losesOneIn = 12 }
      if world.dice.oneIn(4) || program.fuse?.at.point == .abort { program.failsOneIn = 10 }
    }
    program.onDeath = { [self] moments in if let moments { deaths.insert(moments) } }
    world.tell("\(program.name) starts")
    program.start { [self] in
      run(program, machine)
      world.tell("\(program.name) has ended")
      program.onEnd()
      if program.trespasses > 0 {
        refusals.append("\(program.name): a commit that was given up came to the copy")
      }
      // What was left to itself ends with the process.
      program.kill()
      machine.disk.crash(&world.dice)
      machine.program = nil
      if !isOver { startSoon(machine) }
    }
  }

  /// Has it be asked to stop at a point at which no broker answers any more, for a while.
  private func strand(_ program: Program, at moments: Moments) {
    program.fuse = (moments, world.dice.number(1...5))
    if moments.point == .abort { program.failsOneIn = 10 }
    program.onFuse = { [self] in
      let begun = world.now
      world.tell("\(program.name) is stranded \(moments)")
      broker.isAway = true
      program.isStopping = true
      program.onEnd = { [self] in strandings.append(world.now - begun) }
      world.after(world.dice.span(1_000...90_000)) { [self] in broker.isAway = false }
    }
  }

  private func run(_ program: Program, _ machine: Machine) {
    do throws(Failure) {
      try Daemon(plan, log: log(program), options: options(program, machine)).run()
    } catch {
      guard !program.isDead, error.code != .success else { return }
      world.tell("\(program.name) refuses: \(error.message)")
      guard error.code != .stateNotWritten || !machine.wasFull else { return }
      refusals.append("\(program.name): \(error.message)")
    }
  }

  private func log(_ program: Program) -> Log {
    var plan = LogPlan()
    plan.level = world.tells ? .info : .error
    plan.format = .logfmt
    let world = Held(world)
    let name = program.name
    return Log(
      plan, now: { world.value.wall }, monotonic: { world.value.now },
      write: { line in world.value.tell("\(name) \(line)") })
  }

  private func options(_ program: Program, _ machine: Machine) -> Daemon.Options {
    var options = Daemon.Options()
    options.wall = { [world] in world.wall }
    options.monotonic = { [world] in world.now }
    options.stop = { program.isDead ? "killed" : program.isStopping ? "asked to" : nil }
    options.notifier = Notifier { _ in nil }
    options.onWakeup = { _ in }
    options.answersInquiries = false
    options.makeKafka = { [broker] _, _ in ModelKafka(program, broker) }
    options.openDirectory = { path in StateDirectory(path, daemonID: machine.id) }
    options.disk = machine.disk
    options.makeHelper = { ModelHelper(program) }
    options.recorder = Telling { [self] mark, batch in batches[mark] = batch }
    return options
  }
}

/// Passed where a value must be sendable: all of a world is used by one thread.
private struct Held<T>: @unchecked Sendable {
  let value: T
  init(_ value: T) { self.value = value }
}

/// Helps a program by a fiber for each piece of work.
final class ModelHelper: Helper {
  private let program: Program
  private var fiber: Fiber?

  init(_ program: Program) { self.program = program }

  func leave() {
    if let fiber { program.leave(fiber) }
    fiber = nil
  }

  deinit {
    while let fiber, !fiber.hasEnded { program.sleep(TimeSpan(1)) }
  }

  func start(_ work: @escaping @Sendable () -> Void) {
    precondition(fiber?.hasEnded ?? true, "one thing at a time")
    fiber = program.start(work)
  }
}

// MARK: Traffic

extension Simulation {
  /// Some suggestion that can be seen has come to something.
  private func tellOutcome() {
    let visible = broker.topics["suggestions"]?[0].visible ?? []
    guard !visible.isEmpty, let value = world.dice.pick(visible).value else { return }
    let text = String(decoding: value, as: UTF8.self)
    guard let id = text.firstRange(of: "\"suggestion_id\":\""),
      let who = text.firstRange(of: "\"caused_by\":{")
    else { return }
    let receipt = Traffic.receipt(
      &world.dice, of: text[id.upperBound...].prefix { $0 != "\"" },
      who: text[who.upperBound...].prefix { $0 != "}" }, at: world.wall)
    broker.write(
      Array(receipt.utf8), to: TopicPartition(world.dice.pick(Traffic.inputs), 0), in: nil)
  }
}

// MARK: Trouble

extension Simulation {
  private func trouble() {
    for _ in 0..<world.dice.number(0...8) {
      world.after(world.dice.span(0...Int(busy.milliseconds))) { [self] in
        if !isCalm { troubleOnce() }
      }
    }
    for _ in 0..<world.dice.number(0...4) {
      world.after(world.dice.span(0...Int(busy.milliseconds) + 20_000)) { [self] in compact() }
    }
  }

  private func troubleOnce() {
    let machine = world.dice.pick(machines)
    switch world.dice.number(0...12) {
    case 0, 1: machine.program?.kill()
    case 2, 3: freeze(machine)
    case 4, 5: cut(machine)
    case 6:
      world.tell("the broker is away")
      broker.isAway = true
      world.after(world.dice.span(100...12_000)) { [self] in broker.isAway = false }
    case 7: machine.program?.isStopping = true
    case 8: broker.group.movesLead = true
    case 9:
      machine.program?.kill()
      spoil(machine)
    case 10: machine.backup = machine.disk.lasting
    case 11: fill(machine)
    default: broker.forgetsIn = Traffic.group + "-state"
    }
  }

  private func freeze(_ machine: Machine) {
    guard let program = machine.program else { return }
    world.tell("\(program.name) freezes")
    program.freeze()
    world.after(world.dice.span(50...25_000)) { [self] in
      world.tell("\(program.name) goes on")
      program.thaw()
    }
  }

  private func cut(_ machine: Machine) {
    guard let program = machine.program else { return }
    world.tell("\(program.name) is cut off")
    program.isCut = true
    world.after(world.dice.span(50...30_000)) { [self] in
      world.tell("\(program.name) is connected")
      program.isCut = false
    }
  }

  private func spoil(_ machine: Machine) {
    switch world.dice.number(0...3) {
    case 0:
      world.tell("\(machine.name) has lost its disk")
      machine.disk.lasting = ModelDisk.Content()
      machine.id += "'"
    case 1: machine.disk.isDamaged = true
    case 2: if let backup = machine.backup { machine.disk.lasting = backup }
    default: fill(machine)
    }
  }

  /// There is no room for a while.
  private func fill(_ machine: Machine) {
    world.tell("\(machine.name) has a full disk")
    machine.disk.isFull = true
    machine.wasFull = true
    world.after(world.dice.span(1_000...15_000)) { machine.disk.isFull = false }
  }

  private func compact() {
    let isExact = plan.processing.guarantee == .exactlyOnce
    for topic in [Traffic.group + "-state"] + (isExact ? ["journeys"] : []) {
      for log in broker.topics[topic] ?? [] {
        log.compact(below: Offset(Int64(world.dice.number(0...Int(log.end.rawValue)))))
      }
    }
  }

  private func calm() {
    isCalm = true
    broker.isAway = false
    for machine in machines {
      machine.disk.isFull = false
      machine.program?.fuse = nil
      machine.program?.losesOneIn = Int.max
      machine.program?.failsOneIn = Int.max
      machine.program?.isCut = false
      machine.program?.thaw()
      if machine.program == nil { startSoon(machine) }
    }
  }
}
