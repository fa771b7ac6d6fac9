import FoundationEssentials
import SwiftASN1
import X509

/// The certificate of a time stamp's signer.
struct SignerCertificate: Sendable {
    let bytes: [UInt8]
    let certificate: Certificate

    /// Finds the certificate among those in the token.
    init(of content: SignedContent) throws(TimestampError) {
        for bytes in content.certificates {
            guard let certificate = try? Certificate(derEncoded: bytes) else { continue }
            if try Self.matches(certificate, content.signer) {
                self.bytes = bytes
                self.certificate = certificate
                return
            }
        }
        throw .certificate("it is not in the answer; ask with certReq")
    }

    /// Whether a name in DER is the certificate's own (RFC 3161 §2.4.2, tsa).
    func isNamed(_ name: [UInt8]) -> Bool {
        var coder = DER.Serializer()
        return (try? coder.serialize(certificate.subject)) != nil && coder.serializedBytes == name
    }

    private static func matches(
        _ certificate: Certificate, _ signer: SignedContent.Signer
    ) throws(TimestampError) -> Bool {
        switch signer {
        case .issuer(let name, let serial):
            var coder = DER.Serializer()
            guard (try? coder.serialize(certificate.issuer)) != nil else { return false }
            return coder.serializedBytes == name && Array(certificate.serialNumber.bytes) == serial
        case .keyIdentifier(let identifier):
            return (try? certificate.extensions.subjectKeyIdentifier).map {
                Array($0.keyIdentifier) == identifier
            } ?? false
        }
    }

    /// Checks the signature over the signed attributes, and that the certificate is for time stamps and nothing else
    /// (RFC 3161 §2.3).
    func check(_ content: SignedContent) throws(TimestampError) {
        let algorithm = try Self.algorithm(content)
        guard
            certificate.publicKey.isValidSignature(
                content.signature, for: content.signedBytes, signatureAlgorithm: algorithm)
        else { throw .signature("it does not fit the signer's key") }
        guard let usage = certificate.extensions[oid: ObjectIdentifiers.extendedKeyUsage] else {
            throw .certificate("it has no extended key usage")
        }
        guard usage.critical, let usages = try? ExtendedKeyUsage(usage), Array(usages) == [.timeStamping]
        else {
            throw .certificate("its extended key usage is not time stamping alone, and critical")
        }
        if let keyUsage = try? certificate.extensions.keyUsage,
            !keyUsage.digitalSignature && !keyUsage.nonRepudiation
        {
            throw .certificate("its key is not for signatures")
        }
    }

    /// CMS names the key's algorithm, or key and digest together; both are met in the wild.
    private static func algorithm(
        _ content: SignedContent
    ) throws(TimestampError) -> Certificate.SignatureAlgorithm {
        switch (content.signatureAlgorithm, content.digestAlgorithm) {
        case (ObjectIdentifiers.rsaSHA256, _), (ObjectIdentifiers.rsa, ObjectIdentifiers.sha256):
            .sha256WithRSAEncryption
        case (ObjectIdentifiers.rsaSHA384, _), (ObjectIdentifiers.rsa, ObjectIdentifiers.sha384):
            .sha384WithRSAEncryption
        case (ObjectIdentifiers.rsaSHA512, _), (ObjectIdentifiers.rsa, ObjectIdentifiers.sha512):
            .sha512WithRSAEncryption
        case (ObjectIdentifiers.ecdsaSHA256, _), (ObjectIdentifiers.ecPublicKey, ObjectIdentifiers.sha256):
            .ecdsaWithSHA256
        case (ObjectIdentifiers.ecdsaSHA384, _), (ObjectIdentifiers.ecPublicKey, ObjectIdentifiers.sha384):
            .ecdsaWithSHA384
        case (ObjectIdentifiers.ecdsaSHA512, _), (ObjectIdentifiers.ecPublicKey, ObjectIdentifiers.sha512):
            .ecdsaWithSHA512
        case (ObjectIdentifiers.ed25519, _): .ed25519
        default: throw .unsupported("the signature algorithm \(content.signatureAlgorithm)")
        }
    }
}
