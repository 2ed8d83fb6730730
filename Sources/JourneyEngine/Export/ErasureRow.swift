import JourneyModel

/// What is remembered of an erased identifier: a keyed hash of it, and up to when.
struct ErasureRow {
  var hash: [UInt8]
  var through: Household.Place
  /// It stood for no one, and still does.
  var isAmbiguous: Bool

  init(hash: [UInt8], through: Household.Place, isAmbiguous: Bool) {
    (self.hash, self.through, self.isAmbiguous) = (hash, through, isAmbiguous)
  }

  init(_ row: StateRow) throws(RowDamage) {
    hash = Array(row.key.dropFirst())
    var reader = RowReader(row.value ?? [])
    guard hash.count == 16, try reader.byte() == WhoIsWho.rowFormat else {
      throw RowDamage("a row of a format that is not known")
    }
    let time = Moment(try reader.signed())
    through = Household.Place(time: time, source: try reader.name(), id: try reader.text())
    isAmbiguous = try reader.byte() == 1
  }

  var row: StateRow {
    var row = RowWriter(reserving: 32)
    row.byte(WhoIsWho.rowFormat)
    row.moment(through.time)
    row.name(through.source)
    row.text(through.id)
    row.byte(isAmbiguous ? 1 : 0)
    return StateRow(partition: 0, key: [RowKind.erasure.rawValue] + hash, value: row.bytes)
  }
}

struct ErasureFields: Described {
  private var hash = ""
  private var through = PlaceFields.blank
  private var isAmbiguous = false

  static var blank: ErasureFields { ErasureFields() }

  private init() {}

  init(_ row: ErasureRow) {
    hash = hexText(row.hash)
    (through, isAmbiguous) = (PlaceFields(row.through), row.isAmbiguous)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    var digits = Array(hash.utf8)
    try fields.text("erased", &digits)
    hash = String(decoding: digits, as: UTF8.self)
    var last: PlaceFields? = through
    try fields.part("through", &last)
    guard let last else { throw LineProblem("“through” is missing") }
    through = last
    try fields.flag("ambiguous", &isAmbiguous)
  }

  func erasure() throws(LineProblem) -> ErasureRow {
    guard let bytes = bytes(ofHex: hash), bytes.count == 16 else {
      throw LineProblem("“erased” is not 32 hex digits")
    }
    return ErasureRow(hash: bytes, through: try through.place, isAmbiguous: isAmbiguous)
  }
}
