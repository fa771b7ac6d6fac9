import Formats

/// The line of a state or an event none of whose fields is personal, as nearly all are:
///
///     {"fact":{"at":"2026-03-01T09:00:00Z","id":"d-1","kind":"uptime.probe","value":{...}},"salt":"3f…"}
///
/// Its parts stand in one order, so that nothing but the value has to become JSON first.
enum PlainLine {
    /// Nil is no verdict: `PayloadLine` says by the whole grammar whether a line is good.
    static func fact(_ bytes: [UInt8]) -> Fact? {
        bytes.withUnsafeBufferPointer { bytes in
            guard var reader = CanonicalReader(bytes), reader.take(#"{"fact":{"#),
                let fact = fact(&reader, depth: 2),
                reader.take(#"},"salt":"#), let salt = reader.plainText(), salt.count == 32,
                reader.take("}"), reader.isAtEnd
            else { return nil }
            return fact
        }
    }

    /// The members of a fact, up to its last bracket.
    ///
    /// - Parameter depth: in so many objects the fact's value stands.
    static func fact(_ reader: inout CanonicalReader, depth: Int) -> Fact? {
        let isStretch = reader.take(#""from":"#)
        guard isStretch || reader.take(#""at":"#), let start = instant(&reader) else { return nil }
        let isState = reader.take(#","key":"#)
        guard isState || !isStretch && reader.take(#","id":"#), let key = name(&reader),
            reader.take(#","kind":"#), let kind = name(&reader)
        else { return nil }
        var end: Instant?
        if isStretch {
            guard reader.take(#","to":"#), let to = instant(&reader), to > start else { return nil }
            end = to
        }
        guard reader.take(#","value":"#), let value = reader.value(depth: depth) else { return nil }
        switch (value, isState) {
        case (.object(let fields), true): return .state(kind, key, from: start, to: end, fields)
        case (.null, true): return .state(kind, key, from: start, to: end, nil)
        case (.object(let fields), false): return .event(kind, key, at: start, fields)
        default: return nil
        }
    }

    private static func instant(_ reader: inout CanonicalReader) -> Instant? {
        reader.plainText().flatMap { Instant(utf8: $0) }
    }

    private static func name(_ reader: inout CanonicalReader) -> Identifier? {
        guard let text = reader.plainText(), !text.isEmpty else { return nil }
        return Identifier(String(decoding: text, as: UTF8.self))
    }
}
