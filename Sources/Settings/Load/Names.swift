/// What names of ours look like.
package enum Names {
  /// `[A-Za-z0-9_.-]`, 1–64.
  package static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte)
  }

  /// `[A-Za-z0-9_.-]`, 1–249, neither `.` nor `..`.
  package static func isTopic(_ text: String) -> Bool {
    (1...249).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte) && text != "."
      && text != ".."
  }

  /// Why a text is no touchpoint; nil where it is one.
  package static func touchpointFault(_ text: String) -> String? {
    let fits =
      (1...128).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (97...122).contains(byte) || byte &- 48 < 10 || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: ".")
      }
    return fits ? nil : "“\(text)” is no name of a touchpoint"
  }

  static let touchpointHelp = "touchpoints are 1 to 128 of a–z, 0–9, _ and ."

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || byte &- 48 < 10
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }
}
