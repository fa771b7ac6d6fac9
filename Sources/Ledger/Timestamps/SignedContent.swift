import SwiftASN1

/// The SignedData of a time stamp (RFC 5652 §5) with its one signer.
struct SignedContent: Sendable {
    enum Signer: Sendable, Hashable {
        case issuer(name: [UInt8], serial: [UInt8])
        case keyIdentifier([UInt8])
    }

    /// The signed TSTInfo.
    let content: [UInt8]
    /// Certificates as they came, in DER.
    let certificates: [[UInt8]]
    let signer: Signer
    let digestAlgorithm: ASN1ObjectIdentifier
    let signatureAlgorithm: ASN1ObjectIdentifier
    let signature: [UInt8]
    /// What the signature covers: the signed attributes as a SET in DER.
    let signedBytes: [UInt8]
    /// Each signed attribute with its single value.
    let attributes: [ASN1ObjectIdentifier: ASN1Node]

    private static let certificateLimit = 64

    /// Reads a ContentInfo.
    init(_ token: ASN1Node) throws(TimestampError) {
        var info = try ASN1Fields(token, .sequence, "content info")
        guard try info.value(ASN1ObjectIdentifier.self, "type") == ObjectIdentifiers.signedData else {
            throw .malformed("the token is not signed data")
        }
        var explicit = try ASN1Fields(try info.next("content"), ASN1Fields.context(0), "content")
        var data = try ASN1Fields(try explicit.next("signed data"), .sequence, "signed data")
        try explicit.end()
        try info.end()
        _ = try data.value(Int.self, "version")
        _ = try data.next("digest algorithms")
        content = try Self.content(try data.next("encapsulated content"))
        certificates = try Self.certificates(data.optional(ASN1Fields.context(0)))
        _ = data.optional(ASN1Fields.context(1))
        var signers = try ASN1Fields(try data.next("signers"), .set, "list of signers")
        var signer = try ASN1Fields(try signers.next("signer"), .sequence, "signer")
        try signers.end()
        try data.end()
        _ = try signer.value(Int.self, "version")
        self.signer = try Self.identity(try signer.next("identity"))
        digestAlgorithm = try ASN1Fields.algorithm(try signer.next("digest algorithm"), "digest algorithm")
        guard let attributes = signer.optional(ASN1Fields.context(0)) else {
            throw .malformed("the signer has no signed attributes")
        }
        // The tag in place is implicit; the signature is over the set itself (RFC 5652 §5.4).
        signedBytes = [0x31] + Array(attributes.encodedBytes.dropFirst())
        self.attributes = try Self.attributes(attributes)
        signatureAlgorithm = try ASN1Fields.algorithm(
            try signer.next("signature algorithm"), "signature algorithm")
        signature = Array(try signer.value(ASN1OctetString.self, "signature").bytes)
        _ = signer.optional(ASN1Fields.context(1))
        try signer.end()
    }

    private static func content(_ node: ASN1Node) throws(TimestampError) -> [UInt8] {
        var encapsulated = try ASN1Fields(node, .sequence, "encapsulated content")
        guard try encapsulated.value(ASN1ObjectIdentifier.self, "type") == ObjectIdentifiers.timestampInfo
        else {
            throw .malformed("the signed content is not a time")
        }
        var explicit = try ASN1Fields(
            try encapsulated.next("content"), ASN1Fields.context(0), "signed content")
        try encapsulated.end()
        let bytes = try explicit.value(ASN1OctetString.self, "bytes").bytes
        try explicit.end()
        return Array(bytes)
    }

    /// Only certificates proper are kept; other kinds in the set have a tag of their own.
    private static func certificates(_ node: ASN1Node?) throws(TimestampError) -> [[UInt8]] {
        guard let node else { return [] }
        var members = try ASN1Fields(node, ASN1Fields.context(0), "certificates")
        let found = members.all()
        guard found.count <= certificateLimit else { throw .malformed("there are too many certificates") }
        return found.filter { $0.identifier == .sequence }.map { Array($0.encodedBytes) }
    }

    private static func identity(_ node: ASN1Node) throws(TimestampError) -> Signer {
        if node.identifier == ASN1Fields.context(0) {
            guard case .primitive(let bytes) = node.content else { throw .malformed("the signer's key id") }
            return .keyIdentifier(Array(bytes))
        }
        var fields = try ASN1Fields(node, .sequence, "signer's identity")
        let name = try fields.next("issuer")
        let serial = try fields.value(ArraySlice<UInt8>.self, "serial number")
        try fields.end()
        return .issuer(name: Array(name.encodedBytes), serial: Array(serial))
    }

    private static func attributes(
        _ node: ASN1Node
    ) throws(TimestampError) -> [ASN1ObjectIdentifier: ASN1Node] {
        var found: [ASN1ObjectIdentifier: ASN1Node] = [:]
        var members = try ASN1Fields(node, ASN1Fields.context(0), "signed attributes")
        for member in members.all() {
            var fields = try ASN1Fields(member, .sequence, "attribute")
            let type = try fields.value(ASN1ObjectIdentifier.self, "type")
            var values = try ASN1Fields(try fields.next("values"), .set, "attribute's values")
            let value = try values.next("value")
            try values.end()
            try fields.end()
            guard found.updateValue(value, forKey: type) == nil else {
                throw .malformed("a signed attribute is there twice")
            }
        }
        return found
    }
}
