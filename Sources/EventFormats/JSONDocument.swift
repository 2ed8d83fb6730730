internal import CSimdJSON
internal import JourneyModel

/// Owns a JSON parser and what it found in the text it read last.
struct JSONDocument: ~Copyable {
  private let parser: OpaquePointer
  private let view: UnsafeMutablePointer<json_view>

  init(bytesMax: Int = Limits.recordBytesMax, depthMax: Int = Limits.recordDepthMax) {
    parser = json_parser_new(bytesMax, depthMax)
    view = .allocate(capacity: 1)
    view.initialize(to: json_view())
  }

  deinit {
    json_parser_free(parser)
    view.deallocate()
  }

  /// Checks the whole text and gives its root, valid until the next call and as long as the bytes.
  ///
  /// Cost: about 0.5 ns per byte, no allocation once the buffers have grown.
  func parse(_ text: UnsafeBufferPointer<UInt8>) throws(Rejection) -> JSONRef {
    let empty: [UInt8] = []
    let status =
      text.baseAddress.map { json_parse(parser, $0, text.count, view) }
      ?? empty.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { json_parse(parser, $0, 0, view) } ?? JSON_EMPTY
      }
    switch status {
    case JSON_OK: return JSONRef(view.pointee.nodes, UnsafePointer(view))
    case JSON_EMPTY: throw Rejection(.empty, "the record has no value, or white space alone")
    case JSON_TOO_LARGE:
      throw Rejection(
        .tooLarge, "the record has \(text.count) bytes, above \(Limits.recordBytesMax)")
    case JSON_NOT_UTF8: throw Rejection(.notUTF8, "the record is not valid UTF-8")
    case JSON_INVALID:
      throw Rejection(
        .notJSON,
        fault == UInt32.max
          ? "the record is not valid JSON: a text without end, or with a control character"
          : "the record is not valid JSON, at or behind byte \(fault)")
    case JSON_TOO_DEEP:
      throw Rejection(.tooDeep, "the record has more than \(Limits.recordDepthMax) levels")
    case JSON_DUPLICATE_KEY:
      let key = JSONRef.key(view.pointee.nodes + Int(fault), UnsafePointer(view))
      let shown = String(decoding: key.prefix(64), as: UTF8.self)
      throw Rejection(.duplicateKey, "the key “\(shown)” is there twice in one object")
    default: throw Rejection(.notJSON, "the record is not valid JSON")
    }
  }

  private var fault: UInt32 { view.pointee.fault }
}

/// A value on loan: of a document, of a constant, or made from a record's key, time or headers.
struct JSONRef {
  enum Kind: UInt8 {
    // In the parser's order.
    case null, `false`, `true`, integer, real, string, list, object
    /// Nothing there.
    case absent
    /// There, and of no use: what could not be converted, or is no UTF-8.
    case unfit
  }

  private(set) var kind: Kind
  /// A string's own bytes; of anything else its JSON text as sent.
  private(set) var text: UnsafeBufferPointer<UInt8>
  /// Bytes of the value as sent.
  private(set) var sourceCount: Int
  private var node: UnsafePointer<json_node>?
  private var view: UnsafePointer<json_view>?

  static var absent: JSONRef { JSONRef(.absent, UnsafeBufferPointer(start: nil, count: 0)) }
  static var unfit: JSONRef { JSONRef(.unfit, UnsafeBufferPointer(start: nil, count: 0)) }

  init(_ kind: Kind, _ text: UnsafeBufferPointer<UInt8>) {
    self.kind = kind
    self.text = text
    sourceCount = text.count
  }

  fileprivate init(_ node: UnsafePointer<json_node>, _ view: UnsafePointer<json_view>) {
    let source = view.pointee.source
    kind = Kind(rawValue: node.pointee.kind) ?? .unfit
    self.node = node
    self.view = view
    sourceCount = Int(node.pointee.source_length)
    if node.pointee.value_unescaped != 0 {
      text = UnsafeBufferPointer(
        start: view.pointee.unescaped + Int(node.pointee.start), count: Int(node.pointee.length))
    } else if kind == .string {
      text = UnsafeBufferPointer(
        start: source.map { $0 + Int(node.pointee.start) }, count: Int(node.pointee.length))
    } else {
      text = UnsafeBufferPointer(
        start: source.map { $0 + Int(node.pointee.source) }, count: sourceCount)
    }
  }

  /// Missing or null.
  var isNothing: Bool { kind == .absent || kind == .null }
  var isContainer: Bool { kind == .list || kind == .object }
  var isNumber: Bool { kind == .integer || kind == .real }

  /// A number's value; nil for anything else.
  var number: Double? {
    guard isNumber else { return nil }
    var value = 0.0
    return json_number(text.baseAddress, text.count, &value) ? value : nil
  }

  /// Elements of a list; none of anything else.
  var elements: Children { Children(of: self) }
  /// Members of an object with their keys; none of anything else.
  var members: Children { Children(of: self) }

  /// The member of that name; absent where there is none, or where this is no object.
  func member(_ name: UnsafeBufferPointer<UInt8>) -> JSONRef {
    guard kind == .object, let view, let node else { return .absent }
    let nodes = UnsafePointer<json_node>(view.pointee.nodes)
    var child = node + 1
    let end = nodes.map { $0 + Int(node.pointee.next) } ?? child
    while child < end {
      if child.pointee.key_length == UInt32(name.count), JSONRef.key(child, view).isSame(as: name) {
        return JSONRef(child, view)
      }
      child = end - (Int(node.pointee.next) - Int(child.pointee.next))
    }
    return .absent
  }

  func member(_ name: StaticString) -> JSONRef { member(name.bytes) }

  fileprivate static func key(
    _ node: UnsafePointer<json_node>, _ view: UnsafePointer<json_view>
  ) -> UnsafeBufferPointer<UInt8> {
    let base =
      node.pointee.key_unescaped != 0 ? view.pointee.unescaped : view.pointee.source
    return UnsafeBufferPointer(
      start: base.map { $0 + Int(node.pointee.key_start) }, count: Int(node.pointee.key_length))
  }

  /// Walks the children of a container in the order sent.
  struct Children: Sequence, IteratorProtocol {
    private let view: UnsafePointer<json_view>?
    private var position: UInt32
    private let end: UInt32

    init(of ref: JSONRef) {
      view = ref.view
      guard let view = ref.view, let node = ref.node, ref.isContainer else {
        position = 0
        end = 0
        return
      }
      position = UInt32(node - UnsafePointer(view.pointee.nodes)) + 1
      end = node.pointee.next
    }

    mutating func next() -> (key: UnsafeBufferPointer<UInt8>, value: JSONRef)? {
      guard position < end, let view else { return nil }
      let node = UnsafePointer(view.pointee.nodes + Int(position))
      position = node.pointee.next
      return (JSONRef.key(node, view), JSONRef(node, view))
    }
  }
}

extension StaticString {
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are the same.
  func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for i in 0..<count where self[i] != other[i] { return false }
    return true
  }

  func isSame(as other: StaticString) -> Bool { isSame(as: other.bytes) }

  var text: String { String(decoding: self, as: UTF8.self) }

  /// Whether a JSON parser takes the bytes for a number.
  var isJSONNumber: Bool {
    var value = 0.0
    return json_number(baseAddress, count, &value)
  }

  var isUTF8: Bool { json_is_utf8(baseAddress, count) }
}
