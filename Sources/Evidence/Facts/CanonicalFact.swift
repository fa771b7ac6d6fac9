import Formats
import Ledger

/// A fact with its canonical form, which is encoded once and used for the index and the payload.
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
    var indexDigest: [UInt8] { Self.half(.sha256(canonical)) }

    /// The same of the value alone; nil when there is none.
    var valueDigest: [UInt8]? { value.map { Self.half(.sha256(canonical[$0])) } }

    private static func half(_ digest: Digest) -> [UInt8] {
        digest.withUnsafeBytes { Array($0.prefix(16)) }
    }
}

extension Fact {
    /// Appends the canonical form of `json` without building that first, and says where the value stands.
    fileprivate func appendCanonical(to bytes: inout [UInt8]) throws(CanonicalJSONError) -> Range<Int>? {
        func member(_ name: StaticString, _ text: String) {
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
            CanonicalJSON.append(text, to: &bytes)
        }
        switch shape {
        case .state(let from, let to, _):
            member(to == nil ? #"{"at":"# : #"{"from":"#, from.description)
            member(#","key":"#, key.text)
            member(#","kind":"#, kind.text)
            if let to { member(#","to":"#, to.description) }
        case .event(let at, _):
            member(#"{"at":"#, at.description)
            member(#","id":"#, key.text)
            member(#","kind":"#, kind.text)
        case .coverage(let interval):
            member(#"{"coverage":"#, kind.text)
            member(#","from":"#, interval.start.description)
            member(#","to":"#, interval.end.description)
            bytes.append(UInt8(ascii: "}"))
            return nil
        }
        bytes.append(contentsOf: #","value":"#.utf8)
        let start = bytes.count
        try CanonicalJSON.append(value.map(JSON.object) ?? .null, to: &bytes)
        let range = value == nil ? nil : start..<bytes.count
        bytes.append(UInt8(ascii: "}"))
        return range
    }
}
