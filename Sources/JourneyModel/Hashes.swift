internal import CSodium
internal import CXXHash

/// XXH64 with seed 0: fixed and documented, for ids, shards and tables. Never `Hasher`, whose seed changes.
package func stableHash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
  xxhash_64(bytes.baseAddress, bytes.count)
}

package func stableHash(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBufferPointer(stableHash) }

/// The first 16 hex digits of SHA-256 over the parts joined by U+001F, as a number (spec 6.2, 30).
package func shareHash(_ parts: [String]) -> UInt64 {
  let text = Array(parts.joined(separator: "\u{1F}").utf8)
  var digest = [UInt8](repeating: 0, count: 32)
  crypto_hash_sha256(&digest, text, UInt64(text.count))
  return digest[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
}

/// A keyed 128-bit hash (BLAKE2b) of an identifier, for what may be remembered of someone forgotten.
package func keyedHash(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 16)
  crypto_generichash(&digest, 16, bytes, UInt64(bytes.count), key, key.count)
  return digest
}

/// Sixteen lower-case hex digits.
package func hex(_ value: UInt64) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var out: [UInt8] = []
  out.reserveCapacity(16)
  for shift in stride(from: 60, through: 0, by: -4) {
    out.append(digits[Int((value >> UInt64(shift)) & 15)])
  }
  return String(decoding: out, as: UTF8.self)
}

/// The number that sixteen lower-case hex digits name.
package func unhex(_ text: Substring) -> UInt64? {
  guard text.utf8.count == 16,
    text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
  else { return nil }
  return UInt64(text, radix: 16)
}

/// Two hex digits a byte.
package func hexText(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(
    decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// The bytes that hex digits name; nil where they are none.
package func bytes(ofHex text: String) -> [UInt8]? {
  let digits = Array(text.utf8)
  guard digits.count % 2 == 0 else { return nil }
  var bytes: [UInt8] = []
  for index in stride(from: 0, to: digits.count, by: 2) {
    guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16),
      digits[index] != UInt8(ascii: "+"), digits[index] != UInt8(ascii: "-")
    else { return nil }
    bytes.append(byte)
  }
  return bytes
}
