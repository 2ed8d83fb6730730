internal import CRdKafka
internal import Glibc

/// A POSIX extended pattern of topic names, as librdkafka's own subscriptions take it.
package struct TopicPattern: ~Copyable {
  private let compiled: UnsafeMutablePointer<regex_t>
  package let source: String

  package init(_ source: String) throws(KafkaError) {
    let compiled = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
    let code = regcomp(compiled, source, REG_EXTENDED | REG_NOSUB)
    guard code == 0 else {
      let reason = withErrorText { buffer, size in
        regerror(code, compiled, buffer, size)
        return text(buffer)
      }
      compiled.deallocate()
      throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, reason, during: "reading “\(source)”")
    }
    self.compiled = compiled
    self.source = source
  }

  deinit {
    regfree(compiled)
    compiled.deallocate()
  }

  package func matches(_ topic: String) -> Bool { regexec(compiled, topic, 0, nil, 0) == 0 }
}
