package import Formats

/// What is wrong with a trust file.
package enum TrustFileError: Error, Hashable, CustomStringConvertible {
    case notTrustFile
    case missing(String)
    /// A misspelt policy would be none at all.
    case unknown(String, in: String)
    case key(index: Int)
    case history(KeyHistoryError)
    case policy(PolicyError)
    case root(index: Int)

    package var description: String {
        switch self {
        case .notTrustFile: "not a trust file of the format \(TrustFile.format)"
        case .missing(let member): "the trust file has no \"\(member)\" of the right type"
        case .unknown(let member, let place):
            "\(place) has a member \"\(member.prefix(40))\", which is not known here; nothing that it asks for would be checked"
        case .key(let index):
            "key \(index) of the trust file lacks a part; ask the organization for the file again"
        case .history(let error): "the trust file: \(error)"
        case .policy(let error): "the policy in the trust file: \(error)"
        case .root(let index): "anchor \(index) of the trust file is not a certificate in base64"
        }
    }
}

/// What an auditor decides to believe, got from the organization once and kept: the log's keys and their terms, the
/// witnesses that must have signed, and the clocks.
///
/// As JSON:
///
///     {"format":"assay-trust/1","origin":"acme.example/evidence",
///      "keys":[{"purpose":"log","vkey":"…","from":0,"last":411,"ended":"2026-03-01T00:00:00Z"},…],
///      "policy":["witness w1 …","quorum w1"],
///      "clocks":{"anchors":["base64 of a certificate",…],"policies":["1.2.3.4"],"quorum":1}}
package struct TrustFile: Sendable, Hashable {
    package static let format = "assay-trust/1"

    /// The outside clocks: whose time stamps count.
    package struct Clocks: Sendable, Hashable {
        /// Certificates (DER) of the authorities that time-stampers are certified by.
        package var anchors: [[UInt8]]
        /// Object identifiers of the policies that are accepted; empty accepts any.
        package var policies: [String]
        /// How many different anchors must have a time stamp below them, each by a key of its own.
        package var quorum: Int

        package init(anchors: [[UInt8]] = [], policies: [String] = [], quorum: Int = 1) {
            self.anchors = anchors
            self.policies = policies
            self.quorum = quorum
        }
    }

    package let origin: Identifier
    package let keys: KeyHistory
    /// Nil where no witness is asked for.
    package var policy: WitnessPolicy?
    package var clocks: Clocks

    package init(
        origin: Identifier, keys: KeyHistory, policy: WitnessPolicy? = nil, clocks: Clocks = Clocks()
    ) {
        self.origin = origin
        self.keys = keys
        self.policy = policy
        self.clocks = clocks
    }

    /// Reads a trust file; a member that is not known is refused, for it may ask for something.
    package init(parsing bytes: [UInt8]) throws(TrustFileError) {
        guard bytes.count <= 4 << 20, let json = try? JSON(parsing: bytes, limits: JSONLimits(depth: 8)),
            json["format"]?.string == Self.format
        else { throw .notTrustFile }
        try Self.refuseUnknown(json, Self.names, in: "the trust file")
        guard let origin = json["origin"]?.string else { throw .missing("origin") }
        guard let list = json["keys"]?.array else { throw .missing("keys") }
        var terms: [KeyTerm] = []
        for (index, key) in list.enumerated() {
            try Self.refuseUnknown(key, Self.keyNames, in: "key \(index) of the trust file")
            guard let term = Self.term(key), term.purpose == .collector || term.verifier.name.text == origin
            else {
                throw .key(index: index)
            }
            terms.append(term)
        }
        self.origin = Identifier(origin)
        do {
            keys = try KeyHistory(terms: terms)
        } catch {
            throw .history(error)
        }
        policy = try Self.policy(json["policy"])
        clocks = try Self.clocks(json["clocks"])
    }

    private static let names = ["format", "origin", "keys", "policy", "clocks"]
    private static let keyNames = ["purpose", "vkey", "from", "last", "ended"]
    private static let clockNames = ["anchors", "policies", "quorum"]

    private static func refuseUnknown(
        _ json: JSON, _ known: [String], in place: String
    ) throws(TrustFileError) {
        for member in json.object?.members ?? []
        where !known.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) {
            throw .unknown(member.name, in: place)
        }
    }

    /// No log is larger, and one more is a number still.
    private static let sizes = 0...(Int64(1) << 53)

    private static func term(_ json: JSON) -> KeyTerm? {
        guard let purpose = json["purpose"]?.string.flatMap({ KeyPurpose(rawValue: $0) }),
            let verifier = json["vkey"]?.string.flatMap({ try? NoteVerifier(vkey: $0) }),
            let from = json["from"]?.integer, sizes.contains(from)
        else { return nil }
        let last = json["last"]?.integer
        if let last, !sizes.contains(last) { return nil }
        let ended = json["ended"]?.string.flatMap { Instant($0) }
        guard (json["last"] == nil) == (last == nil), (json["ended"] == nil) == (ended == nil) else {
            return nil
        }
        return KeyTerm(purpose, verifier, from: Int(from), last: last.map { Int($0) }, ended: ended)
    }

    private static func policy(_ json: JSON?) throws(TrustFileError) -> WitnessPolicy? {
        guard let json else { return nil }
        guard let lines = json.array?.map(\.string), !lines.contains(nil) else { throw .missing("policy") }
        do {
            return try WitnessPolicy(parsing: lines.compactMap(\.self).joined(separator: "\n") + "\n")
        } catch {
            throw .policy(error)
        }
    }

    private static func clocks(_ json: JSON?) throws(TrustFileError) -> Clocks {
        guard let json else { return Clocks() }
        try refuseUnknown(json, clockNames, in: "\"clocks\" in the trust file")
        guard let anchors = json["anchors"]?.array, let policies = json["policies"]?.array?.map(\.string),
            let quorum = json["quorum"]?.integer, quorum >= 1, !policies.contains(nil)
        else { throw .missing("clocks") }
        var certificates: [[UInt8]] = []
        for (index, anchor) in anchors.enumerated() {
            guard let bytes = anchor.string.flatMap({ Base64.decode($0) }) else { throw .root(index: index) }
            certificates.append(bytes)
        }
        return Clocks(anchors: certificates, policies: policies.compactMap(\.self), quorum: Int(quorum))
    }

    package var json: JSON {
        let keys = keys.terms.map { term in
            var members: [(String, JSON)] = [
                ("purpose", .string(term.purpose.rawValue)), ("vkey", .string(term.verifier.vkey)),
                ("from", .integer(Int64(term.from))),
            ]
            if let last = term.last { members.append(("last", .integer(Int64(last)))) }
            if let ended = term.ended { members.append(("ended", .string(ended.description))) }
            return JSON.object(members)
        }
        var members: [(String, JSON)] = [
            ("format", .string(Self.format)), ("origin", .string(origin.text)), ("keys", .array(keys)),
        ]
        if let policy { members.append(("policy", .array(policy.lines.map { .string($0) }))) }
        if clocks != Clocks() {
            members.append(
                (
                    "clocks",
                    .object([
                        ("anchors", .array(clocks.anchors.map { .string(Base64.encode($0)) })),
                        ("policies", .array(clocks.policies.map { .string($0) })),
                        ("quorum", .integer(Int64(clocks.quorum))),
                    ])
                ))
        }
        return .object(members)
    }
}
