package import JourneyModel

/// Where an interaction stands among all: by time, then source, then id, both as bytes (spec 3.1).
package struct OrderKey: Hashable, Comparable, Sendable {
  package var time: Moment
  /// Source, a zero, id; behind another zero the hash of the envelope's source where there is one.
  package var tail: [UInt8]

  package init(time: Moment, tail: [UInt8]) {
    self.time = time
    self.tail = tail
  }

  package init(of interaction: borrowing Interaction, names: NameTable) {
    time = interaction.time
    tail = []
    names.appendText(interaction.source, to: &tail)
    tail.append(0)
    tail.append(contentsOf: interaction.bytes[interaction.id.range])
    if interaction.origin.count > 0 {
      let hash = interaction.bytes.withUnsafeBufferPointer {
        stableHash(UnsafeBufferPointer(rebasing: $0[interaction.origin.range]))
      }
      tail.append(contentsOf: WhoIsWho.suffix(hash))
    }
  }

  package static func < (a: OrderKey, b: OrderKey) -> Bool {
    a.time != b.time ? a.time < b.time : a.tail.lexicographicallyPrecedes(b.tail)
  }
}
