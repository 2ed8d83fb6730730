import JourneyModel
import Testing

@testable import StateStore

struct FindingTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test(arguments: UInt64(1)...25)
  func `rows are found by their marks whatever is applied, settled, lost and opened again`(
    seed: UInt64
  ) throws {
    var dice = Dice(seed)
    var path = folder.path
    var store = try Folder.open(path)
    var settled = try store.rows()
    for step in 0..<60 {
      switch dice.number(0..<10) {
      case 0:
        try store.settle([0: Offset(Int64(step))], at: Moment(Int64(step)))
        settled = try store.rows()
      case 1: try store.makeFindable()
      case 2:
        // The one before is still open and has the lock.
        path = try folder.crashed(step, of: path)
        store = try Folder.open(path)
        let rows = try store.rows()
        #expect(rows == settled, "seed \(seed), step \(step)")
      case 3 where dice.number(0..<4) == 0:
        try store.removeAll()
        settled = []
      case 4, 5:
        // Other values, and the same marks, as whoever applies them knows.
        let place = dice.place()
        guard let value = try store.value(place.partition, place.key) else { continue }
        var row = Marked.row(place, Marked.longer(value))
        row.keepsMarks = true
        try store.apply([row])
        if dice.number(0..<2) == 0 { continue }
      default:
        try store.apply((0..<dice.number(1..<8)).map { _ in dice.row() })
        if dice.number(0..<4) == 0 { continue }
      }
      try store.makeFindable()
      let told = try Findable(toldBy: store, page: dice.number(1..<9))
      #expect(told == Findable(of: try store.rows()), "seed \(seed), step \(step)")
    }
  }

  @Test(arguments: UInt64(1)...20)
  func `the order and the parts in which rows are applied do not matter`(seed: UInt64) throws {
    var dice = Dice(seed)
    let before = Self.distinct(&dice)
    let after = Self.distinct(&dice)
    var entries: [[String]] = []
    for number in 0..<2 {
      let store = try Folder.open(folder.path + "\(number)")
      for changes in [before, after] {
        var rest = changes.shuffled(using: &dice)[...]
        while !rest.isEmpty {
          let some = rest.prefix(dice.number(1..<rest.count + 1))
          rest = rest.dropFirst(some.count)
          try store.apply(Array(some))
          if dice.number(0..<2) == 0 { try store.makeFindable() }
        }
      }
      try store.makeFindable()
      #expect(try Findable(toldBy: store) == Findable(of: try store.rows()), "seed \(seed)")
      try store.settle([:], at: Moment(0))
      entries.append(
        try Self.entries(in: try folder.crashed(number, of: folder.path + "\(number)")))
    }
    #expect(!entries[0].isEmpty)
    #expect(entries[0] == entries[1], "seed \(seed)")
  }

  /// Rows of one transaction: each key once.
  private static func distinct(_ dice: inout Dice) -> [StateRow] {
    var rows: [RowPlace: StateRow] = [:]
    for _ in 0..<30 {
      let place = dice.place()
      rows[place] = Marked.row(place, dice.value())
    }
    return rows.values.sorted {
      RowPlace.precedes(
        RowPlace(partition: $0.partition, key: $0.key),
        RowPlace(partition: $1.partition, key: $1.key))
    }
  }

  /// Everything in a database but whose it is and how far it has come.
  private static func entries(in path: String) throws(StoreFailure) -> [String] {
    let database = try Database(path, cacheBytes: 1 << 20)
    var entries: [String] = []
    try database.forEach(from: [2], before: [5], keeps: false) { key, value in
      entries.append("\(Array(key)): \(Array(value))")
      return true
    }
    return entries
  }

  @Test(arguments: [1, 2, 7, 512, 513, 5_000])
  func `pages of any size give every entry of a calendar once and in order`(page: Int) throws {
    var dice = Dice(UInt64(page))
    let rows = (0..<2_500).map { number -> StateRow in
      let key = [RowKind.customer.rawValue, UInt8(number >> 8), UInt8(number & 0xFF)]
      let value = Marked.value(deadline: Int8(dice.number(Marked.moments)), silence: 3)
      return StateRow(partition: Int32(1 + number % 3), key: key, value: value)
    }
    // Some are gone again.
    let gone = rows[..<600].map { StateRow(partition: $0.partition, key: $0.key, value: nil) }
    let disk = try Folder.open(folder.path)
    for store in [MemoryStore(marks: Marked.marks), disk] as [any StateStore] {
      try store.apply(rows.shuffled(using: &dice))
      try store.apply(gone)
      try store.makeFindable()
      #expect(try Findable(toldBy: store, page: page) == Findable(of: rows[600...].shuffled()))
    }
  }

  @Test(arguments: UInt64(1)...10)
  func `a copy in memory finds the same, and so does one that only looks`(seed: UInt64) throws {
    var dice = Dice(seed)
    let memory = MemoryStore(marks: Marked.marks)
    let disk = try Folder.open(folder.path)
    for _ in 0..<20 {
      let rows = (0..<dice.number(1..<20)).map { _ in dice.row() }
      try memory.apply(rows)
      try disk.apply(rows)
    }
    try disk.settle([0: Offset(1)], at: Moment(7))
    let copy = try DiskCopy(path: folder.path, owner: "g-state")
    let expected = Findable(of: try memory.rows())
    for source in [memory, disk, copy] as [any RowSource] {
      #expect(try Findable(toldBy: source) == expected, "seed \(seed)")
      #expect(Findable(of: try source.rows()) == expected, "seed \(seed)")
    }
    try memory.removeAll()
    #expect(try Findable(toldBy: memory) == Findable(of: []))
  }

  @Test func `rows and their marks last together though nothing is settled`() throws {
    // More than a write buffer holds, so that it is changed in the midst, and some of it flushed.
    var dice = Dice(1)
    let store = try Folder.open(folder.path)
    for _ in 0..<1_400 {
      let place = RowPlace(partition: 0, key: [2, UInt8(dice.number(0..<200))])
      var value = Marked.value(
        names: [dice.number(Marked.names), dice.number(Marked.names)],
        deadline: Int8(dice.number(Marked.moments)))
      value += [UInt8](repeating: 0xEE, count: 100_001 - value.count)
      try store.apply([Marked.row(place, value)])
      if dice.number(0..<10) == 0 { try store.makeFindable() }
    }
    try store.makeFindable()
    let left = try Folder.open(try folder.crashed())
    let rows = try left.rows()
    #expect(!rows.isEmpty)
    #expect(rows != (try store.rows()))
    #expect(try Findable(toldBy: left) == Findable(of: rows))
  }

  @Test func `what is waiting to be written is found by its key alone`() throws {
    let store = try Folder.open(folder.path)
    let place = RowPlace(partition: 0, key: [2, 1])
    let value = Marked.value(names: [3])
    try store.apply([Marked.row(place, value)])
    #expect(try store.value(0, [2, 1]) == value)
    #expect(try store.places(named: Marked.name(3)) == [])
    try store.makeFindable()
    #expect(try store.places(named: Marked.name(3)) == [place])
  }
}
