internal import JourneyModel

/// A rate that the bank names for a product, in percent a year.
struct RateOffer {
  var product: String
  var rate: Double

  func write(to out: inout JSONWriter) {
    out.key("attributes")
    out.object {
      $0.member("product", product)
      $0.member("rate", rate)
    }
  }
}

extension BankTraffic {
  /// Money moves, then loans are looked at, here or on a site that is not the bank's; some come back, some begin.
  mutating func car(_ person: BankCustomer, _ begins: Moment) {
    let amount = Int(random.between(6, 40)) * 500
    transfer(person, at: begins, amount: amount)
    var at = begins + .minutes(random.between(5, 50))
    if random.chance(0.4) {
      web("partner.leads", "car_loan_rates_compared", person, at: at, known: false)
      at = at + .minutes(random.between(10, 120))
      web("web.clickstream", "logged_in", person, at: at, known: true)
    } else {
      web("web.clickstream", "car_loan_rates_viewed", person, at: at, known: true, amount: amount)
    }
    if random.chance(0.15) {
      branch("car_loan_application_started", person, at: at + .hours(3))
    } else if random.chance(0.4) {
      for _ in 0..<2 {
        at = at + .hours(random.between(21, 30))
        web("web.clickstream", "car_loan_rates_viewed", person, at: at, known: true, amount: amount)
      }
    }
  }

  /// The website shows one rate, and the branch names the same one or another.
  mutating func twoRates(_ person: BankCustomer, _ begins: Moment) {
    let products = ["mortgage_10y", "mortgage_20y", "car_loan"]
    let product = products[Int(random.between(0, 3))]
    let promised = RateOffer(product: product, rate: Double(random.between(30, 45)) / 10)
    add("web.clickstream", person, at: begins, touchpoint: "rate_promised") {
      $0.key("identifiers")
      $0.object {
        $0.member("cookie_id", person.cookie)
        $0.member("customer_id", person.customerID)
      }
      promised.write(to: &$0)
    }
    var quoted = promised
    if random.chance(0.6) { quoted.rate = Double(random.between(46, 55)) / 10 }
    branch("rate_quoted", person, at: begins + .hours(random.between(1, 6)), offer: quoted)
  }
}
