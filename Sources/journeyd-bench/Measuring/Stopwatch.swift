import Glibc
import Supervision

/// Nanoseconds of work done by this thread; waiting and other processes do not count.
@inline(__always)
func threadNanoseconds() -> Int64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

/// Nanoseconds on a clock that never jumps.
@inline(__always)
func wallNanoseconds() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

/// Nanoseconds of work done by all threads of this process.
func processNanoseconds() -> Int64 { nanoseconds(CLOCK_PROCESS_CPUTIME_ID) }

@inline(__always)
private func nanoseconds(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The middle one; 0 where there is none.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return 0 }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Memory that this process holds now, in bytes; what was freed before may be a part of it.
func residentBytes() -> Int64 { ProcessFacts.residentBytes }
