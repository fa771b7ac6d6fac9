import Formats
import Ledger

/// A fact with its canonical form.
struct CanonicalFact {
    let fact: Fact
    let canonical: [UInt8]
    /// Where the value stands in it; nil for coverage, and for a record that has ceased to exist.
    private let value: Range<Int>?

    init(_ fact: Fact) throws(CanonicalJSONError) {
        self.fact = fact
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384)
        value = try fact.appendCanonical(to: &bytes)
        canonical = bytes
    }

    /// Half a SHA-256: enough to tell a repeated fact from a changed one in the index.
    var indexDigest: HalfDigest { HalfDigest(hashing: canonical[...]) }

    /// The same of the value alone; nil when there is none.
    var valueDigest: HalfDigest? { value.map { HalfDigest(hashing: canonical[$0]) } }
}

extension Fact {
    /// Appends the canonical form of `json` without building that first, and says where the value stands.
    func appendCanonical(to bytes: inout [UInt8]) throws(CanonicalJSONError) -> Range<Int>? {
        try appendCanonical(to: &bytes) { _ in }
    }

    /// - Parameter note: takes where each member of the value stands, in their order.
    func appendCanonical(
        to bytes: inout [UInt8], noting note: (CanonicalJSON.MemberPlace) -> Void
    ) throws(CanonicalJSONError) -> Range<Int>? {
        span.appendHead(kind, key, to: &bytes)
        if isCoverage {
            bytes.append(UInt8(ascii: "}"))
            return nil
        }
        bytes.append(#","value":"#)
        let start = bytes.count
        guard let value else {
            bytes.append("null}")
            return nil
        }
        try CanonicalJSON.append(value, to: &bytes, noting: note)
        let range = start..<bytes.count
        bytes.append(UInt8(ascii: "}"))
        return range
    }
}

extension FactOutline {
    /// The canonical form of a state or an event whose value has this one.
    func canonical(value: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160 + value.count)
        span.appendHead(kind, key, to: &bytes)
        bytes.append(#","value":"#)
        bytes += value
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension FactOutline.Span {
    /// Appends the members of a canonical form that stand in front of its value.
    fileprivate func appendHead(_ kind: Identifier, _ key: Identifier, to bytes: inout [UInt8]) {
        func member(_ name: StaticString, _ text: String) {
            bytes.append(name)
            CanonicalJSON.append(text, to: &bytes)
        }
        func member(_ name: StaticString, _ instant: Instant) {
            bytes.append(name)
            CanonicalJSON.append(instant, to: &bytes)
        }
        switch self {
        case .state(let from, let to):
            member(to == nil ? #"{"at":"# : #"{"from":"#, from)
            member(#","key":"#, key.text)
            member(#","kind":"#, kind.text)
            if let to { member(#","to":"#, to) }
        case .event(let at):
            member(#"{"at":"#, at)
            member(#","id":"#, key.text)
            member(#","kind":"#, kind.text)
        case .coverage(let interval):
            member(#"{"coverage":"#, kind.text)
            member(#","from":"#, interval.start)
            member(#","to":"#, interval.end)
        }
    }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }
}
