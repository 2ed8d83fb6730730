internal import Glibc
internal import Synchronization

/// A wish to stop.
package enum StopSignal: Int32, Sendable, CustomStringConvertible {
  case terminate = 15
  case interrupt = 2

  package var description: String {
    switch self {
    case .terminate: "SIGTERM"
    case .interrupt: "SIGINT"
    }
  }
}

/// Signals as flags: SIGTERM and SIGINT ask for a stop, a second one of them ends at once, SIGHUP asks for a
/// reload (several before it is taken are one). Of the whole process, so there is one of these.
package enum Signals {
  /// Takes the process's signals from here on.
  /// - Parameter wake: called after each signal, on a thread of its own.
  package static func watch(wake: @escaping @Sendable () -> Void = {}) {
    // Touched before a handler can run, so that none of them is made inside one.
    stopNumber.store(0, ordering: .releasing)
    reloadAsked.store(false, ordering: .releasing)
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      bell.store(ends[1], ordering: .releasing)
      let end = ends[0]
      // Without it a signal is heard at the next look at the flags.
      _ = try? WorkThread("signals") { wait(on: end, wake) }
    }
    signal(SIGPIPE, SIG_IGN)
    // Whoever started this process may have left them blocked.
    var ours = sigset_t()
    sigemptyset(&ours)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&ours, number) }
    pthread_sigmask(SIG_UNBLOCK, &ours, nil)
    for number in [SIGTERM, SIGINT, SIGHUP] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { take($0) }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
  }

  /// The first wish to stop that came.
  package static var stopRequested: StopSignal? {
    StopSignal(rawValue: stopNumber.load(ordering: .acquiring))
  }

  /// Whether a reload was asked for since this was asked last.
  package static func takeReload() -> Bool {
    reloadAsked.exchange(false, ordering: .acquiringAndReleasing)
  }
}

private let stopNumber = Atomic<Int32>(0)
private let reloadAsked = Atomic<Bool>(false)
/// The end of a pipe that a handler writes to; −1: none.
private let bell = Atomic<Int32>(-1)

/// Runs inside a signal handler: only atomics, write(2), signal(2) and kill(2).
private func take(_ number: Int32) {
  let before = errno
  if number == SIGHUP {
    reloadAsked.store(true, ordering: .releasing)
  } else if stopNumber.exchange(number, ordering: .acquiringAndReleasing) != 0 {
    // As the signal would have ended a process that does not handle it, once this handler is left.
    signal(number, SIG_DFL)
    kill(getpid(), number)
  }
  var byte: UInt8 = 1
  _ = write(bell.load(ordering: .acquiring), &byte, 1)
  errno = before
}

/// The life of the thread that calls for every signal.
private func wait(on descriptor: Int32, _ wake: () -> Void) {
  var pending = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  var bytes = [UInt8](repeating: 0, count: 64)
  while true {
    guard poll(&pending, 1, -1) > 0 else { continue }
    if read(descriptor, &bytes, bytes.count) > 0 { wake() }
  }
}
