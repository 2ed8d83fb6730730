import JourneyModel
import JourneyRuntime

/// Interactions of people with three devices each, some of which two people use, and the truth about them.
///
/// A person is known by number, by address, or not at all; on a device that two people use only those are told
/// apart who give their number, since no one could know better.
struct PeopleFeed: RecordFeed {
  static let devicesEach = 3
  private let events: Int
  private let people: Int
  /// The share that is told late, by up to so many others: of two seconds each.
  private let late: Double
  private let lateMax: Int64
  /// By device: the other person who uses it, or -1.
  private let others: [Int32]
  /// By person: devices of others that are used too.
  private let borrowed: [Int: [Int32]]
  private var random: SplitMix64
  private var made = 0
  private let keepsFacts: Bool
  /// What was told so far; only if it is kept.
  private(set) var facts: [Fact] = []

  /// What one interaction tells.
  struct Fact {
    var time: Moment
    var person: Int
    var hasNumber: Bool
    var hasAddress: Bool
    var device: Int?
  }

  init(
    seed: Int, events: Int, people: Int, shared: Double, late: Double, lateMax: Int64 = 300,
    keepsFacts: Bool = false
  ) {
    self.late = late
    self.lateMax = lateMax
    self.keepsFacts = keepsFacts
    self.events = events
    self.people = people
    random = SplitMix64(UInt64(seed))
    var others = [Int32](repeating: -1, count: people * Self.devicesEach)
    var borrowed: [Int: [Int32]] = [:]
    for device in others.indices where random.chance(shared) {
      let owner = device / Self.devicesEach
      let other = Int(random.between(0, Int64(people)))
      guard other != owner else { continue }
      others[device] = Int32(other)
      borrowed[other, default: []].append(Int32(device))
    }
    self.others = others
    self.borrowed = borrowed
  }

  mutating func fill(_ group: inout RecordGroup) {
    while made < events, !group.isFull {
      add(to: &group)
      made += 1
    }
  }

  private mutating func add(to group: inout RecordGroup) {
    let person = Int(random.between(0, Int64(people)))
    let extra = borrowed[person] ?? []
    let choice = Int(random.between(0, Int64(Self.devicesEach + extra.count)))
    let device =
      choice < Self.devicesEach
      ? person * Self.devicesEach + choice : Int(extra[choice - Self.devicesEach])
    let isShared = others[device] >= 0
    let draw = random.between(0, 100)
    let hasDevice = draw < 90
    let hasNumber = draw >= 40 && (draw < 80 || draw >= 90 || isShared)
    let hasAddress = draw >= 90 || (draw >= 80 && !isShared)
    group.add("{\"id\":\"e-")
    group.add(made)
    group.add("\",\"time\":\"")
    let time = time()
    group.add(time.rfc3339)
    // The card is ignored: that is how a till says that there was none.
    group.add("\",\"touchpoint\":\"page_viewed\",\"channel\":\"web\",")
    group.add("\"identifiers\":{\"loyalty_card\":\"-\"")
    if hasNumber { group.add(",\"customer_id\":\"" + Self.number(person) + "\"") }
    if hasAddress { group.add(",\"email\":\"" + Self.address(person) + "\"") }
    if hasDevice { group.add(",\"device_id\":\"" + Self.device(device) + "\"") }
    group.add("}}")
    group.endRecord()
    guard keepsFacts else { return }
    facts.append(
      Fact(
        time: time, person: person, hasNumber: hasNumber, hasAddress: hasAddress,
        device: hasDevice ? device : nil))
  }

  /// Every two seconds; the late ones at moments that no other has.
  private mutating func time() -> Moment {
    let turn = Int64(made)
    guard late > 0, random.chance(late) else { return BankFeed.start + TimeSpan(turn * 2_000) }
    return BankFeed.start
      + TimeSpan((turn - random.between(1, lateMax)) * 2_000 + 1 + turn % 1_999)
  }

  static func number(_ person: Int) -> String { "P\(100_000 + person)" }
  static func address(_ person: Int) -> String { "p\(100_000 + person)@example.org" }
  static func device(_ device: Int) -> String { "d-\(1_000_000 + device)-7f3a" }
}

/// What may be known of people from what they gave: which of their identifiers belong together, and how many customers
/// that makes.
struct Truth {
  struct Device {
    /// Whoever gave a number or an address on it first, or -1.
    var holder: Int32 = -1
    /// Two people gave their numbers: it stands for no one.
    var isAmbiguous = false
    /// Used without a name since.
    var isOwnCustomer = false
    var isSeen = false
  }

  private(set) var devices: [Device]
  private(set) var hasNumber: [Bool]
  private(set) var hasAddress: [Bool]
  /// Number and address are linked, by each other or by a device.
  private(set) var parents: [Int32]
  private let people: Int

  /// Of what was told, in the order of time.
  init(_ facts: [PeopleFeed.Fact], people: Int) {
    self.init(people: people)
    for fact in facts.sorted(by: { $0.time < $1.time }) { note(fact) }
  }

  private init(people: Int) {
    self.people = people
    devices = Array(repeating: Device(), count: people * PeopleFeed.devicesEach)
    hasNumber = Array(repeating: false, count: people)
    hasAddress = Array(repeating: false, count: people)
    parents = (0..<Int32(people * (2 + PeopleFeed.devicesEach))).map { $0 }
  }

  /// The nodes of identifiers: numbers, then addresses, then devices.
  func numberNode(_ person: Int) -> Int { person }
  func addressNode(_ person: Int) -> Int { people + person }
  func deviceNode(_ device: Int) -> Int { 2 * people + device }

  private mutating func note(_ fact: PeopleFeed.Fact) {
    let (person, hasNumber, hasAddress) = (fact.person, fact.hasNumber, fact.hasAddress)
    if hasNumber { self.hasNumber[person] = true }
    if hasAddress { self.hasAddress[person] = true }
    if hasNumber, hasAddress { join(numberNode(person), addressNode(person)) }
    guard let device = fact.device else { return }
    devices[device].isSeen = true
    guard hasNumber || hasAddress else {
      if devices[device].isAmbiguous { devices[device].isOwnCustomer = true }
      return
    }
    if devices[device].holder == -1 { devices[device].holder = Int32(person) }
    guard devices[device].holder == Int32(person) else {
      devices[device].isAmbiguous = true
      return
    }
    guard !devices[device].isAmbiguous else { return }
    join(deviceNode(device), hasNumber ? numberNode(person) : addressNode(person))
  }

  /// The representative of those that belong together.
  mutating func root(_ node: Int) -> Int {
    var node = node
    while Int(parents[node]) != node {
      parents[node] = parents[Int(parents[node])]
      node = Int(parents[node])
    }
    return node
  }

  private mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    if a != b { parents[max(a, b)] = Int32(min(a, b)) }
  }
}
