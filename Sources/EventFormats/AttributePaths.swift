internal import JourneyModel

/// The attributes that are kept of an interaction, by dotted path.
struct AttributePaths {
  private struct Path {
    let name: NameID
    let dotted: DottedPath
  }

  /// What a key at the top of the attributes can begin.
  private struct Entry {
    let key: [UInt8]
    /// The path that this key is all of.
    var whole: Int?
    var beginsLonger: Bool
  }

  /// Every attribute at the top is kept, beside the paths.
  let keepsAll: Bool
  private let paths: [Path]
  private let entries: [Entry]
  /// Open addressing over ``entries``: index + 1, or 0.
  private let slots: [UInt16]

  init(
    _ wanted: [String], _ kept: HistoryPlan.Attributes, names: NameTable
  ) throws(PlanProblem) {
    var all = wanted
    switch kept {
    case .used: keepsAll = false
    case .all: keepsAll = true
    case .also(let more):
      keepsAll = false
      all += more
    }
    var paths: [Path] = []
    var entries: [Entry] = []
    var places: [[UInt8]: Int] = [:]
    var seen: Set<String> = []
    for text in all where seen.insert(text).inserted {
      guard let name = names.intern(text) else { throw PlanProblem("there are too many names") }
      let dotted = DottedPath(text)
      for end in dotted.ends {
        let key = Array(dotted.bytes[..<end])
        let place = places[key] ?? entries.count
        places[key] = place
        if place == entries.count {
          entries.append(Entry(key: key, whole: nil, beginsLonger: false))
        }
        if end == dotted.bytes.count {
          entries[place].whole = paths.count
        } else {
          entries[place].beginsLonger = true
        }
      }
      paths.append(Path(name: name, dotted: dotted))
    }
    self.paths = paths
    self.entries = entries
    slots = AttributePaths.slots(entries.map(\.key))
  }

  var isEmpty: Bool { paths.isEmpty && !keepsAll }

  /// Tells each kept attribute that is there and not null, by the name to keep it under.
  ///
  /// A key with dots wins over nesting. Cost: about 10 ns per attribute.
  func collect(
    _ attributes: DraftMembers, names: NameTable,
    _ take: (_ name: NameID?, _ value: JSONRef) -> Void
  ) {
    guard !isEmpty else { return }
    var hasLonger = false
    attributes.forEach { key, value in
      guard !value.isNothing else { return }
      let entry = find(key)
      if let entry, let path = entries[entry].whole {
        take(paths[path].name, value)
      } else if keepsAll {
        let known = names.lookup(key)
        let hasRoom = names.count < Limits.namesBeforeAttributesMax
        take(known ?? (hasRoom ? names.intern(key) : nil), value)
      }
      if let entry, entries[entry].beginsLonger { hasLonger = hasLonger || value.kind == .object }
    }
    guard hasLonger else { return }
    for path in paths where path.dotted.ends.count > 1 {
      guard path.dotted.whole(in: attributes).isNothing else { continue }
      let value = path.dotted.nested(in: attributes)
      if !value.isNothing { take(path.name, value) }
    }
  }

  private func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
    let mask = slots.count - 1
    var slot = AttributePaths.hash(key) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      let same = entries[index].key.withUnsafeBufferPointer { $0.isSame(as: key) }
      if same { return index }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private static func slots(_ keys: [[UInt8]]) -> [UInt16] {
    var count = 16
    while count < keys.count * 4 { count *= 2 }
    var slots = [UInt16](repeating: 0, count: count)
    for (index, key) in keys.enumerated() {
      var slot = key.withUnsafeBufferPointer { hash($0) } & (count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
      slots[slot] = UInt16(truncatingIfNeeded: index + 1)
    }
    return slots
  }

  private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    guard !key.isEmpty else { return 0 }
    let mixed =
      UInt32(key.count) &* 0x9E37_79B1 ^ UInt32(key[0]) &* 0x85EB_CA77
      ^ UInt32(key[key.count / 2]) &* 0xC2B2_AE3D ^ UInt32(key[key.count - 1]) &* 0x27D4_EB2F
    return Int(mixed >> 16 ^ mixed >> 8 & 0xFF)
  }
}

/// A dotted path and the places at which it can be cut.
struct DottedPath {
  let bytes: [UInt8]
  /// Where each part ends, the whole path last.
  let ends: [Int]

  init(_ text: String) {
    let bytes = Array(text.utf8)
    self.bytes = bytes
    ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") } + [bytes.count]
  }

  /// The value at the path, a key with dots before nesting; absent where there is none, or null.
  func value(in members: DraftMembers) -> JSONRef {
    let whole = whole(in: members)
    return whole.isNothing ? nested(in: members) : whole
  }

  /// The member whose key is the whole path.
  func whole(in members: DraftMembers) -> JSONRef {
    bytes.withUnsafeBufferPointer { members.member($0) }
  }

  /// As ``value(in:)``, without the key that is the whole path.
  func nested(in members: DraftMembers) -> JSONRef {
    bytes.withUnsafeBufferPointer { path in
      for end in ends.dropLast().reversed() {
        let first = members.member(UnsafeBufferPointer(rebasing: path[..<end]))
        let found = descend(first, from: end + 1, path)
        if !found.isNothing { return found }
      }
      return .absent
    }
  }

  private func descend(_ object: JSONRef, from: Int, _ path: UnsafeBufferPointer<UInt8>) -> JSONRef
  {
    guard object.kind == .object else { return .absent }
    for end in ends.reversed() where end >= from {
      let member = object.member(UnsafeBufferPointer(rebasing: path[from..<end]))
      if member.isNothing { continue }
      if end == bytes.count { return member }
      let found = descend(member, from: end + 1, path)
      if !found.isNothing { return found }
    }
    return .absent
  }
}
