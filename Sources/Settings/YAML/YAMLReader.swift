internal import CYAML

/// Reads one YAML document into a tree of nodes, from libyaml's events.
///
/// Refused, each with its place: anchors, aliases, tags, merge keys, a second document, keys given twice or
/// that are no text, and what is not YAML. What was read before a fault of form is returned beside it.
package struct YAMLReader {
  package struct Result: Sendable {
    /// Nil for a file without a document.
    package var root: YAMLNode?
    package var problems: [Diagnostic]
    /// False where the file ends, for us, at a fault of form.
    package var isComplete: Bool
    package var source: SourceText
  }

  /// Levels of lists and maps within each other.
  package static let depthMax = 100

  private let source: SourceText
  private var problems: [Diagnostic] = []
  private var stack: [Frame] = []
  private var root: YAMLNode?
  private var documents = 0
  /// Levels inside what is skipped: a second document.
  private var isSkipping = false
  /// False where something that was refused may hold what is missing elsewhere.
  private var isWhole = true

  private struct Frame {
    var place: Place
    var isMap: Bool
    var isFlow: Bool
    var items: [YAMLNode] = []
    var entries: [YAMLEntry] = []
    var places: [String: Place] = [:]
    var key: (text: String, place: Place, isKept: Bool)?
  }

  /// Reads text; `name` is how places name the file.
  package static func read(_ bytes: [UInt8], name: String) -> Result {
    let source = SourceText(name: name, text: String(decoding: bytes, as: UTF8.self))
    var reader = YAMLReader(source: source)
    let complete = reader.run(bytes)
    return Result(
      root: reader.root, problems: reader.problems, isComplete: complete && reader.isWhole,
      source: source)
  }

  package static func read(text: String, name: String) -> Result {
    read(Array(text.utf8), name: name)
  }

  private init(source: SourceText) { self.source = source }

  private mutating func run(_ bytes: [UInt8]) -> Bool {
    if let place = badUTF8(bytes) {
      problem("not-utf8", at: place, "the file is not valid UTF-8", help: "save it as UTF-8")
      return false
    }
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) != 0 else { return false }
    defer { yaml_parser_delete(&parser) }
    return bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      var start = 0
      if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
      guard let base = buffer.baseAddress else { return true }
      yaml_parser_set_input_string(&parser, base + start, buffer.count - start)
      return pump(&parser)
    }
  }

  private mutating func pump(_ parser: inout yaml_parser_t) -> Bool {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) != 0 else {
        fault(parser)
        closeAll()
        return false
      }
      defer { yaml_event_delete(&event) }
      if event.type == YAML_STREAM_END_EVENT { return true }
      take(event)
      if stack.count > Self.depthMax {
        problem(
          "too-deep", at: place(event), "more than \(Self.depthMax) levels within each other")
        closeAll()
        return false
      }
    }
  }
}

// MARK: Events

extension YAMLReader {
  private mutating func take(_ event: yaml_event_t) {
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      documents += 1
      isSkipping = documents > 1
      if documents == 2 {
        isWhole = false
        problem(
          "documents", at: place(event), "a second document in one file",
          help: "one document per file: put it into a file of its own")
      }
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      refuse(anchor: scalar.anchor, tag: scalar.tag, event)
      let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
      let text = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      add(YAMLNode(.scalar(text, plain: isPlain), at: place(event)))
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      refuse(anchor: start.anchor, tag: start.tag, event)
      let isFlow = start.style == YAML_FLOW_SEQUENCE_STYLE
      stack.append(Frame(place: place(event), isMap: false, isFlow: isFlow))
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      refuse(anchor: start.anchor, tag: start.tag, event)
      let isFlow = start.style == YAML_FLOW_MAPPING_STYLE
      stack.append(Frame(place: place(event), isMap: true, isFlow: isFlow))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: close()
    case YAML_ALIAS_EVENT:
      let name = text(event.data.alias.anchor)
      isWhole = false
      problem(
        "alias", at: place(event), "“*\(name)” is an alias: anchors and aliases are not read",
        help: "write the value out")
      add(YAMLNode(.scalar("", plain: true), at: place(event)))
    default: break
    }
  }

  private mutating func refuse(
    anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, _ event: yaml_event_t
  ) {
    if anchor != nil {
      problem(
        "anchor", at: place(event),
        "“&\(text(anchor))” is an anchor: anchors and aliases are not read",
        help: "write the value out where it is needed")
    }
    if tag != nil {
      problem(
        "tag", at: place(event), "“\(Self.written(text(tag)))” is a tag: tags are not read",
        help: "leave it out: what a value is follows from its setting")
    }
  }

  /// A tag as one writes it.
  private static func written(_ tag: String) -> String {
    let core = "tag:yaml.org,2002:"
    return tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
  }

  private mutating func add(_ node: YAMLNode) {
    guard let top = stack.indices.last else {
      if !isSkipping { root = node }
      return
    }
    guard stack[top].isMap else { return stack[top].items.append(node) }
    if let key = stack[top].key {
      stack[top].key = nil
      guard key.isKept else { return }
      stack[top].entries.append(YAMLEntry(key: key.text, at: key.place, value: node))
    } else {
      stack[top].key = key(node, top)
    }
  }

  private mutating func key(
    _ node: YAMLNode, _ top: Int
  ) -> (text: String, place: Place, isKept: Bool) {
    guard case .scalar(let text, let plain) = node.content, !(plain && text.isEmpty) else {
      problem("key", at: node.place, "\(node.kind) cannot be a key: keys are names")
      return ("", node.place, false)
    }
    if plain, text == "<<" {
      isWhole = false
      problem(
        "merge-key", at: node.place, "“<<” merges an alias: anchors and aliases are not read",
        help: "write the settings out")
      return (text, node.place, false)
    }
    if let first = stack[top].places[text] {
      problem(
        "given-twice", at: node.place,
        "“\(text)” is given twice: first at line \(first.line), again at line \(node.place.line)",
        help: "keep one of the two")
      return (text, node.place, false)
    }
    stack[top].places[text] = node.place
    return (text, node.place, true)
  }

  private mutating func close() {
    guard let frame = stack.popLast() else { return }
    add(YAMLNode(frame.isMap ? .map(frame.entries) : .list(frame.items), at: frame.place))
  }

  /// What was open at a fault is taken as far as it was read, but for brackets that may never close.
  private mutating func closeAll() {
    while let top = stack.indices.last {
      // The value of this key is what could not be read.
      stack[top].key = nil
      if stack[top].isFlow { stack.removeLast() } else { close() }
    }
  }
}

