import Formats
import SwiftASN1

/// A question to a time-stamping authority (RFC 3161 §2.4.1): when did these bytes exist at the latest?
package struct TimestampRequest: Sendable, Hashable {
    /// SHA-256 of the bytes.
    package let imprint: Digest
    /// Eight random bytes, so that an old answer is known for one.
    package let nonce: [UInt8]

    package init(imprint: Digest, using generator: inout some RandomNumberGenerator) {
        self.imprint = imprint
        // The first byte is neither zero nor negative, so that the number has one spelling.
        nonce =
            [UInt8.random(in: 1...0x7F, using: &generator)]
            + (0..<7).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// The media type of a question (RFC 3161 §3.4).
    package static let mediaType = "application/timestamp-query"

    /// The question in DER; the authority is asked for its certificates too.
    package func encoded() throws(TimestampError) -> [UInt8] {
        do {
            var coder = DER.Serializer()
            try coder.appendConstructedNode(identifier: .sequence) { coder in
                try coder.serialize(1)
                try coder.appendConstructedNode(identifier: .sequence) { coder in
                    try coder.appendConstructedNode(identifier: .sequence) { coder in
                        try coder.serialize(ObjectIdentifiers.sha256)
                        try coder.serialize(ASN1Null())
                    }
                    try coder.serialize(ASN1OctetString(contentBytes: imprint.bytes[...]))
                }
                try coder.serialize(nonce[...])
                try coder.serialize(true)
            }
            return coder.serializedBytes
        } catch {
            throw .malformed("\(error)")
        }
    }
}

/// The object identifiers of CMS, time stamps and digests that are spoken here.
enum ObjectIdentifiers {
    static let sha1: ASN1ObjectIdentifier = [1, 3, 14, 3, 2, 26]
    static let sha256: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 1]
    static let sha384: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 2]
    static let sha512: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 3]
    static let rsa: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 1]
    static let rsaSHA256: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 11]
    static let rsaSHA384: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 12]
    static let rsaSHA512: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 13]
    static let ecPublicKey: ASN1ObjectIdentifier = [1, 2, 840, 10045, 2, 1]
    static let ecdsaSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]
    static let ecdsaSHA384: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 3]
    static let ecdsaSHA512: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 4]
    static let ed25519: ASN1ObjectIdentifier = [1, 3, 101, 112]
    static let signedData: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 7, 2]
    static let timestampInfo: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 1, 4]
    static let contentType: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 3]
    static let messageDigest: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 4]
    static let signingCertificate: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 2, 12]
    static let signingCertificateV2: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 2, 47]
    static let extendedKeyUsage: ASN1ObjectIdentifier = [2, 5, 29, 37]
}
