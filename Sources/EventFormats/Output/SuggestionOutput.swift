package import JourneyModel

extension OutputWriter {
  /// A suggestion as a CloudEvents record; nil for one that a holdout kept back.
  package func record(_ made: SuggestionMade) -> OutputRecord? {
    guard !made.isControl else { return nil }
    var out = JSONWriter(reserving: 1024)
    envelope(&out, made.id, "made", made.time, made.customer.id) { data in
      data.member("suggestion_id", made.id.description)
      data.member("suggestion", made.rule)
      data.member("touchpoint", made.touchpoint)
      data.member("channel", made.channel)
      data.member("purpose", made.purpose)
      data.customer(made.customer)
      data.journey(made.journey)
      data.member(
        "to", object: { to in for value in made.to { to.member(value.name, value.text) } })
      data.member("with", made.content)
      data.member("because", list: made.because) { $0.cause($1) }
      data.key("caused_by")
      if let cause = made.causedBy {
        data.object { $0.member(cause.name, cause.text) }
      } else {
        data.null()
      }
      data.member("expires", made.expires)
      data.member("score", made.score)
      data.member("runners_up", list: made.runnersUp) { list, other in
        list.object {
          $0.member("suggestion", other.suggestion)
          $0.member("channel", other.channel)
          $0.member("score", other.score)
          $0.member("refused", other.refused)
        }
      }
    }
    var headers = [OutputWriter.contentType]
    if !made.traceparent.isEmpty {
      headers.append(OutputRecord.Header("traceparent", made.traceparent))
    }
    if !made.tracestate.isEmpty {
      headers.append(OutputRecord.Header("tracestate", made.tracestate))
    }
    return OutputRecord(key: made.customer.id, value: out.bytes, headers: headers)
  }

  /// A withdrawal as a CloudEvents record; nil for a suggestion that a holdout kept back.
  package func record(_ withdrawn: SuggestionWithdrawn) -> OutputRecord? {
    guard !withdrawn.isControl else { return nil }
    var out = JSONWriter(reserving: 512)
    envelope(&out, withdrawn.id, "withdrawn", withdrawn.time, withdrawn.customer.id) { data in
      data.member("suggestion_id", withdrawn.id.description)
      data.member("suggestion", withdrawn.rule)
      data.member("touchpoint", withdrawn.touchpoint)
      data.member("channel", withdrawn.channel)
      data.member("purpose", withdrawn.purpose)
      data.customer(withdrawn.customer)
      data.member("reason", withdrawn.reason.rawValue)
      data.member("because", list: withdrawn.because) { $0.cause($1) }
    }
    return OutputRecord(
      key: withdrawn.customer.id, value: out.bytes, headers: [OutputWriter.contentType])
  }

  private static let contentType = OutputRecord.Header(
    "content-type", "application/cloudevents+json; charset=UTF-8")

  private func envelope(
    _ out: inout JSONWriter, _ id: SuggestionID, _ what: String, _ time: Moment,
    _ customer: CustomerID, _ data: (inout JSONWriter) -> Void
  ) {
    out.object {
      $0.member("specversion", "1.0")
      $0.member("id", "\(id)-\(what)")
      $0.member("source", source)
      $0.member("type", "journeyd.suggestion.\(what)")
      $0.member("time", time)
      $0.member("subject", customer.description)
      $0.member("datacontenttype", "application/json")
      $0.member("data", object: data)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func customer(_ customer: CustomerShown) {
    member(
      "customer",
      object: {
        $0.member("id", customer.id.description)
        $0.member("identifiers", customer.identifiers)
      })
  }

  fileprivate mutating func journey(_ journey: JourneyShown?) {
    key("journey")
    guard let journey else { return null() }
    object {
      $0.member("id", journey.id.description)
      $0.member("name", journey.name)
      $0.member("phase", journey.phase)
    }
  }

  fileprivate mutating func cause(_ cause: Cause) {
    object { out in
      switch cause {
      case .interaction(let id, let touchpoint, let channel, let time):
        out.member("id", id)
        out.member("touchpoint", touchpoint)
        out.member("channel", channel)
        out.member("time", time)
      case .outcome(let suggestion, let outcome, let time):
        out.member("suggestion", suggestion.description)
        out.member("outcome", outcome.name)
        out.member("time", time)
      case .trait(let name, let value, let time):
        out.member("trait", name)
        out.member("value", value)
        out.member("time", time)
      case .attribute(let name, let value, let time):
        out.member("attribute", name)
        out.member("value", value)
        out.member("time", time)
      }
    }
  }
}
