import JourneyModel

// How long an anonymous customer has been silent.
extension WhoIsWho {
  /// The time of a customer's newest sign of life; of a shared identifier's first life at most that of its end.
  ///
  /// Cost: O(its identifiers), and the household's where that has bundles.
  func newest(of customer: CustomerRef) -> Moment {
    var newest = components[customer.rawValue].first.time
    forEachLife(customer) { index, second in
      newest = max(newest, lastSign(identifiers[index], second: second) ?? newest)
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

  /// Since when those of a household are silent who are known by shared identifiers only, the longest of them; nil
  /// where there is none. Cost: O(its identifiers and bundles).
  func silence(of household: UInt32) -> Moment? {
    let customers = components(of: household)
    var newest = customers.map { components[$0].first.time }
    var isAnonymous = customers.map { !components[$0].first.isNone }
    forEachMember(of: household) { index in
      let record = identifiers[index]
      let place = Int(components[record.component].mark)
      if !isShared(index) { isAnonymous[place] = false }
      for second in record.split == 0 ? [false] : [false, true] {
        let place = second ? secondPlace(record) : place
        guard let place, let sign = lastSign(record, second: second) else { continue }
        newest[place] = max(newest[place], sign)
      }
    }
    guard isAnonymous.contains(true) else { return nil }
    forEachBundle(household) { bundle in
      for key in [bundles[bundle].first, bundles[bundle].last] {
        let component = component(of: bundleStem(bundle, at: key))
        guard component != 0 else { continue }
        let place = Int(components[component].mark)
        newest[place] = max(newest[place], key.time)
      }
    }
    return zip(newest, isAnonymous).filter(\.1).map(\.0).min().map { Moment($0) }
  }

  private func secondPlace(_ record: IdentifierRecord) -> Int? {
    let component = splits[record.split].component
    return component == 0 ? nil : Int(components[component].mark)
  }

  /// The time of the last interaction of an identifier in one of its lives, at most that of the life's end.
  private func lastSign(_ record: IdentifierRecord, second: Bool) -> Int64? {
    guard !record.last.isNone else { return nil }
    if record.split == 0 || second { return record.last.time }
    let since = splits[record.split].since
    return precedes(record.first, since) ? min(record.last.time, since.time) : nil
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
