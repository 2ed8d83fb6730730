import Foundation
import JourneyModel
import Supervision
import Synchronization
import Testing

@testable import JourneyRuntime

/// The socket, with a loop in the place of the daemon's.
@Suite(.timeLimit(.minutes(1))) struct SocketTests {
  @Test func `a question is answered by the loop`() throws {
    try LoopingDaemon.run { daemon in
      let text = try InquiryClient.ask(.stats(asJSON: false), folder: daemon.folder)
      #expect(text.contains("customers            7\n"))
      let json = try InquiryClient.ask(.stats(asJSON: true), folder: daemon.folder)
      #expect(JSONValue(parsing: Array(json.utf8)) != nil)
      #expect(daemon.asked == [.stats(asJSON: false), .stats(asJSON: true)])
    }
  }

  @Test func `a refusal comes with its code and cure`() throws {
    try LoopingDaemon.run { daemon in
      let inquiry = Inquiry.explain(.identifier(type: "customer_id", value: "C 1"), asJSON: true)
      #expect(throws: Failure(.nothingFound, "nobody", cure: "somebody\nelse")) {
        try InquiryClient.ask(inquiry, folder: daemon.folder)
      }
      #expect(daemon.asked == [inquiry])
    }
  }

  @Test func `only its user may ask`() throws {
    try LoopingDaemon.run { daemon in
      let facts = try FileManager.default.attributesOfItem(atPath: daemon.path)
      #expect(facts[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `rubbish on the socket harms nothing`() throws {
    try LoopingDaemon.run { daemon in
      var random = SystemRandomNumberGenerator()
      let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
      let rubbish: [[UInt8]] = [
        [], [0x0A], Array("explain\n".utf8), Array("explain --json\n".utf8),
        Array("stats now\n".utf8), Array("EXPLAIN customer_id=C1\n".utf8), [0xFF, 0xFE, 0x0A],
        Array(repeating: UInt8(ascii: "a"), count: 100_000), noise,
        Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), Array("stats".utf8),
      ]
      for bytes in rubbish { try daemon.send(bytes) }
      #expect(daemon.asked.isEmpty)
      try daemon.checkAnswers()
    }
  }

  @Test func `one who asks and leaves harms nothing`() throws {
    try LoopingDaemon.run { daemon in
      for _ in 0..<20 { try daemon.send(Array("stats\n".utf8)) }
      try daemon.checkAnswers()
    }
  }

  @Test func `several may ask at once`() throws {
    try LoopingDaemon.run { daemon in
      let answers = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        if (try? InquiryClient.ask(.stats(asJSON: false), folder: daemon.folder)) != nil {
          answers.withLock { $0 += 1 }
        }
      }
      #expect(answers.withLock { $0 } == 8)
    }
  }

  @Test func `a socket that a killed daemon left behind is replaced, and none is told of`() throws {
    let folder = try Folder()
    #expect(throws: Failure.self) {
      try InquiryClient.ask(.stats(asJSON: false), folder: folder.path)
    }
    try Data().write(to: URL(filePath: folder.path + "/journeyd.sock"))
    try LoopingDaemon.run(in: folder) { daemon in
      try daemon.checkAnswers()
    }
    do {
      _ = try InquiryClient.ask(.stats(asJSON: false), folder: folder.path)
      Issue.record("a daemon that has ended answered")
    } catch {
      #expect(error.message == "no daemon runs with the state directory “\(folder.path)”")
    }
  }

  @Test func `a state directory may be far down`() throws {
    let folder = try Folder(below: String(repeating: "a-long-name-of-a-folder/", count: 10))
    try LoopingDaemon.run(in: folder) { daemon in
      try daemon.checkAnswers()
    }
  }

  @Test func `a line means what was asked`() throws {
    let inquiries: [Inquiry] = [
      .stats(asJSON: false), .stats(asJSON: true),
      .explain(.identifier(type: "email", value: "a b=c"), asJSON: false),
      .explain(.identifier(type: "email", value: "--json x"), asJSON: true),
      .explain(.customer(CustomerID(0x9d3f_61c2_a47b_e805)), asJSON: true),
      .explain(.suggestion(SuggestionID(1)), asJSON: false),
    ]
    for inquiry in inquiries { #expect(try Inquiry(line: inquiry.line) == inquiry) }
    for line in ["", "explain", "explain C1", "explain =C1", "stat", "stats x"] {
      #expect(throws: Failure.self) { try Inquiry(line: line) }
    }
  }
}

/// A folder that goes with its value.
final class Folder: Sendable {
  private let top: String
  let path: String

  init(below: String = "") throws {
    top = NSTemporaryDirectory() + "explain-\(UUID().uuidString.prefix(8))"
    path = below.isEmpty ? top : top + "/" + below
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: top) }
}

/// A thread that answers as a daemon's loop does: `stats` with numbers, everything else with a refusal.
final class LoopingDaemon: Sendable {
  let folder: String
  private let heard = Mutex<[Inquiry]>([])
  private let isEnding = Atomic<Bool>(false)
  private let bell = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let started = DispatchSemaphore(value: 0)

  var asked: [Inquiry] { heard.withLock { $0 } }
  var path: String { folder + "/journeyd.sock" }

  private init(_ folder: String) { self.folder = folder }

  static func run(in folder: Folder? = nil, _ body: (LoopingDaemon) throws -> Void) throws {
    let folder = try folder ?? Folder()
    let daemon = LoopingDaemon(folder.path)
    let thread = Thread { daemon.work() }
    thread.start()
    daemon.started.wait()
    defer {
      daemon.isEnding.store(true, ordering: .releasing)
      daemon.bell.signal()
      daemon.ended.wait()
    }
    try body(daemon)
  }

  private func work() {
    defer { ended.signal() }
    do {
      let socket = try InquirySocket(folder: folder) { [bell] in bell.signal() }
      started.signal()
      while !isEnding.load(ordering: .acquiring) {
        bell.wait()
        socket.answer { answer($0) }
      }
    } catch {
      Issue.record("\(error)")
      started.signal()
    }
  }

  private func answer(_ inquiry: Inquiry) -> InquiryAnswer {
    heard.withLock { $0.append(inquiry) }
    switch inquiry {
    case .explain: return .refusal(Failure(.nothingFound, "nobody", cure: "somebody\nelse"))
    case .stats:
      return .stats(
        StatsReport(
          line: Stats().line(
            interval: .seconds(60),
            .init(
              config: "9f31c2", customers: 7, lag: 0, clockBehind: .zero, stateBytes: 0,
              residentBytes: 0)),
          hourly: [.suggestionStats(SuggestionStats(name: "a"), interval: .seconds(3600))]))
    }
  }

  /// Someone who asks properly is answered.
  func checkAnswers() throws {
    let text = try InquiryClient.ask(.stats(asJSON: false), folder: folder)
    #expect(text.contains("customers"))
  }

  /// Connects, sends and leaves once the other side has.
  func send(_ bytes: [UInt8]) throws {
    var address = try SocketAddress(folder: folder)
    defer { address.close() }
    let peer = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(peer) }
    #expect(address.with { connect(peer, $0, $1) } == 0)
    _ = bytes.withUnsafeBytes { Glibc.send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    shutdown(peer, Int32(SHUT_WR))
  }
}
