extension Settings {
  /// Where a setting stands, by its keys from the section down; or the nearest of its owners that is there.
  package func place(of keys: [String]) -> Place {
    var node = root
    var place = root.place
    for key in keys {
      guard let entry = node.entry(key) else { break }
      place = entry.keyPlace
      node = entry.value
    }
    return place
  }
}
