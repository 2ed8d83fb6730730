package import JourneyModel

extension OutputWriter {
  /// One record of `journeys`.
  package func record(_ picture: CustomerPicture) -> OutputRecord {
    var out = JSONWriter(reserving: 1024)
    out.object {
      $0.member("customer", picture.customer.description)
      $0.member("aliases", list: picture.aliases) { $0.string($1.description) }
      $0.member("first_seen", picture.firstSeen)
      $0.member("last_seen", picture.lastSeen)
      $0.member("touchpoints", picture.touchpoints)
      $0.member("identifiers", picture.identifiers)
      $0.member("traits", picture.traits)
      $0.consents(picture.consents)
      $0.key("satisfaction")
      if let satisfaction = picture.satisfaction { $0.number(satisfaction) } else { $0.null() }
      $0.member("journeys", list: picture.journeys) { $0.journey($1) }
      $0.member("latest", list: picture.latest) { list, touch in
        list.object {
          $0.member("id", touch.id)
          $0.member("time", touch.time)
          $0.member("touchpoint", touch.touchpoint)
          $0.member("channel", touch.channel)
        }
      }
      $0.member("suggestions", list: picture.suggestions) { $0.suggestion($1) }
      $0.key("issue")
      if let issue = picture.issue {
        $0.object {
          $0.member("opened", issue.opened)
          $0.member("by", issue.by)
        }
      } else {
        $0.null()
      }
    }
    return OutputRecord(key: picture.customer, value: out.bytes)
  }

  /// One record of `decisions`.
  package func record(_ decision: Decision) -> OutputRecord {
    var out = JSONWriter(reserving: 512)
    out.object {
      $0.member("time", decision.time)
      $0.member("customer", decision.customer.description)
      $0.member(
        "cause",
        object: { cause in
          switch decision.trigger {
          case .interaction(let id): cause.member("interaction", id)
          case .deadline(let moment): cause.member("deadline", moment)
          }
        })
      $0.member("group", decision.isControl ? "control" : "treatment")
      $0.member("candidates", list: decision.candidates) { $0.candidate($1) }
    }
    return OutputRecord(key: decision.customer, value: out.bytes)
  }

  /// One record of `identities`.
  package func record(_ change: IdentityChange) -> OutputRecord {
    var out = JSONWriter(reserving: 256)
    out.object {
      $0.member("time", change.time)
      $0.member("what", change.what.rawValue)
      $0.member("customer", change.customer.description)
      $0.member("other", change.other?.description)
      $0.member(
        "identifiers",
        object: { identifiers in
          for type in change.identifiers {
            if let only = type.values.first, type.values.count == 1 {
              identifiers.member(type.type, only)
            } else {
              identifiers.member(type.type, list: type.values) { $0.string($1) }
            }
          }
        })
      $0.member("reason", change.reason)
      $0.member(
        "cause",
        object: {
          $0.member("source", change.causeSource)
          $0.member("id", change.causeID)
        })
    }
    return OutputRecord(key: change.customer, value: out.bytes)
  }
}

extension JSONWriter {
  fileprivate mutating func consents(_ consents: [CustomerPicture.ConsentShown]) {
    var channels: [String] = []
    for consent in consents where !channels.contains(consent.channel) {
      channels.append(consent.channel)
    }
    member(
      "consent",
      object: { out in
        for channel in channels {
          out.member(
            channel,
            object: {
              for consent in consents where consent.channel == channel {
                $0.member(consent.purpose, consent.granted ? "granted" : "denied")
              }
            })
        }
      })
  }

  fileprivate mutating func journey(_ journey: CustomerPicture.Journey) {
    object {
      $0.member("id", journey.id.description)
      $0.member("name", journey.name)
      $0.key("key")
      $0.value(journey.key ?? .null)
      $0.member("status", "\(journey.status)")
      $0.member("phase", journey.phase)
      $0.member("started", journey.started)
      $0.member("last", journey.last)
      $0.member("ended", journey.ended)
      $0.member("touchpoints", journey.touchpoints)
      $0.member(
        "channels",
        object: {
          for channel in journey.channels { $0.member(channel.name, channel.count) }
        })
    }
  }

  fileprivate mutating func suggestion(_ suggestion: CustomerPicture.Suggestion) {
    object {
      $0.member("id", suggestion.id.description)
      $0.member("suggestion", suggestion.suggestion)
      $0.member("channel", suggestion.channel)
      $0.member("made", suggestion.made)
      $0.member("status", suggestion.status)
    }
  }

  fileprivate mutating func candidate(_ candidate: Decision.Candidate) {
    object {
      $0.member("suggestion", candidate.suggestion)
      $0.member("completed", candidate.completed)
      $0.member("score", candidate.score)
      $0.member("channels", list: candidate.channels) { list, tried in
        list.object {
          $0.member("channel", tried.channel)
          switch tried.answer {
          case .made(let id): $0.member("made", id.description)
          case .refused(let gate): $0.member("refused", gate)
          }
        }
      }
    }
  }
}
