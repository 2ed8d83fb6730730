import JourneyModel

extension Effect {
  var customer: CustomerID {
    switch self {
    case .made(let made): made.customer.id
    case .withdrawn(let withdrawn): withdrawn.customer.id
    case .decided(let decided): decided.customer
    case .identity(let change): change.customer
    case .gone(let id): id
    }
  }
  var made: SuggestionID? {
    if case .made(let made) = self { made.id } else { nil }
  }
}
