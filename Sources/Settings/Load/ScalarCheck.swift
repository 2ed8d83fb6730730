internal import Glibc
internal import JourneyModel

/// Whether a scalar is what its setting asks for.
enum ScalarCheck {
  struct Fault {
    var message: String
    var help: String?
  }

  /// Nil where the node fits the shape, which is one of a scalar.
  static func fault(_ node: YAMLNode, _ shape: Shape, _ name: String) -> Fault? {
    guard let text = node.text else {
      return Fault(message: "“\(name)” must be \(ShapeText.of(shape)), not \(node.kind)")
    }
    if node.isNull {
      return Fault(message: "“\(name)” has no value", help: "it must be \(ShapeText.of(shape))")
    }
    switch shape {
    case .text(let form): return self.text(node, form, name)
    case .bool: return node.bool == nil ? wrong(node, shape, name) : nil
    case .whole(let range):
      guard let value = node.whole else { return wrong(node, shape, name) }
      return range.contains(value)
        ? nil : outside(text, "\(range.lowerBound)", "\(range.upperBound)", name)
    case .number(let range):
      guard let value = node.number else { return wrong(node, shape, name) }
      return range.contains(value)
        ? nil
        : outside(
          text, ShapeText.number(range.lowerBound), ShapeText.number(range.upperBound), name)
    case .share: return share(node, text, name)
    case .duration(let bounds): return duration(node, text, bounds, name)
    case .durationOr(let words, let bounds):
      if words.contains(text) { return nil }
      guard var fault = duration(node, text, bounds, name) else { return nil }
      let near = Nearest.help(for: text, of: words).map { $0 + " " } ?? ""
      fault.help = near + "write \(ShapeText.of(shape))"
      return fault
    case .size(let range): return size(text, range, name)
    case .choice(let names): return choice(node, text, names, name)
    case .moment:
      guard Moment(rfc3339: text) == nil else { return nil }
      return Fault(
        message: "“\(name)” must be a time with its date and offset, not “\(text)”",
        help: "write RFC 3339, as 2026-01-01T00:00:00+01:00")
    case .clock(let allows24): return clock(text, allows24, name)
    case .timezone:
      guard node.string == nil || TimeZone(text) == nil else { return nil }
      return Fault(
        message: "“\(text)” is no time zone of this system", help: "write it as Europe/Amsterdam")
    case .pattern: return pattern(text, name)
    case .scale, .json, .jsonScalar, .name, .list, .named, .record, .variants, .kinds, .kafkaValue,
      .deferred:
      return nil
    }
  }

  private static func wrong(_ node: YAMLNode, _ shape: Shape, _ name: String) -> Fault {
    var help: String?
    switch shape {
    case .whole, .number, .share, .bool:
      if let text = node.text, !node.isPlain { help = "a value in quotes is text: write \(text)" }
    default: break
    }
    return Fault(message: "“\(name)” must be \(ShapeText.of(shape)), not \(said(node))", help: help)
  }

  static func said(_ node: YAMLNode) -> String {
    guard let text = node.text else { return node.kind }
    return node.isPlain ? "“\(text)”" : "text in quotes (\"\(text)\")"
  }

  private static func outside(_ text: String, _ least: String, _ most: String, _ name: String)
    -> Fault
  {
    Fault(message: "“\(name)” must be at least \(least) and at most \(most), not \(text)")
  }

  private static func text(_ node: YAMLNode, _ form: TextForm, _ name: String) -> Fault? {
    guard let text = node.string else {
      return Fault(
        message: "“\(name)” must be text, not \(node.kind)",
        help: node.text.map { "put it in quotes: \"\($0)\"" })
    }
    if case .any = form { return nil }
    if text.isEmpty { return Fault(message: "“\(name)” is empty") }
    switch form {
    case .any, .notEmpty, .path: return nil
    case .name:
      return Names.isName(text)
        ? nil
        : Fault(
          message: "“\(text)” is no name", help: "names are 1 to 64 of A–Z, a–z, 0–9, _, . and -")
    case .topic:
      return Names.isTopic(text)
        ? nil
        : Fault(
          message: "“\(text)” is no name of a topic",
          help: text.hasPrefix("^")
            ? "write {pattern: \"\(text)\"}" : "topics are 1 to 249 of A–Z, a–z, 0–9, _, . and -")
    case .topicPattern:
      guard text.hasPrefix("^") else {
        return Fault(
          message: "the pattern “\(text)” does not begin with ^", help: "write \"^\(text)\"")
      }
      return pattern(text, name)
    case .pointer: return pointer(text, name)
    }
  }

