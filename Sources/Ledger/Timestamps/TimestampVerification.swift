import Crypto
import FoundationEssentials
package import Formats
import SwiftASN1
@_spi(FixedExpiryValidationTime) import X509

/// A time that an outside clock vouches for: the stamped bytes existed by then.
package struct ProvenTime: Sendable, Hashable {
    package let time: Instant
    /// The signer, as its certificate names it.
    package let signer: String
    /// Whom it counts for.
    package let authority: TimestampAuthority

    /// The time by which so many authorities had spoken: fewer cannot set it earlier. Nil when there are not so many.
    package static func earliest(_ times: [ProvenTime], quorum: Int) -> Instant? {
        var spoken: [TimestampAuthority] = []
        for stamp in times.sorted(by: { $0.time < $1.time }) {
            spoken.append(stamp.authority)
            if TimestampAuthority.count(spoken) >= max(1, quorum) { return stamp.time }
        }
        return nil
    }
}

/// Whom a stamp counts for, where several authorities must agree.
package struct TimestampAuthority: Sendable, Hashable {
    /// SHA-256 of the trusted certificate that the signer's leads to.
    package let anchor: Digest
    /// SHA-256 of the signer's public key.
    package let key: Digest

    package init(anchor: Digest, key: Digest) {
        self.anchor = anchor
        self.key = key
    }

    /// How many authorities these are at most: neither the keys of one house nor the certificates of one key are several.
    ///
    /// A key that two houses have certified is one for whoever steals it. Two trusted certificates of one house count as
    /// two all the same, since nothing in them tells: whoever hands out a trust file names one of each house.
    package static func count(_ authorities: some Sequence<TimestampAuthority>) -> Int {
        var anchors: Set<Digest> = []
        var keys: Set<Digest> = []
        for authority in authorities {
            anchors.insert(authority.anchor)
            keys.insert(authority.key)
        }
        return min(anchors.count, keys.count)
    }
}

/// A certificate that time-stampers may lead to.
package struct TimestampAnchor: Sendable, Hashable {
    /// In DER.
    package let bytes: [UInt8]
    private let certificate: Certificate

    /// Reads a certificate in DER.
    package init(_ bytes: [UInt8]) throws(TimestampError) {
        do {
            certificate = try Certificate(derEncoded: bytes)
        } catch {
            throw .malformed("a trusted certificate cannot be read")
        }
        self.bytes = bytes
    }

    /// Reads all certificates of a file in PEM.
    package static func anchors(pem: String) throws(TimestampError) -> [TimestampAnchor] {
        let documents: [PEMDocument]
        do {
            documents = try PEMDocument.parseMultiple(pemString: pem)
        } catch {
            throw .malformed("the file of trusted certificates is not PEM")
        }
        var found: [TimestampAnchor] = []
        for document in documents where document.discriminator == "CERTIFICATE" {
            found.append(try TimestampAnchor(document.derBytes))
        }
        return found
    }

    package var name: String { certificate.subject.description }
    fileprivate var x509: Certificate { certificate }
}

