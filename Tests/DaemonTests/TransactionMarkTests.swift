import JourneyModel
import KafkaClient
import Testing

@testable import JourneyRuntime

struct TransactionMarkTests {
  private let last = TransactionMark(number: 20, producer: "g-a")

  @Test func `what was committed last took effect`() {
    #expect(last.tookEffect(last: last))
  }

  @Test func `an older one of the same producer took effect, or the next had not been begun`() {
    #expect(TransactionMark(number: 19, producer: "g-a").tookEffect(last: last))
  }

  @Test func `one that was begun later did not take effect`() {
    #expect(!TransactionMark(number: 21, producer: "g-a").tookEffect(last: last))
  }

  @Test func `one of a daemon that had lost the lead did not, whatever its number`() {
    for number in [19, 20, 21] as [Int64] {
      #expect(!TransactionMark(number: number, producer: "g-b").tookEffect(last: last))
    }
  }

  @Test func `before anything was committed nothing took effect`() {
    #expect(!last.tookEffect(last: nil))
  }

  @Test func `a mark reads as it was written, and rubbish is none`() {
    #expect(TransactionMark(row: last.row) == last)
    #expect(TransactionMark(text: last.text) == last)
    #expect(TransactionMark(text: "") == nil)
    #expect(TransactionMark(row: [0xFF]) == nil)
  }

  @Test func `numbers grow also when the clock goes back`() {
    #expect(last.next(at: Moment(0)).number == 21)
    #expect(last.next(at: Moment(1_000)).number == 1_000_000)
  }

  @Test func `what wrote rows once more took effect where the note names it, and hides nothing`() {
    let copy = TransactionMark(number: 21, producer: "g-b-copy")
    var proof = LeadProof(
      lead: TopicPartition("g-lead", 0), note: last.text, producer: "g-b", member: { nil })
    #expect(!proof.tells(copy))
    proof = LeadProof(
      lead: proof.lead, note: proof.note(adding: copy), producer: "g-b", member: { nil })
    #expect(proof.tells(copy))
    #expect(proof.tells(last))
    #expect(TransactionMark(text: proof.note) == last)
    #expect(!proof.tells(TransactionMark(number: 20, producer: "g-b-copy")))
    let later = TransactionMark(number: 22, producer: "g-b-copy")
    let next = LeadProof(
      lead: proof.lead, note: proof.note(adding: later), producer: "g-b", member: { nil })
    #expect(next.tells(later))
    #expect(!next.tells(copy))
  }
}