  private static func pointer(_ text: String, _ name: String) -> Fault? {
    guard text.hasPrefix("/") else {
      return Fault(
        message: "“\(text)” is no JSON Pointer: it does not begin with /",
        help: "write /\(text) for a place in the record, or {const: \(text)} for a constant")
    }
    var bytes = text.utf8[...]
    while let tilde = bytes.firstIndex(of: UInt8(ascii: "~")) {
      let next = bytes[bytes.index(after: tilde)...].first
      guard next == UInt8(ascii: "0") || next == UInt8(ascii: "1") else {
        return Fault(
          message: "“\(text)” is no JSON Pointer: ~ stands before 0 or 1 only",
          help: "write ~0 for ~ and ~1 for / (RFC 6901)")
      }
      bytes = bytes[bytes.index(after: tilde)...]
    }
    return nil
  }

  private static func share(_ node: YAMLNode, _ text: String, _ name: String) -> Fault? {
    guard node.isPlain || text.hasSuffix("%"), let value = Scalars.share(text) else {
      return wrong(node, .share, name)
    }
    return (0...1).contains(value)
      ? nil
      : Fault(message: "“\(name)” must be between 0 and 1 (100%), not \(text)")
  }

  private static func duration(
    _ node: YAMLNode, _ text: String, _ bounds: DurationBounds, _ name: String
  ) -> Fault? {
    let help = "write whole numbers with a unit (ms, s, m, h, d, w), as 90s, 2h or 1d12h"
    switch Scalars.duration(text) {
    case .success(let span):
      if span.milliseconds < bounds.least {
        return Fault(
          message: "“\(name)” must be at least \(Scalars.text(TimeSpan(bounds.least))), not \(text)"
        )
      }
      guard span.milliseconds > bounds.most else { return nil }
      return Fault(
        message: "“\(name)” must be at most \(Scalars.text(TimeSpan(bounds.most))), not \(text)")
    case .failure(.unit):
      return Fault(
        message: CoreSchema.number(text) == nil
          ? "“\(text)” is no duration: a unit is not known"
          : "“\(text)” is no duration: it has no unit",
        help: help)
    case .failure(.form):
      guard text.hasPrefix("-") else {
        return Fault(message: "“\(text)” is no duration", help: help)
      }
      let least = Scalars.text(TimeSpan(bounds.least))
      return Fault(
        message: "“\(name)” must be at least \(least), not negative (\(text))", help: help)
    case .failure(.tooLarge): return Fault(message: "“\(text)” is too long", help: help)
    }
  }

  private static func size(_ text: String, _ range: ClosedRange<Int64>, _ name: String) -> Fault? {
    guard let bytes = Scalars.size(text) else {
      return Fault(
        message: "“\(text)” is no size", help: "write a whole number with a unit, as 64KiB or 1GiB")
    }
    return range.contains(bytes)
      ? nil
      : Fault(
        message: "“\(name)” must be at least \(ShapeText.size(range.lowerBound)) and at most "
          + "\(ShapeText.size(range.upperBound)), not \(text)")
  }

  private static func choice(
    _ node: YAMLNode, _ text: String, _ names: [String], _ name: String
  ) -> Fault? {
    if names.contains(text), node.string != nil { return nil }
    let all = "it must be one of \(names.joined(separator: ", "))"
    let near = Nearest.help(for: text, of: names)
    return Fault(
      message: "“\(name)” cannot be “\(text)”", help: near.map { "\($0) \(all)" } ?? all)
  }

  private static func clock(_ text: String, _ allows24: Bool, _ name: String) -> Fault? {
    guard let minutes = Scalars.clock(text), minutes < 1440 || allows24 else {
      return Fault(
        message: "“\(name)” must be a time of day, not “\(text)”",
        help: "write hours and minutes, as \"21:00\"")
    }
    return nil
  }

  private static func pattern(_ text: String, _ name: String) -> Fault? {
    var compiled = regex_t()
    let code = regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB)
    guard code != 0 else {
      regfree(&compiled)
      return nil
    }
    var said = [CChar](repeating: 0, count: 200)
    regerror(code, &compiled, &said, said.count)
    let reason = String(
      decoding: said.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return Fault(message: "“\(name)” is no regular expression: \(reason)")
  }
}
