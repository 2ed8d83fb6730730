package import JourneyModel

internal import Glibc

/// The machine's clocks. Only what surrounds the engine may ask them.
package enum SystemClock {
  /// The wall clock, to the millisecond; may jump.
  package static var now: Moment { Moment(nanoseconds(CLOCK_REALTIME) / 1_000_000) }

  /// Microseconds on a clock that never jumps (CLOCK_MONOTONIC, as systemd reads it).
  package static var monotonicMicroseconds: Int64 { nanoseconds(CLOCK_MONOTONIC) / 1_000 }

  /// Since some moment that stays the same while the process runs.
  package static var monotonic: TimeSpan { TimeSpan(monotonicMicroseconds / 1_000) }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// What the system says about this process.
package enum ProcessFacts {
  /// Memory held, in bytes; 0 where the system does not tell.
  package static var residentBytes: Int64 {
    guard let text = readSmallFile("/proc/self/statm") else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
    return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The value of a variable of the environment.
  package static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// The first 4 KiB of a file as text.
func readSmallFile(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var buffer = [UInt8](repeating: 0, count: 4096)
  let count = read(descriptor, &buffer, buffer.count)
  return count < 0 ? nil : String(decoding: buffer[0..<count], as: UTF8.self)
}
