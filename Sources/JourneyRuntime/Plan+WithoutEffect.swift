package import JourneyModel

extension Plan {
  /// Settings that are read and checked, were set to something else than their default, and have no effect yet.
  package var settingsWithoutEffect: [[String]] {
    let standard = Plan()
    var found: [[String]] = []
    if state.cacheBytes != standard.state.cacheBytes { found.append(["state", "cache"]) }
    return found
  }
}