// MARK: Places and faults

extension YAMLReader {
  private func place(_ event: yaml_event_t) -> Place {
    let start = event.start_mark
    let end = event.end_mark
    let width = start.line == end.line ? Int(end.column) - Int(start.column) : 1
    return Place(
      source, line: Int(start.line) + 1, column: Int(start.column) + 1, width: max(width, 1))
  }

  private func text(_ bytes: UnsafeMutablePointer<UInt8>?) -> String {
    bytes.map { String(cString: $0) } ?? ""
  }

  private mutating func problem(
    _ code: String, at place: Place, _ message: String, help: String? = nil
  ) {
    problems.append(Diagnostic(.error, code, at: place, message, help: help))
  }

  private mutating func fault(_ parser: yaml_parser_t) {
    let said = parser.problem.map { String(cString: $0) } ?? "this is not YAML"
    if parser.error == YAML_READER_ERROR {
      let place = place(offset: Int(parser.problem_offset))
      return problem("not-yaml", at: place, said)
    }
    var message = said
    var mark = parser.problem_mark
    if let context = parser.context.map({ String(cString: $0) }), !context.isEmpty {
      message = "\(context) that begins at line \(parser.context_mark.line + 1): \(said)"
      if Self.isToldAtItsBegin(context, said), parser.context_mark.line != mark.line {
        message += " (noticed at line \(mark.line + 1))"
        mark = parser.context_mark
      }
    }
    let line = min(Int(mark.line) + 1, source.lines.count)
    let column = Int(mark.line) + 1 > source.lines.count ? 1 : Int(mark.column) + 1
    problem(
      "not-yaml", at: Place(source, line: line, column: column), message, help: cure(said))
  }

  /// A quote that never ends, or a key without its colon, is to be mended where it begins.
  private static func isToldAtItsBegin(_ context: String, _ said: String) -> Bool {
    context.contains("quoted scalar") || said.contains("could not find expected ':'")
  }

  private func cure(_ said: String) -> String? {
    if said.contains("tab character") { return "indent with blanks" }
    if said.contains("end of stream") || said.contains("document indicator") {
      return "the closing quote is missing"
    }
    if said.contains("could not find expected ':'") {
      return "a key is followed by a colon and a blank, as “workers: 1”"
    }
    if said.contains("mapping values are not allowed") {
      return "check the indentation; text with a colon and a blank in it belongs in quotes"
    }
    if said.contains("expected key") || said.contains("block") {
      return "check the indentation: keys of one mapping begin in the same column"
    }
    if said.contains("cannot start any token") {
      return "put text that begins with this character in quotes, and indent with blanks, not tabs"
    }
    if said.contains("',' or") { return "a bracket or a comma is missing before this" }
    return nil
  }

  /// The place of a byte.
  private func place(offset: Int) -> Place {
    var left = offset
    for (index, line) in source.lines.enumerated() {
      if left <= line.utf8.count {
        let column = String(decoding: line.utf8.prefix(left), as: UTF8.self).unicodeScalars.count
        return Place(source, line: index + 1, column: column + 1)
      }
      left -= line.utf8.count + 1
    }
    return Place(source, line: max(source.lines.count, 1))
  }

  private func badUTF8(_ bytes: [UInt8]) -> Place? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    let decoded = String(decoding: bytes, as: UTF8.self)
    for (index, line) in SourceText(name: source.name, text: decoded).lines.enumerated() {
      if let at = Array(line.unicodeScalars).firstIndex(of: "\u{FFFD}") {
        return Place(source, line: index + 1, column: at + 1)
      }
    }
    return Place(source)
  }
}
