import Formats
import Ledger

/// The line of a state or an event none of whose fields is personal, as nearly all are:
///
///     {"fact":{"at":"2026-03-01T09:00:00Z","id":"d-1","kind":"uptime.probe","value":{...}},"salt":"3f…"}
///
/// Its parts stand in one order, so that nothing but the value has to become JSON first. Nil is no verdict: `PayloadLine`
/// says by the whole grammar whether a line is good.
enum PlainLine {
    static func fact(_ bytes: [UInt8]) -> Fact? {
        bytes.withUnsafeBufferPointer { bytes in
            guard var reader = CanonicalReader(bytes), reader.take(#"{"fact":{"#),
                let head = FactHead(&reader), let value = reader.value(depth: 2),
                let fact = head.fact(value), isEnd(&reader)
            else { return nil }
            return fact
        }
    }

    static func outline(_ bytes: UnsafeBufferPointer<UInt8>) -> LineOutline? {
        parts(of: bytes).map { outline($0.fact, bytes) }
    }

    static func indexed(_ bytes: UnsafeBufferPointer<UInt8>) -> IndexedLine? {
        parts(of: bytes).map {
            IndexedLine(outline($0.fact, bytes), $0.fact, value: UnsafeRawBufferPointer($0.value))
        }
    }

    private static func outline(_ fact: FactOutline, _ bytes: UnsafeBufferPointer<UInt8>) -> LineOutline {
        LineOutline(
            fact: fact, extent: .whole, leafHash: MerkleTree.leafHash(UnsafeRawBufferPointer(bytes)))
    }

    /// The fact, and its value as it is written.
    private static func parts(
        of bytes: UnsafeBufferPointer<UInt8>
    ) -> (fact: FactOutline, value: UnsafeBufferPointer<UInt8>)? {
        guard var reader = CanonicalReader(bytes), reader.take(#"{"fact":{"#),
            let head = FactHead(&reader)
        else { return nil }
        let start = reader.place
        guard let outline = reader.outline(depth: 2), let fact = head.outline(outline) else { return nil }
        let value = reader.text(since: start)
        return isEnd(&reader) ? (fact, value) : nil
    }

    private static func isEnd(_ reader: inout CanonicalReader) -> Bool {
        FactHead.isSalt(&reader) && reader.take("}") && reader.isAtEnd
    }
}

/// The members of a stored fact that stand in front of its value.
struct FactHead {
    private let kind: Identifier
    private let key: Identifier
    private let span: FactOutline.Span

    /// Reads up to the value; nil for any other form.
    init?(_ reader: inout CanonicalReader) {
        let isStretch = reader.take(#""from":"#)
        guard isStretch || reader.take(#""at":"#), let start = Self.instant(&reader) else { return nil }
        let isState = reader.take(#","key":"#)
        guard isState || !isStretch && reader.take(#","id":"#), let key = Self.name(&reader),
            reader.take(#","kind":"#), let kind = Self.name(&reader)
        else { return nil }
        var end: Instant?
        if isStretch {
            guard reader.take(#","to":"#), let to = Self.instant(&reader), to > start else { return nil }
            end = to
        }
        guard reader.take(#","value":"#) else { return nil }
        self.kind = kind
        self.key = key
        span = isState ? .state(from: start, to: end) : .event(at: start)
    }

    func fact(_ value: JSON) -> Fact? {
        switch (span, value) {
        case (.state(let from, let to), .object(let fields)): .state(kind, key, from: from, to: to, fields)
        case (.state(let from, let to), .null): .state(kind, key, from: from, to: to, nil)
        case (.event(let at), .object(let fields)): .event(kind, key, at: at, fields)
        default: nil
        }
    }

    /// - Parameter count: of fields that are told elsewhere.
    func outline(_ value: ValueOutline, fieldsBeside count: Int = 0) -> FactOutline? {
        switch (span, value) {
        case (_, .object(let members)):
            FactOutline(
                kind: kind, key: key, span: span, isThere: true, hasFields: count > 0 || !members.isEmpty)
        case (.state, .null):
            FactOutline(kind: kind, key: key, span: span, isThere: false, hasFields: false)
        default: nil
        }
    }

    /// Whether what stands behind the value ends the fact, and is a salt.
    static func isSalt(_ reader: inout CanonicalReader) -> Bool {
        reader.take(#"},"salt":"#) && reader.plainText()?.count == 32
    }

    private static func instant(_ reader: inout CanonicalReader) -> Instant? {
        reader.plainText().flatMap { Instant(utf8: $0) }
    }

    private static func name(_ reader: inout CanonicalReader) -> Identifier? {
        guard let text = reader.plainText(), !text.isEmpty else { return nil }
        return Identifier(String(decoding: text, as: UTF8.self))
    }
}
