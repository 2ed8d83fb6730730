package import JourneyModel

/// A record that the demo puts on a topic.
package struct DemoRecord: Equatable, Sendable {
  /// When it is sent, on the demo's clock.
  package var at: Moment
  package var topic: String
  package var key: String
  package var value: [UInt8]
}

/// Made-up traffic of a bank's customers over six channels: the same for the same seed.
///
/// People look at mortgages first without a name and then with one, move money before they look at cars, hear
/// two rates, call, complain, visit branches (which report at night), save, and have payments fail; mails that
/// they are sent are opened and clicked.
package struct BankTraffic {
  private let start: Moment
  var random: SplitMix64
  private var queue = RecordQueue()
  /// Of the record that was made last.
  package private(set) var number: Int

  /// - Parameters:
  ///   - start: the first moment, best early on a working day.
  ///   - span: how long people keep beginning things.
  ///   - numberedFrom: the number in the first record's id; other than 0 where other traffic went before.
  package init(
    seed: UInt64, start: Moment, span: TimeSpan, people: Int, numberedFrom: Int = 0
  ) {
    self.start = start
    number = numberedFrom
    random = SplitMix64(seed)
    for index in 0..<people {
      let person = BankCustomer(index)
      addMasterData(of: person)
      let stories = random.chance(0.25) ? 2 : 1
      for _ in 0..<stories { addStory(of: person, begins: randomDaytime(span)) }
    }
  }

  /// The next record, if it is due.
  package mutating func next(until now: Moment) -> DemoRecord? {
    guard let first = queue.first, first.at <= now else { return nil }
    return queue.popFirst()
  }

  /// When the next record is due; nil where none is left.
  package var nextAt: Moment? { queue.first?.at }

  /// What people do with a suggestion that reaches them.
  package mutating func answer(
    suggestion id: String, channel: String, purpose: String, customer: String, at now: Moment
  ) {
    guard let person = BankCustomer(customerID: customer) else { return }
    guard channel == "email" else { return }
    // Mails go out in rounds, so that what a branch tells at night can still take one back.
    let sent = now + .minutes(random.between(30, 720))
    feedback(person, id, "sent", at: sent)
    guard random.chance(0.45) else { return }
    let opened = sent + .minutes(random.between(5, 600))
    feedback(person, id, "opened", at: opened)
    if random.chance(0.4) { feedback(person, id, "clicked", at: opened + .minutes(1)) }
    if random.chance(0.08) { feedback(person, id, "dismissed", at: opened + .minutes(2)) }
  }
}

extension BankTraffic {
  private mutating func addMasterData(of person: BankCustomer) {
    let consents = random.chance(0.7)
    let mayPush = random.chance(0.5)
    let inArrears = random.chance(0.02)
    let branch = "utrecht-\(random.between(1, 4))"
    let rateEnds = random.chance(0.04) ? start + .hours(90 * 24 + random.between(1, 72)) : nil
    add("crm.customers", person, at: start + TimeSpan(random.between(0, 1_800_000))) {
      $0.key("identifiers")
      $0.object {
        $0.member("customer_id", person.customerID)
        $0.member("email", person.email)
        $0.member("phone", person.phone)
      }
      $0.key("traits")
      $0.object {
        $0.member("home_branch", branch)
        $0.member("push_enabled", mayPush)
        $0.member("postal_address", person.address)
        if let rateEnds { $0.member("fixed_rate_until", rateEnds) }
        if inArrears { $0.member("in_arrears", true) }
      }
      $0.key("consent")
      $0.object {
        for channel in ["email", "app", "phone", "comparison_site"] {
          $0.key(channel)
          $0.object { $0.member("marketing", consents ? "granted" : "denied") }
        }
      }
    }
  }

  private mutating func addStory(of person: BankCustomer, begins: Moment) {
    switch random.between(0, 100) {
    case ..<35: mortgage(person, begins)
    case ..<48: savings(person, begins)
    case ..<60: failedPayment(person, begins)
    case ..<67: complaint(person, begins)
    case ..<82: car(person, begins)
    case ..<88: twoRates(person, begins)
    default: appVisit(person, begins)
    }
  }

