import JourneyModel

/// What was made for one customer and what became of it, kept by an independent hand (spec 3.6, 3.7).
struct Ledger {
  struct Entry {
    var id: SuggestionID
    var rule: String
    var channel: String
    var purpose: String
    var made: Int64
    var expires: Int64
    var isWithdrawn = false
    var receipts: [(time: Int64, isSent: Bool)] = []
    /// Other outcomes, each at its earliest time.
    var outcomes: [Outcome: Int64] = [:]
  }
  let plan: Plan
  var entries: [Entry] = []
  /// Everything told of the customer.
  var told: [Happening] = [] {
    didSet { clock = zone }
  }
  /// The customer's local time.
  private(set) var clock: CivilClock

  init(_ plan: Plan) {
    self.plan = plan
    clock = CivilClock(plan.contact.timezone)
  }

  mutating func note(_ outcome: Outcome, of id: SuggestionID, at time: Int64) {
    guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
    switch outcome {
    case .sent, .failed: entries[index].receipts.append((time, outcome == .sent))
    case .made, .shown, .opened, .clicked, .accepted, .dismissed:
      entries[index].outcomes[outcome] = min(entries[index].outcomes[outcome] ?? time, time)
    }
  }

  /// The union of two.
  mutating func join(_ other: Ledger) {
    entries += other.entries
    told += other.told
  }

  // MARK: What became of a suggestion

  enum Fate: Equatable { case open, sent(Int64), failed, silent }

  func channel(_ name: String) -> CataloguePlan.Channel? {
    plan.catalogue.channels.first { $0.name == name }
  }

  /// What the reports say, and what silence stands for at a moment.
  func fate(_ entry: Entry, at now: Int64) -> Fate {
    let reserve = (channel(entry.channel)?.reserveFor ?? plan.contact.reserveFor).milliseconds
    let isExpecting = channel(entry.channel)?.expectsReceipts ?? false
    var sent = entry.receipts.filter(\.isSent).map(\.time)
    let failed = entry.receipts.filter { !$0.isSent }.map(\.time)
    if sent.isEmpty, let first = entry.outcomes.values.min() {
      let wasSilent = failed.isEmpty && !isExpecting && first >= entry.made + reserve
      sent = [wasSilent ? entry.made : first]
    }
    if let lastFailed = failed.max(), (sent.max() ?? .min) < lastFailed { return .failed }
    if let lastFailed = failed.max() { sent = sent.filter { $0 >= lastFailed } }
    if let first = sent.min() { return .sent(first) }
    if now >= entry.made + reserve {
      return isExpecting ? .silent : (entry.isWithdrawn ? .open : .sent(entry.made))
    }
    return .open
  }

  /// The time of its slot in the caps; nil: it takes none.
  func slot(_ entry: Entry, at now: Int64) -> Int64? {
    switch fate(entry, at: now) {
    case .sent(let time): time
    case .failed, .silent: nil
    case .open: entry.isWithdrawn ? nil : entry.made
    }
  }

  func isOpen(_ entry: Entry, at now: Int64) -> Bool {
    guard !entry.isWithdrawn, now < entry.expires else { return false }
    switch fate(entry, at: now) {
    case .open, .silent: return true
    case .sent, .failed: return false
    }
  }

  // MARK: What is known of the customer

  func trait(_ name: String) -> JSONValue? {
    let last = told.sorted(by: Happening.comesBefore).last { happening in
      happening.traits.contains { $0.name == name }
    }
    return last?.traits.first { $0.name == name }?.value
  }

  private var zone: CivilClock {
    if case .string(let name)? = trait("timezone"), CivilClock.exists(name) {
      return CivilClock(name)
    }
    return CivilClock(plan.contact.timezone)
  }

  /// Whether the consent that counts is a yes; nil: unknown.
  func consent(_ channel: String, _ purpose: String) -> Bool? {
    var best: (time: Int64, isGranted: Bool)?
    for happening in told {
      for consent in happening.consents {
        let parts = consent.split(separator: " ").map(String.init)
        guard parts[0] == channel || parts[0] == "*", parts[1] == purpose || parts[1] == "*" else {
          continue
        }
        let isGranted = parts[2] == "granted"
        if let best, best.time > happening.time || (best.time == happening.time && !best.isGranted)
        {
          continue
        }
        best = (happening.time, isGranted)
      }
    }
    return best?.isGranted
  }

  func mayContact(_ channel: String, _ purpose: String) -> Bool {
    let rule = plan.contact.consent.first { $0.purpose == purpose }?.rule ?? .required
    return consent(channel, purpose) ?? (rule == .implied)
  }
}
