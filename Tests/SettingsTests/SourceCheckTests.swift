import JourneyModel
@testable import Settings
import Testing

private func codes(_ source: String, _ more: String = "") -> [String] {
  let text = """
    identity: {identifiers: {customer_id: {unique: true}, email: {limit: 5}}}
    channels: {web: {side: online}, email: {side: online, outbound: true}}
    touchpoints: {a: , b: }
    sources: {s: \(source)}
    \(more)
    """
  return Settings.of(text).problems.map { "\($0.severity) \($0.code)" }
}

private func mapping(
  id: String = "/id", time: String = "/t", touchpoint: String = "{const: a}",
  identifiers: String = "{customer_id: /who}", more: String = ""
) -> [String] {
  codes(
    "{topic: t, format: json, channel: web, map: {id: \(id), time: \(time), "
      + "touchpoint: \(touchpoint), identifiers: \(identifiers)\(more)}}")
}

@Suite struct SourceCheckTests {
  @Test(arguments: [
    ("{topic: \"a b\"}", "error bad-value"), ("{format: segment, channel: web}", "error missing"),
    ("{topic: {pattern: \"web\"}}", "error bad-value"),
    ("{topic: {pattern: \"^web(\"}}", "error bad-value"),
    ("{topic: \"^web.*\"}", "error bad-value"),
    ("{topic: t, format: jason}", "error bad-value"), ("{topic: t, format: json}", "error missing"),
    ("{topic: t, types: {x: a}}", "error not-of-format"),
    ("{topic: t, consent: {Ads: {email: marketing}}}", "error not-of-format"),
    ("{topic: t, start: yesterday}", "error bad-value"),
    ("{topic: t, start: 2}", "error bad-value"),
    ("{topic: t, format: segment}", "warning no-channel"),
    ("{topic: t, format: cloudevents, types: {x: c}}", "warning not-in-catalogue"),
    (
      "{topic: t, format: segment, channel: web, consent: {Ads: {email: onsite}}}",
      "error unknown-name"
    ),
    ("{topic: t, channel: wep}", "warning not-in-catalogue"),
    ("{topic: journeyd-state}", "error same-topic"),
    ("{topic: {pattern: \"^journeyd\"}}", "warning own-topic"),
  ])
  func `a source that cannot be read is told`(source: String, said: String) {
    let found = codes(source)
    #expect(found == [said], "\(found)")
  }

  @Test(arguments: [
    "{topic: t}", "{topic: {pattern: \"^web\\\\..*\"}}", "{topic: t, start: 2d}",
    "{topic: t, format: segment, touch: false}", "{topic: t, start: latest, holds_clock: false}",
    "{topic: t, format: segment, channel: web, consent: {Ads: {\"*\": \"*\", email: [marketing, service]}}}",
  ])
  func `a source that can be read is left alone`(source: String) {
    #expect(codes(source) == [])
  }

  @Test func `the same topic twice names both places`() throws {
    let settings = Settings.of(
      "sources:\n  x: {topic: t}\n  y: {topic: t}\noutputs: {suggestions: o, rejected: o}")
    #expect(settings.places == ["3:14 same-topic", "4:37 same-topic"])
    #expect(try #require(settings.problems.first).message.contains(":2:14"))
  }

  @Test func `what is written is not read`() {
    #expect(codes("{topic: t}", "outputs: {suggestions: t}") == ["error same-topic"])
  }

  @Test func `pointers are those of RFC 6901`() {
    #expect(mapping(id: "id") == ["error bad-value"])
    #expect(mapping(id: "/a~2") == ["error bad-value"])
    #expect(mapping(id: "/a~") == ["error bad-value"])
    #expect(mapping(id: "\"\"") == ["error bad-value"])
    #expect(mapping(id: "{at: id}") == ["error bad-value"])
    #expect(mapping(id: "/a~0b~1/0/") == [])
  }

