import JourneyModel
import JourneyRuntime

/// Made-up interactions of a bank's customers in our own format, about 550 bytes with twelve attributes each.
///
/// One a moment over thirty days; who does what is drawn evenly, the same for the same seed.
struct BankFeed: RecordFeed {
  private let events: Int
  private let customers: Int
  /// Every product has touchpoints of its own: of the first as in the sample, of the others with a number behind.
  private let products: Int
  private var random: SplitMix64
  private var made = 0
  private let begins: Moment
  /// Of the group that was filled last.
  private(set) var customersOfGroup: [Int] = []
  /// Monday, 5 January 2026, nine in the morning in Amsterdam.
  static let start = Moment(1_767_600_000_000)

  init(
    seed: Int, events: Int, customers: Int, products: Int = 1, start: Moment = BankFeed.start
  ) {
    begins = start
    self.events = events
    self.customers = customers
    self.products = products
    random = SplitMix64(UInt64(seed))
  }

  private static let touchpoints: [(name: StaticString, channel: StaticString, below: Int64)] = [
    ("mortgage_calculator_used", "web", 18), ("mortgage_rates_viewed", "web", 32),
    ("savings_viewed", "web", 44), ("logged_in", "app", 72), ("question_asked", "phone", 77),
    ("branch_visited", "branch", 81), ("mortgage_application_started", "branch", 83),
    ("payment_failed", "app", 85), ("service_call", "phone", 89), ("message_opened", "email", 99),
    ("complaint_filed", "phone", 100),
  ]

  mutating func fill(_ group: inout RecordGroup) {
    customersOfGroup.removeAll(keepingCapacity: true)
    while made < events, !group.isFull {
      add(to: &group)
      made += 1
    }
  }

  private mutating func add(to group: inout RecordGroup) {
    let customer = Int(random.between(0, Int64(customers)))
    customersOfGroup.append(customer)
    let draw = random.between(0, 100)
    let touchpoint = Self.touchpoints.first { draw < $0.below } ?? Self.touchpoints[0]
    let product = random.between(0, Int64(products))
    let span = Int64(30 * 86_400_000)
    let time = begins + TimeSpan(span / Int64(max(1, events)) * Int64(made))
    group.add("{\"id\":\"evt-0b2c7f3a-")
    group.add(made)
    group.add("\",\"time\":\"")
    group.add(time.rfc3339)
    group.add("\",\"touchpoint\":\"")
    group.add(touchpoint.name)
    if product > 0 { group.add("_\(product)") }
    group.add("\",\"channel\":\"")
    group.add(touchpoint.channel)
    group.add("\",\"identifiers\":{\"cookie_id\":\"c-8d7f00112233-")
    group.add(customer)
    if random.chance(0.7) {
      group.add("\",\"customer_id\":\"C10023984-")
      group.add(customer)
    }
    let tells = random.chance(0.05)
    if tells { group.add("\",\"email\":\"customer-\(customer)@example.org") }
    group.add("\"},")
    addAttributes(to: &group)
    if tells {
      group.add(
        ",\"traits\":{\"segment\":\"private\",\"push_enabled\":true},"
          + "\"consent\":{\"email\":{\"marketing\":\"granted\"},\"app\":{\"marketing\":\"granted\"}}"
      )
    }
    group.add("}")
    group.endRecord()
  }

  private mutating func addAttributes(to group: inout RecordGroup) {
    group.add("\"attributes\":{\"amount\":")
    group.add(Int(random.between(5, 60)) * 10_000)
    group.add(
      """
      ,"term_months":360,"first_home":true,"rate":3.75,"page":"/mortgage/calculator",\
      "referrer":"https://www.example.org/search?q=mortgage","browser":"Firefox 128",\
      "language":"nl-NL","income":
      """ as StaticString)
    group.add(Int(random.between(20_000, 90_000)))
    group.add(",\"partner_income\":42000,\"postcode\":\"3511 AB\",\"step\":\"result\"}")
  }
}
