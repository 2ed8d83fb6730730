#if canImport(Glibc)
  internal import Glibc
#endif

/// 0.5 to the power of a number.
package func exponential(halvings: Double) -> Double { pow(0.5, halvings) }