  @Test(arguments: [
    (", satisfaction: {at: /s, scale: [1]}", "error bad-scale"),
    (", satisfaction: {at: /s, scale: 5}", "error bad-scale"),
    (", satisfaction: {at: /s, scale: [5, 5]}", "error bad-scale"),
    (", satisfaction: {at: /s, scale: [0, 11, 10]}", "error bad-scale"),
    (", satisfaction: {at: /s, scale: [0, ten]}", "error bad-scale"),
    (", attributes: {x: {at: /x, scale: [1, 5]}}", "error unknown-key"),
    (", attributes: {x: {at: /x, as: integer}}", "error bad-value"),
    (", attributes: {x: {as: text}}", "error missing"),
    (", attributes: {x: {at: /x, header: h}}", "error together"),
    (", attributes: {x: {record: offset}}", "error bad-value"),
    (", attributes: {x: {at: /x, otherwise: {skip: yes}}}", "error bad-value"),
    (", attributes: {x: {at: /x, otherwise: {skip: false}}}", "error bad-value"),
    (", consent: {email: {marketing: {at: /o, values: {\"1\": yes}}}}", "error bad-value"),
    (", consent: {email: {onsite: /o}}", "error unknown-name"),
    (", consent: {emial: {marketing: /o}}", "warning not-in-catalogue"),
    (", suggestion: {id: /s}", "error missing"),
    (", suggestion: {id: /s, outcome: {const: made}}", "error bad-value"),
    (", erase: {const: \"true\"}", "error bad-value"),
  ])
  func `a field that cannot be filled is told`(more: String, said: String) {
    let found = mapping(more: more)
    #expect(found == [said], "\(found)")
  }

  @Test func `what every record needs is asked for`() {
    let bare = "{topic: t, format: json, map: {id: /i, time: /t, identifiers: /who}%}"
    #expect(codes(bare.replacing("%", with: "")) == ["error missing", "error missing"])
    #expect(codes(bare.replacing("%", with: ", touch: false")) == [])
    #expect(codes("{topic: t, format: json, touch: false, map: {}}").count == 3)
  }

  @Test func `touchpoints of a mapping are looked up`() {
    #expect(mapping(touchpoint: "{at: /k, values: {x: a, y: d}}") == ["warning not-in-catalogue"])
    #expect(mapping(touchpoint: "{at: /k, otherwise: d}") == ["warning not-in-catalogue"])
    #expect(mapping(touchpoint: "{at: /k, values: {x: a}, otherwise: {skip: true}}") == [])
    #expect(mapping(touchpoint: "{at: /k, values: {x: Bad}}") == ["error bad-name"])
  }

  @Test func `identifiers of a mapping are configured ones`() {
    #expect(mapping(identifiers: "{customerid: /who}") == ["error unknown-name"])
    #expect(mapping(identifiers: "/ids") == [])
  }

  @Test func `two fields from one place are told where that makes no sense`() {
    #expect(mapping(id: "/t") == ["warning same-place"])
    #expect(
      mapping(identifiers: "{customer_id: /who, email: /who}") == ["warning same-place"])
    #expect(mapping(touchpoint: "/id") == ["warning same-place"])
    #expect(mapping(identifiers: "{customer_id: /t}") == ["warning same-place"])
    #expect(mapping(identifiers: "{customer_id: /id}") == [])
    #expect(mapping(more: ", attributes: {when: /t, who: /who}, traits: {no: /id}") == [])
    #expect(
      mapping(touchpoint: "{at: /k, values: {x: a}}", more: ", channel: {at: /k, values: {x: web}}")
        == [])
  }

  @Test func `a constant id is told`() {
    #expect(mapping(id: "{const: one}") == ["warning constant"])
  }

  @Test func `a channel that nobody can receive is told`() {
    let map =
      "{topic: t, format: json, channel: web, map: {id: /i, time: /t, touchpoint: /k, identifiers: {customer_id: /who}%}}"
    let rule = """
      suggestions: {r: {when: [{seen: a}], suggest: {touchpoint: b, channels: [sms]}%}}
      """
    func said(_ map: String, _ needs: String, _ purpose: String) -> [String] {
      Settings.of(
        """
        identity: {identifiers: {customer_id: {unique: true}, phone: {limit: 5}}}
        channels: {web: {side: online}, sms: {side: online, outbound: true, needs: \(needs)}}
        touchpoints: {a: , b: }
        sources: {s: \(map)}
        \(rule.replacing("%", with: purpose))
        """
      ).problems.map { "\($0.severity) \($0.code)" }
    }
    let bare = map.replacing("%", with: "")
    #expect(said(bare, "phone", ", purpose: service") == ["warning never"])
    #expect(said(bare, "{trait: push, equals: true}", ", purpose: service") == ["warning never"])
    #expect(said(bare, "customer_id", ", purpose: service") == [])
    #expect(said(bare, "customer_id", "") == ["warning never"])
    let told = map.replacing("%", with: ", consent: {\"*\": {marketing: /c}}")
    #expect(said(told, "customer_id", "") == [])
    #expect(said("{topic: t}", "phone", "") == [])
  }
}
