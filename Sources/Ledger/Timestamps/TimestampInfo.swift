package import Formats
import SwiftASN1

/// What a time-stamping authority says (TSTInfo, RFC 3161 §2.4.2).
package struct TimestampInfo: Sendable, Hashable {
    /// Object identifier of the policy that the stamp was made under, in dotted decimal.
    package let policy: String
    /// SHA-256 of the stamped bytes.
    package let imprint: Digest
    /// When the authority made the stamp, by its clock.
    package let time: Instant
    /// By how much that clock may be wrong, either way; zero where the authority does not state it.
    package let accuracy: TimeSpan
    package let serial: [UInt8]
    package let nonce: [UInt8]?
    /// The authority's name in DER where it states one.
    let authority: [UInt8]?

    init(parsing bytes: [UInt8]) throws(TimestampError) {
        var fields = try ASN1Fields(try TimestampResponse.node(bytes), .sequence, "time")
        guard try fields.value(Int.self, "version") == 1 else { throw .unsupported("another version") }
        policy = "\(try fields.value(ASN1ObjectIdentifier.self, "policy"))"
        var imprint = try ASN1Fields(try fields.next("imprint"), .sequence, "imprint")
        let algorithm = try ASN1Fields.algorithm(try imprint.next("algorithm"), "imprint's algorithm")
        guard algorithm == ObjectIdentifiers.sha256 else {
            throw .unsupported("the digest \(algorithm) for its imprint")
        }
        let hash = try imprint.value(ASN1OctetString.self, "digest").bytes
        try imprint.end()
        guard let digest = Digest(bytes: Array(hash)) else { throw .malformed("the imprint has no 32 bytes") }
        self.imprint = digest
        serial = Array(try fields.value(ArraySlice<UInt8>.self, "serial number"))
        let time = try fields.value(GeneralizedTime.self, "time")
        guard let instant = Self.instant(time) else { throw .malformed("the time is no date") }
        self.time = instant
        accuracy = try Self.accuracy(fields.optional(.sequence))
        _ = fields.optional(.boolean)
        nonce = try fields.optional(.integer).map { node throws(TimestampError) in
            Array(try ASN1Fields.value(ArraySlice<UInt8>.self, node, "nonce"))
        }
        authority = try Self.authority(fields.optional(ASN1Fields.context(0)))
        _ = fields.optional(ASN1Fields.context(1))
        try fields.end()
    }

    /// Seconds, thousandths and millionths, each of which may be missing.
    private static func accuracy(_ node: ASN1Node?) throws(TimestampError) -> TimeSpan {
        guard let node else { return .zero }
        var fields = try ASN1Fields(node, .sequence, "accuracy")
        let seconds = try count(fields.optional(.integer), .integer, upTo: Int(UInt32.max))
        let millis = try count(fields.optional(ASN1Fields.context(0)), ASN1Fields.context(0), upTo: 999)
        let micros = try count(fields.optional(ASN1Fields.context(1)), ASN1Fields.context(1), upTo: 999)
        try fields.end()
        return TimeSpan(microseconds: seconds * 1_000_000 + millis * 1_000 + micros)
    }

    private static func count(
        _ node: ASN1Node?, _ identifier: ASN1Identifier, upTo most: Int
    ) throws(TimestampError) -> Int64 {
        guard let node else { return 0 }
        let count = try ASN1Fields.value(Int.self, node, "accuracy", tagged: identifier)
        guard (0...most).contains(count) else { throw .malformed("the accuracy is out of its range") }
        return Int64(count)
    }

    /// Names of other kinds than a directory's are not compared with the certificate.
    private static func authority(_ node: ASN1Node?) throws(TimestampError) -> [UInt8]? {
        guard let node else { return nil }
        var explicit = try ASN1Fields(node, ASN1Fields.context(0), "authority's name")
        guard let general = explicit.optional(ASN1Fields.context(4)) else { return nil }
        var directory = try ASN1Fields(general, ASN1Fields.context(4), "authority's directory name")
        return Array(try directory.next("name").encodedBytes)
    }

    private static func instant(_ time: GeneralizedTime) -> Instant? {
        guard (1970...9999).contains(time.year) else { return nil }
        let days = RFC3339.daysSince1970(
            year: Int64(time.year), month: Int64(time.month), day: Int64(time.day))
        let seconds = days * 86_400 + Int64(time.hours * 3_600 + time.minutes * 60 + time.seconds)
        let fraction = Int64((time.fractionalSeconds * 1_000_000).rounded(.down))
        return Instant(microseconds: seconds * 1_000_000 + fraction)
    }
}
