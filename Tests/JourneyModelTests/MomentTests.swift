import JourneyModel
import Testing

@Test(arguments: [
  ("2026-01-05T09:12:33.120+01:00", "2026-01-05T08:12:33.120Z"),
  ("2026-01-05 09:12:33Z", "2026-01-05T09:12:33.000Z"),
  ("2026-01-05t09:12:33.12999z", "2026-01-05T09:12:33.129Z"),
  ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500Z"),
  ("2024-02-29T00:00:00-11:00", "2024-02-29T11:00:00.000Z"),
  ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
])
func `a time is read and shown in UTC`(text: String, shown: String) {
  #expect(Moment(rfc3339: text)?.rfc3339 == shown)
}

@Test(arguments: [
  "2026-02-29T00:00:00Z", "2026-01-05T24:00:00Z", "2026-01-05T09:12:33", "2026-01-05T09:12:33.Z",
  "2026-01-05T09:12:33+0100", "2026-13-05T09:12:33Z", "", "now",
])
func `what is no time is none`(text: String) {
  #expect(Moment(rfc3339: text) == nil)
}

@Test func `a hash is the documented one for ever`() {
  #expect(stableHash(Array("journeyd".utf8)) == stableHash(Array("journeyd".utf8)))
  #expect(hex(stableHash([])) == "ef46db3751d8e999")
}

@Test func `names keep their numbers`() {
  let names = NameTable()
  let numbers = (0..<5000).map { names.intern("name\($0)") }
  #expect((0..<5000).map { names.intern("name\($0)") } == numbers)
  #expect(names.text(numbers[4321] ?? .any) == "name4321")
}
