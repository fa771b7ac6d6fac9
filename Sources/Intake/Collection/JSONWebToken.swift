import CryptoExtras
import Formats

/// Tokens by which a client proves who it is, signed with RSA and SHA-256 (RFC 7519; RS256 of RFC 7518 section 3.3).
enum JSONWebToken {
    /// - Parameters:
    ///   - key: a private key in PEM form.
    ///   - keyID: says which of its keys the client has used, where it has several.
    static func signed(_ claims: [(String, JSON)], key: Secret, keyID: String? = nil)
        throws(ReadingFailure) -> String
    {
        var header: [(String, JSON)] = [("alg", .string("RS256")), ("typ", .string("JWT"))]
        if let keyID { header.append(("kid", .string(keyID))) }
        do {
            let text = try [header, claims].map {
                Base64URL.encode(try CanonicalJSON.encode(.object($0)))
            }.joined(separator: ".")
            let signer = try _RSA.Signing.PrivateKey(pemRepresentation: key.exposed)
            let signature = try signer.signature(for: Array(text.utf8), padding: .insecurePKCS1v1_5)
            return text + "." + Base64URL.encode(signature.rawRepresentation)
        } catch {
            throw ReadingFailure("secrets", "the private key cannot be used; give an RSA key in PEM form")
        }
    }

    /// The claims that say who asks whom, valid for some minutes from now.
    static func claims(issuer: String, audience: String, at now: Instant) -> [(String, JSON)] {
        let seconds = now.microseconds / 1_000_000
        return [
            ("iss", .string(issuer)), ("aud", .string(audience)), ("iat", .integer(seconds)),
            ("exp", .integer(seconds + 300)),
        ]
    }
}
