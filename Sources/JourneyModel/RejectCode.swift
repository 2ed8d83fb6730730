/// Why a record cannot be used: codes that are stable for ever (spec 1.4), in the order of precedence.
package enum RejectCode: String, CaseIterable, Sendable {
  case empty
  case tooLarge = "too-large"
  case notUTF8 = "not-utf8"
  case notJSON = "not-json"
  case tooDeep = "too-deep"
  case duplicateKey = "duplicate-key"
  case notAnObject = "not-an-object"
  case envelopeInvalid = "envelope-invalid"
  case typeUnsupported = "type-unsupported"
  case idMissing = "id-missing"
  case idInvalid = "id-invalid"
  case timeMissing = "time-missing"
  case timeInvalid = "time-invalid"
  case tooOld = "too-old"
  case inFuture = "in-future"
  case touchpointMissing = "touchpoint-missing"
  case touchpointInvalid = "touchpoint-invalid"
  case touchpointUnknown = "touchpoint-unknown"
  case channelMissing = "channel-missing"
  case channelInvalid = "channel-invalid"
  case channelUnknown = "channel-unknown"
  case identifiersInvalid = "identifiers-invalid"
  case attributesInvalid = "attributes-invalid"
  case attributesTooLarge = "attributes-too-large"
  case satisfactionInvalid = "satisfaction-invalid"
  case traitsInvalid = "traits-invalid"
  case consentInvalid = "consent-invalid"
  case suggestionInvalid = "suggestion-invalid"
  case eraseInvalid = "erase-invalid"
  case identifierMissing = "identifier-missing"
  case erased

  package enum Stage: String, Sendable { case decode, validate, identify }

  package var stage: Stage {
    switch self {
    case .empty, .tooLarge, .notUTF8, .notJSON, .tooDeep, .duplicateKey, .notAnObject,
      .envelopeInvalid,
      .typeUnsupported:
      .decode
    case .identifierMissing, .erased: .identify
    case .idMissing, .idInvalid, .timeMissing, .timeInvalid, .tooOld, .inFuture, .touchpointMissing,
      .touchpointInvalid, .touchpointUnknown, .channelMissing, .channelInvalid, .channelUnknown,
      .identifiersInvalid, .attributesInvalid, .attributesTooLarge, .satisfactionInvalid,
      .traitsInvalid,
      .consentInvalid, .suggestionInvalid, .eraseInvalid:
      .validate
    }
  }
}

/// A record that cannot be used, and why, for the person who has to mend it.
package struct Rejection: Error, Equatable, Sendable {
  package var code: RejectCode
  /// Where and why, in one sentence; without personal data but the record's own field names.
  package var message: String

  package init(_ code: RejectCode, _ message: String) {
    self.code = code
    self.message = message
  }
}
