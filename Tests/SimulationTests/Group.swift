import JourneyModel
import KafkaClient

/// The coordinator of the one group: who is a member, in which generation, and who has the one partition of the lead.
final class Group {
  final class Member {
    let id: String
    /// Told what a new generation gives it.
    let sync: (_ generation: Int32, _ hasLead: Bool) -> Void
    var heardAt: TimeSpan
    /// It has joined the generation that is being made.
    var hasJoined = true
    /// It says that it has the lead.
    var claims = false

    init(
      _ id: String, heardAt: TimeSpan, _ sync: @escaping (Int32, Bool) -> Void
    ) {
      self.id = id
      self.heardAt = heardAt
      self.sync = sync
    }
  }

  enum Beat { case fine, rejoin, unknown }

  static let sessionLimit = TimeSpan.seconds(6)

  private let world: World
  private var members: [Member] = []
  private(set) var generation: Int32 = 0
  private var isChanging = false
  private var nextMember = 1
  /// The next generation takes the lead from whoever has it.
  var movesLead = false

  init(_ world: World) { self.world = world }

  var isEmpty: Bool { members.isEmpty }

  func join(_ sync: @escaping (Int32, Bool) -> Void) -> String {
    let member = Member("m\(nextMember)", heardAt: world.now, sync)
    nextMember += 1
    change()
    members.append(member)
    watch(member)
    completeIfAll()
    return member.id
  }

  func leave(_ id: String) {
    guard members.contains(where: { $0.id == id }) else { return }
    members.removeAll { $0.id == id }
    change()
    completeIfAll()
  }

  func beat(_ id: String, _ generation: Int32) -> Beat {
    guard let member = members.first(where: { $0.id == id }) else { return .unknown }
    member.heardAt = world.now
    return isChanging && !member.hasJoined ? .rejoin : .fine
  }

  func rejoin(_ id: String, claims: Bool) -> Bool {
    guard let member = members.first(where: { $0.id == id }) else { return false }
    member.heardAt = world.now
    member.claims = claims
    change()
    member.hasJoined = true
    completeIfAll()
    return true
  }

  /// What speaks against offsets that a member sends in a transaction.
  func refusal(member id: String, generation: Int32) -> Broker.Refusal? {
    // A stranger is let in, as by a real one.
    if id.isEmpty, generation < 0 { return nil }
    guard members.contains(where: { $0.id == id }) else { return .unknownMember }
    return generation == self.generation ? nil : .illegalGeneration
  }

  private func watch(_ member: Member) {
    world.after(member.heardAt + Self.sessionLimit - world.now) { [self] in
      guard members.contains(where: { $0 === member }) else { return }
      guard world.now - member.heardAt >= Self.sessionLimit else { return watch(member) }
      world.tell("\(member.id) was not heard of for too long")
      leave(member.id)
    }
  }

  /// All members are to join anew.
  private func change() {
    guard !isChanging else { return }
    isChanging = true
    for member in members { member.hasJoined = false }
  }

  private func completeIfAll() {
    guard isChanging, !members.isEmpty, members.allSatisfy(\.hasJoined) else { return }
    isChanging = false
    generation += 1
    let owner = members.first { $0.claims }
    if movesLead, let owner, members.count > 1 {
      movesLead = false
      owner.claims = false
      tell(nil)
      return
    }
    let lead = owner ?? world.dice.pick(members)
    lead.claims = true
    tell(lead)
  }

  private func tell(_ lead: Member?) {
    world.tell("generation \(generation), the lead is \(lead?.id ?? "nobody's")")
    let generation = generation
    for member in members {
      let hasLead = member === lead
      world.after(world.dice.span(1...20)) { member.sync(generation, hasLead) }
    }
  }
}
