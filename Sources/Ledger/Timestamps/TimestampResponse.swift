import Crypto
import Formats
import SwiftASN1

/// The answer of a time-stamping authority (TimeStampResp, RFC 3161 §2.4.2), with what its token says.
///
/// Keep the bytes of the whole answer; a token alone is accepted on reading too. Nothing in it is believed before
/// `verify`.
package struct TimestampResponse: Sendable {
    /// Longer answers are not read.
    package static let limit = 1 << 18

    package let info: TimestampInfo
    let content: SignedContent

    /// Reads an answer, or the token alone, in DER.
    package init(parsing bytes: [UInt8]) throws(TimestampError) {
        let root = try Self.node(bytes)
        var fields = try ASN1Fields(root, .sequence, "answer")
        let first = try fields.next("status")
        let token: ASN1Node
        if first.identifier == .objectIdentifier {
            token = root
        } else {
            try Self.requireGranted(first)
            token = try fields.next("token")
            try fields.end()
        }
        content = try SignedContent(token)
        info = try TimestampInfo(parsing: content.content)
    }

    static func node(_ bytes: [UInt8]) throws(TimestampError) -> ASN1Node {
        guard bytes.count <= limit else { throw .tooLong(limit: limit) }
        do {
            return try BER.parse(bytes)
        } catch {
            throw .malformed("it is cut off or no ASN.1")
        }
    }

    private static func requireGranted(_ node: ASN1Node) throws(TimestampError) {
        var fields = try ASN1Fields(node, .sequence, "status")
        let status = try fields.value(Int.self, "number")
        guard status != 0, status != 1 else { return }
        var text = ""
        if let words = fields.optional(.sequence), var members = try? ASN1Fields(words, .sequence, "text") {
            let texts = members.all().compactMap { try? ASN1UTF8String(berEncoded: $0) }.map { String($0) }
            text = texts.joined(separator: "; ").fewWords
        }
        throw .refused(status: status, text)
    }

    /// Checks that the certificate beside it is a time-stamper's and has signed it, over this imprint. Who issued that
    /// certificate is not asked: whoever wants to trust the time calls `verify`.
    package func checkSignature(over imprint: Digest) throws(TimestampError) {
        _ = try checkSigned(imprint: imprint, nonce: nil, policies: [])
    }

    /// Checks everything that does not need a trusted certificate: the imprint, the nonce if one is given, the policy,
    /// the digest and the signature over it.
    ///
    /// - Parameters:
    ///   - imprint: SHA-256 of the bytes that the stamp is to be over.
    ///   - nonce: of the request; nil where the request is not known any more.
    ///   - policies: accepted policies; empty accepts any.
    func checkSigned(
        imprint: Digest, nonce: [UInt8]?, policies: [String]
    ) throws(TimestampError) -> SignerCertificate {
        guard info.imprint == imprint else { throw .imprint }
        if let nonce, info.nonce != nonce { throw .nonce }
        guard policies.isEmpty || policies.contains(info.policy) else { throw .policy(info.policy) }
        let type = try attribute(ObjectIdentifiers.contentType, "content type")
        guard
            try ASN1Fields.value(ASN1ObjectIdentifier.self, type, "content type")
                == ObjectIdentifiers.timestampInfo
        else { throw .signature("the content type is another one") }
        let stated = try ASN1Fields.value(
            ASN1OctetString.self, try attribute(ObjectIdentifiers.messageDigest, "message digest"), "digest")
        guard try Self.digest(content.content, content.digestAlgorithm) == Array(stated.bytes) else {
            throw .signature("the content has another digest than the signed one")
        }
        let signer = try SignerCertificate(of: content)
        try checkReference(to: signer)
        if let name = info.authority, !signer.isNamed(name) {
            throw .certificate("the stamp names another authority than the certificate does")
        }
        try signer.check(content)
        return signer
    }

    private func attribute(_ type: ASN1ObjectIdentifier, _ name: String) throws(TimestampError) -> ASN1Node {
        guard let node = content.attributes[type] else { throw .signature("the \(name) is not signed") }
        return node
    }

    /// The signature names its certificate by digest, so that no other one with the same key can be put in its place
    /// (RFC 5035).
    private func checkReference(to signer: SignerCertificate) throws(TimestampError) {
        let isSecond = content.attributes[ObjectIdentifiers.signingCertificateV2] != nil
        let node = try attribute(
            isSecond ? ObjectIdentifiers.signingCertificateV2 : ObjectIdentifiers.signingCertificate,
            "signer's certificate")
        var list = try ASN1Fields(node, .sequence, "signing certificate")
        var certificates = try ASN1Fields(try list.next("list"), .sequence, "signing certificate's list")
        var first = try ASN1Fields(try certificates.next("first"), .sequence, "signing certificate's digest")
        var algorithm = isSecond ? ObjectIdentifiers.sha256 : ObjectIdentifiers.sha1
        if isSecond, let node = first.optional(.sequence) {
            algorithm = try ASN1Fields.algorithm(node, "digest")
        }
        let stated = try first.value(ASN1OctetString.self, "digest")
        guard try Self.digest(signer.bytes, algorithm, forReference: true) == Array(stated.bytes) else {
            throw .signature("it was made with another certificate than the one in it")
        }
    }

    /// SHA-1 is taken only where an old form of the reference to a certificate knows no other.
    private static func digest(
        _ bytes: [UInt8], _ algorithm: ASN1ObjectIdentifier, forReference: Bool = false
    ) throws(TimestampError) -> [UInt8] {
        switch algorithm {
        case ObjectIdentifiers.sha256: return Array(SHA256.hash(data: bytes))
        case ObjectIdentifiers.sha384: return Array(SHA384.hash(data: bytes))
        case ObjectIdentifiers.sha512: return Array(SHA512.hash(data: bytes))
        case ObjectIdentifiers.sha1 where forReference: return Array(Insecure.SHA1.hash(data: bytes))
        default: throw .unsupported("the digest \(algorithm)")
        }
    }
}
