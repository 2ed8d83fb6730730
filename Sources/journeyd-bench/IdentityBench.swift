import JourneyEngine
import JourneyModel

/// Who is who under made-up traffic whose truth is known.
///
/// 200,000 people with an address, a telephone and three devices each; 2 % of the devices are used by two people.
struct IdentityBench {
  var people: UInt64 = 200_000
  var events = 1_000_000
  /// One in so many is told up to ten minutes late; 0: none.
  var late: UInt64 = 20

  private let names = NameTable()
  private let plan = IdentityPlan.standard

  struct Result {
    var nanosecondsPerEvent: Double
    var p99: Double
    var customers: Int
    var bytesPerCustomer: Double
    var wrongMerges: Int
    var missedLinks: Int
  }

  /// A deterministic stream of numbers.
  struct Stream {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
  }

  /// What of an event there is to know.
  struct Event {
    var person: UInt64
    var device: UInt64
    var kind: UInt64
    var time: Int64
  }

  /// The first million events, which make everybody known, and a second.
  func run() -> [Result] {
    let who = WhoIsWho(plan: plan, names: names, keep: .days(90))
    var stream = Stream(state: 1)
    var linked = [UInt8](repeating: 0, count: Int(people))
    return [0, events].map { pass(who, &stream, &linked, from: $0) }
  }

  private func pass(
    _ who: WhoIsWho, _ stream: inout Stream, _ linked: inout [UInt8], from first: Int
  ) -> Result {
    var interaction = Interaction()
    let clock = ContinuousClock()
    var (busy, filled) = (Duration.zero, Duration.zero)
    var worst: [Int64] = []
    worst.reserveCapacity(events)
    for number in first..<first + events {
      let event = event(number, &stream)
      if event.kind == 16 || event.kind == 17 { linked[Int(event.person)] |= 1 }
      if event.kind == 18 { linked[Int(event.person)] |= 2 }
      let start = clock.now
      fill(&interaction, event, number)
      let ready = clock.now
      _ = who.place(interaction, now: Moment(event.time))
      let done = clock.now
      filled += ready - start
      busy += done - ready
      worst.append((done - ready).components.attoseconds / 1_000_000_000)
    }
    worst.sort()
    let (wrong, missed) = check(who, linked)
    return Result(
      nanosecondsPerEvent: Double(busy.components.seconds) * 1e9 / Double(events)
        + Double(busy.components.attoseconds) / 1e9 / Double(events),
      p99: Double(worst[events * 99 / 100]), customers: who.customerCount,
      bytesPerCustomer: Double(who.memoryBytes) / Double(who.customerCount), wrongMerges: wrong,
      missedLinks: missed)
  }

  /// Device d of a person is another person's, too, where it is shared.
  private func device(_ person: UInt64, _ which: UInt64) -> UInt64 {
    let device = person * 3 + which
    var mix = Stream(state: device)
    return mix.below(50) == 0 ? mix.below(people) * 3 + which : device
  }

  private func event(_ number: Int, _ stream: inout Stream) -> Event {
    let person = stream.below(people)
    let device = device(person, stream.below(3))
    let kind = stream.below(20)
    var time = Int64(number) * 100
    if late > 0, stream.below(late) == 0 { time -= Int64(stream.below(600_000)) }
    return Event(person: person, device: device, kind: kind, time: time)
  }

  private func fill(_ interaction: inout Interaction, _ event: Event, _ number: Int) {
    interaction.removeAll()
    interaction.time = Moment(event.time)
    interaction.source = NameID(1)
    interaction.id = text(&interaction, "web-0000", UInt64(number))
    switch event.kind {
    case 0..<11: add(&interaction, 4, "c", event.device)
    case 11..<16:
      add(&interaction, 0, "C", event.person)
      add(&interaction, 4, "c", event.device)
    case 16, 17:
      add(&interaction, 0, "C", event.person)
      add(&interaction, 1, "someone@example.org", event.person)
    case 18:
      add(&interaction, 0, "C", event.person)
      add(&interaction, 2, "316", event.person)
    default: add(&interaction, 2, "316", event.person)
    }
  }

  private func add(
    _ interaction: inout Interaction, _ type: UInt16, _ prefix: StaticString, _ number: UInt64
  ) {
    let value = text(&interaction, prefix, number)
    interaction.identifiers.append(.init(type: IdentifierType(type), value: value))
  }

  private func text(_ interaction: inout Interaction, _ prefix: StaticString, _ number: UInt64)
    -> ByteSlice
  {
    let start = UInt32(interaction.bytes.count)
    prefix.withUTF8Buffer { interaction.bytes.append(contentsOf: $0) }
    for shift in stride(from: 28, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 15
      interaction.bytes.append(digit < 10 ? 48 + digit : 87 + digit)
    }
    return ByteSlice(offset: start, count: UInt32(interaction.bytes.count) - start)
  }

  /// Customers with identifiers of two people, and identifiers of one that should be together and are not.
  private func check(_ who: WhoIsWho, _ linked: [UInt8]) -> (wrong: Int, missed: Int) {
    var (wrong, missed) = (0, 0)
    for person in 0..<people {
      var interaction = Interaction()
      add(&interaction, 0, "C", person)
      guard let found = who.find(interaction) else { continue }
      for (type, prefix) in [(1, "someone@example.org"), (2, "316")] as [(UInt16, StaticString)] {
        guard linked[Int(person)] & UInt8(type) != 0 else { continue }
        var other = Interaction()
        add(&other, type, prefix, person)
        if let owner = who.find(other)?.customer, owner != found.customer { missed += 1 }
      }
      for values in who.identifiers(of: found.customer) where values.type == "cookie_id" {
        for value in values.values {
          guard let device = UInt64(value.dropFirst(), radix: 16) else { continue }
          let own = (0..<3).contains { self.device(person, $0) == device }
          if !own { wrong += 1 }
        }
      }
    }
    return (wrong, missed)
  }

  /// Events of one cookie, or of one address, that 10,000 customer numbers claim in turn; nanoseconds of each.
  func hot(type: UInt16) -> (mean: Double, p99: Double) {
    let who = WhoIsWho(plan: plan, names: names, keep: .days(90))
    var stream = Stream(state: 2)
    var interaction = Interaction()
    let clock = ContinuousClock()
    var times: [Int64] = []
    times.reserveCapacity(events)
    for number in 0..<events {
      interaction.removeAll()
      let time = Int64(number) * 100 - Int64(stream.below(2000))
      interaction.time = Moment(time)
      interaction.source = NameID(1)
      interaction.id = text(&interaction, "web-0000", UInt64(number))
      if stream.below(2) == 0 { add(&interaction, 0, "C", stream.below(10_000)) }
      add(&interaction, type, "hot", 0)
      let start = clock.now
      _ = who.place(interaction, now: Moment(time))
      times.append((clock.now - start).components.attoseconds / 1_000_000_000)
    }
    times.sort()
    return (Double(times.reduce(0, +)) / Double(events), Double(times[events * 99 / 100]))
  }
}