extension TimestampResponse {
    /// Checks the stamp with everything it rests on, offline: imprint, nonce, policy, signature, the signer's
    /// certificate and its chain at the time of the stamp. Revocation is not looked at: that would need a network.
    ///
    /// - Parameters:
    ///   - bytes: what was stamped.
    ///   - nonce: of the request; nil where the request is not known any more.
    ///   - policies: accepted policies in dotted decimal; empty accepts any.
    package func verify(
        _ bytes: [UInt8], nonce: [UInt8]?, anchors: [TimestampAnchor], policies: [String] = []
    ) async throws(TimestampError) -> ProvenTime {
        let signer = try checkSigned(imprint: .sha256(bytes), nonce: nonce, policies: policies)
        let others = try intermediates(of: signer.certificate)
        let seconds = Double(info.time.microseconds) / 1_000_000
        let time = Date(timeIntervalSince1970: seconds)
        var verifier = Verifier(rootCertificates: CertificateStore(anchors.map(\.x509))) {
            RFC5280Policy(fixedExpiryValidationTime: time)
            KnownExtensions()
        }
        let result = await verifier.validate(
            leaf: signer.certificate, intermediates: CertificateStore(others))
        switch result {
        case .validCertificate(let chain):
            var coder = DER.Serializer()
            guard let root = chain.last, (try? coder.serialize(root)) != nil else {
                throw .chain("it is empty")
            }
            return ProvenTime(
                time: info.time, signer: signer.certificate.subject.description,
                authority: TimestampAuthority(
                    anchor: .sha256(coder.serializedBytes), key: Self.key(of: signer.certificate)))
        case .couldNotValidate(let failures):
            let reasons = failures.map { "\($0.policyFailureReason)" }
            throw .chain(reasons.first ?? "no trusted certificate has issued it")
        }
    }

    /// So many certificates are tried between the signer's and a trusted one; real chains have one to three. Each layer
    /// of certificates with one name and one key multiplies the ways, so that a forged stamp could keep us for ever.
    private static let intermediateLimit = 8

    /// The certificates that may stand between the signer's and a trusted one: each once, and none that only certifies
    /// itself, because no way goes through those.
    private func intermediates(of signer: Certificate) throws(TimestampError) -> [Certificate] {
        var found: [Certificate] = []
        for bytes in content.certificates {
            guard let other = try? Certificate(derEncoded: bytes), other != signer, !found.contains(other),
                !Self.certifiesItself(other)
            else { continue }
            found.append(other)
        }
        guard found.count <= Self.intermediateLimit else {
            throw .chain(
                "the stamp brings \(found.count) certificates beside it, and more than \(Self.intermediateLimit) "
                    + "are not tried; get a stamp from another authority")
        }
        return found
    }

    /// The authority that a stamp counts for, by the signatures between its signer and a trusted certificate alone; nil
    /// where it leads to none. For stamps that were verified when they came.
    package func authority(among anchors: [TimestampAnchor]) -> TimestampAuthority? {
        guard let signer = try? SignerCertificate(of: content).certificate else { return nil }
        let others = content.certificates.compactMap { try? Certificate(derEncoded: $0) }
        var reached = [signer]
        for _ in 0...Self.intermediateLimit {
            let found = anchors.first { anchor in
                reached.contains { $0 == anchor.x509 || Self.hasIssued(anchor.x509, $0) }
            }
            if let found {
                return TimestampAuthority(anchor: .sha256(found.bytes), key: Self.key(of: signer))
            }
            let issuers = others.filter { other in reached.contains { Self.hasIssued(other, $0) } }
            if issuers.isEmpty { return nil }
            reached = issuers
        }
        return nil
    }

    /// SHA-256 of the public key, in the form that is the same in each certificate of it.
    private static func key(of certificate: Certificate) -> Digest {
        .sha256(Array(certificate.publicKey.subjectPublicKeyInfoBytes))
    }

    private static func hasIssued(_ issuer: Certificate, _ certificate: Certificate) -> Bool {
        issuer.subject == certificate.issuer
            && issuer.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    private static func certifiesItself(_ certificate: Certificate) -> Bool {
        hasIssued(certificate, certificate)
    }
}

/// The extended key usage is checked by `SignerCertificate`; here it is only known, as a critical extension must be.
private struct KnownExtensions: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [ObjectIdentifiers.extendedKeyUsage]

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        // An authority in between that is limited to other uses cannot certify a time-stamper (RFC 5280 §4.2.1.12).
        for certificate in chain.dropFirst() {
            guard let usages = try? certificate.extensions.extendedKeyUsage else { continue }
            if !usages.contains(.timeStamping), !usages.contains(.any) {
                return .failsToMeetPolicy(reason: "\(certificate.subject) is not for time stamps")
            }
        }
        return .meetsPolicy
    }
}
