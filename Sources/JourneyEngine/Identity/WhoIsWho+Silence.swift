import JourneyModel

// How long an anonymous customer has been silent.
extension WhoIsWho {
  /// The time of a customer's newest sign of life; of a shared identifier's first life at most that of its end.
  ///
  /// Cost: O(its identifiers), and the household's where that has bundles.
  func newest(of customer: CustomerRef) -> Moment {
    var newest = components[customer.rawValue].first.time
    forEachLife(customer) { index, second in
      let record = identifiers[index]
      guard !record.last.isNone else { return }
      if record.split == 0 || second {
        newest = max(newest, record.last.time)
      } else if precedes(record.first, splits[record.split].since) {
        newest = max(newest, min(record.last.time, splits[record.split].since.time))
      }
    }
    guard bundles.count > 0 else { return Moment(newest) }
    forEachBundle(identifiers[components[customer.rawValue].head].household) { bundle in
      for key in [bundles[bundle].first, bundles[bundle].last]
      where component(of: bundleStem(bundle, at: key)) == customer.rawValue {
        newest = max(newest, key.time)
      }
    }
    return Moment(newest)
  }

  /// When it is looked at next whether a customer is to be forgotten; nil: nothing is planned.
  func watch(of customer: CustomerRef) -> Moment? {
    let time = components[customer.rawValue].watch
    return time == .max ? nil : Moment(time)
  }

  func setWatch(of customer: CustomerRef, _ moment: Moment?) {
    components[customer.rawValue].watch = moment?.milliseconds ?? .max
  }
}