  /// Looks first without a name, then logs in; some then go to a branch and begin an application.
  private mutating func mortgage(_ person: BankCustomer, _ begins: Moment) {
    let amount = Int(random.between(8, 60)) * 10_000
    if random.chance(0.2) { transfer(person, at: begins, amount: amount / 20) }
    if random.chance(0.2) {
      web("partner.leads", "mortgage_compared", person, at: begins, known: false, amount: amount)
    }
    var at = begins + .minutes(random.between(1, 30))
    if random.chance(0.6) {
      web("web.clickstream", "mortgage_rates_viewed", person, at: at, known: false)
      at = at + .minutes(random.between(1, 20))
    }
    web("web.clickstream", "mortgage_calculator_used", person, at: at, known: false, amount: amount)
    guard random.chance(0.8) else { return }
    at = at + .minutes(random.between(2, 90))
    web("web.clickstream", "mortgage_calculator_used", person, at: at, known: true, amount: amount)
    if random.chance(0.35) {
      let visit = at + .minutes(random.between(60, 300))
      branch("branch_visited", person, at: visit)
      if random.chance(0.5) {
        branch("mortgage_application_started", person, at: visit + .minutes(30))
        if random.chance(0.5) {
          branch("mortgage_offer_sent", person, at: visit + .hours(20))
          if random.chance(0.6) { branch("mortgage_signed", person, at: visit + .hours(26)) }
        }
      }
    } else if random.chance(0.3) {
      call(person, reason: "question", topic: "mortgage", score: nil, at: at + .hours(3))
    }
  }

  private mutating func savings(_ person: BankCustomer, _ begins: Moment) {
    var at = begins
    for _ in 0..<random.between(1, 5) {
      web("web.clickstream", "savings_viewed", person, at: at, known: random.chance(0.7))
      at = at + .minutes(random.between(30, 600))
    }
  }

  private mutating func failedPayment(_ person: BankCustomer, _ begins: Moment) {
    app("payment_failed", person, at: begins)
    if random.chance(0.4) {
      let score = random.between(1, 6)
      call(
        person, reason: "service", topic: "payment", score: score,
        at: begins + .minutes(random.between(10, 200)))
    }
  }

  private mutating func complaint(_ person: BankCustomer, _ begins: Moment) {
    call(person, reason: "complaint", topic: "service", score: 1, at: begins)
    if random.chance(0.5) {
      let at = begins + .hours(random.between(3, 40))
      call(person, reason: "resolved", topic: "service", score: 4, at: at)
    }
  }

  private mutating func appVisit(_ person: BankCustomer, _ begins: Moment) {
    app("logged_in", person, at: begins)
    if random.chance(0.3) {
      app("survey_answered", person, at: begins + .minutes(5), score: random.between(1, 6))
    }
  }
}

extension BankTraffic {
  mutating func web(
    _ topic: String, _ touchpoint: String, _ person: BankCustomer, at: Moment, known: Bool,
    amount: Int? = nil
  ) {
    add(topic, person, at: at, touchpoint: touchpoint) {
      $0.key("identifiers")
      $0.object {
        $0.member("cookie_id", person.cookie)
        if known { $0.member("customer_id", person.customerID) }
      }
      guard let amount else { return }
      $0.key("attributes")
      $0.object { $0.member("amount", amount) }
    }
  }

  private mutating func app(
    _ touchpoint: String, _ person: BankCustomer, at: Moment, score: Int64? = nil
  ) {
    add("app.events", person, at: at, touchpoint: touchpoint) {
      $0.key("identifiers")
      $0.object {
        $0.member("device_id", person.device)
        $0.member("customer_id", person.customerID)
      }
      guard let score else { return }
      $0.key("attributes")
      $0.object { $0.member("score", Int(score)) }
    }
  }

  /// Told at two in the following night.
  mutating func branch(
    _ touchpoint: String, _ person: BankCustomer, at: Moment, offer: RateOffer? = nil
  ) {
    let day = at.milliseconds / 86_400_000
    let told = Moment((day + 1) * 86_400_000 + 7_200_000 + random.between(0, 600_000))
    add("branch.visits", person, at: told, happened: at, touchpoint: touchpoint) {
      $0.key("identifiers")
      $0.object { $0.member("customer_id", person.customerID) }
      offer?.write(to: &$0)
    }
  }

  /// As the core system books it: not our format.
  mutating func transfer(_ person: BankCustomer, at: Moment, amount: Int) {
    number += 1
    let isOnline = random.chance(0.3)
    var out = JSONWriter()
    out.object {
      $0.member("paymentId", number)
      $0.member("bookedAt", at)
      $0.member("type", "transfer")
      $0.member("orderedVia", isOnline ? "internet" : "app")
      $0.key("account")
      $0.object { $0.member("holder", person.customerID) }
      $0.member("amount", amount)
      $0.key("counterparty")
      $0.object { $0.member("kind", "own_account") }
    }
    queue.insert(
      DemoRecord(at: at, topic: "core.payments", key: person.customerID, value: out.bytes))
  }

  /// As the call centre writes it: not our format.
  private mutating func call(
    _ person: BankCustomer, reason: String, topic: String, score: Int64?, at: Moment
  ) {
    number += 1
    let wait = Int(random.between(5, 400))
    var out = JSONWriter()
    out.object {
      $0.member("callId", number)
      $0.member("endedAt", Int(at.milliseconds))
      $0.member("reason", reason)
      $0.member("ani", person.phone)
      $0.key("crm")
      $0.object { $0.member("customerNo", person.customerID) }
      $0.key("queue")
      $0.object { $0.member("waitSeconds", wait) }
      $0.member("topic", topic)
      guard let score else { return }
      $0.key("survey")
      $0.object { $0.member("score", Int(score)) }
    }
    queue.insert(
      DemoRecord(at: at, topic: "callcentre.calls", key: person.customerID, value: out.bytes))
  }

  private mutating func feedback(
    _ person: BankCustomer, _ suggestion: String, _ outcome: String, at: Moment
  ) {
    let touchpoint = outcome == "clicked" ? "message_clicked" : "message_opened"
    add("email.events", person, at: at, touchpoint: touchpoint) {
      $0.key("identifiers")
      $0.object { $0.member("email", person.email) }
      $0.key("suggestion")
      $0.object {
        $0.member("id", suggestion)
        $0.member("outcome", outcome)
      }
    }
  }

  /// A record in our own format.
  mutating func add(
    _ topic: String, _ person: BankCustomer, at: Moment, happened: Moment? = nil,
    touchpoint: String? = nil, _ body: (inout JSONWriter) -> Void
  ) {
    number += 1
    var out = JSONWriter()
    out.object {
      $0.member("id", "\(topic.prefix(3))-\(number)")
      $0.member("time", happened ?? at)
      if let touchpoint { $0.member("touchpoint", touchpoint) }
      body(&$0)
    }
    queue.insert(DemoRecord(at: at, topic: topic, key: person.customerID, value: out.bytes))
  }

  /// Between eight in the morning and ten at night, on some day of the span.
  private mutating func randomDaytime(_ span: TimeSpan) -> Moment {
    let any = start.milliseconds + random.between(0, max(1, span.milliseconds))
    let day = any / 86_400_000 * 86_400_000
    let inDay = day + random.between(7 * 3_600_000, 21 * 3_600_000)
    return Moment(max(inDay, start.milliseconds + random.between(1_800_000, 7_200_000)))
  }
}

/// One of the bank's customers; everything about one follows from the number.
struct BankCustomer {
  private let index: Int
  init(_ index: Int) { self.index = index }
  init?(customerID: String) {
    guard customerID.hasPrefix("C"), let number = Int(customerID.dropFirst()) else { return nil }
    index = number - 10_000
  }
  var customerID: String { "C\(10_000 + index)" }
  var email: String { "c\(10_000 + index)@example.org" }
  var address: String { "Kade \(index + 1), Utrecht" }
  var phone: String { "+3120\(5_550_000 + index)" }
  var cookie: String { "k-\(hex(stableHash(Array("cookie \(index)".utf8))).prefix(10))" }
  var device: String { "d-\(hex(stableHash(Array("device \(index)".utf8))).prefix(10))" }
}
