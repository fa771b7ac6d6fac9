/// Why a time stamp is not one, or not one to rely on (RFC 3161).
package enum TimestampError: Error, Hashable, CustomStringConvertible {
    case tooLong(limit: Int)
    /// Not the ASN.1 that RFC 3161 and RFC 5652 prescribe.
    case malformed(String)
    /// PKIStatus other than granted, with the text of the authority.
    case refused(status: Int, String)
    case unsupported(String)
    /// The stamp is over other bytes.
    case imprint
    /// The answer to another request.
    case nonce
    case policy(String)
    /// The signature, or an attribute that it covers, does not fit.
    case signature(String)
    case certificate(String)
    /// No way from the signer's certificate to a trusted one, at the time of the stamp.
    case chain(String)

    package var description: String {
        switch self {
        case .tooLong(let limit): "the answer of the time-stamping authority is longer than \(limit) bytes"
        case .malformed(let what): "not a time stamp of RFC 3161: \(what)"
        case .refused(let status, let text):
            "the authority refused with status \(status)\(text.isEmpty ? "" : " (\(text))")"
        case .unsupported(let what): "the time stamp uses \(what), which is not supported"
        case .imprint: "the time stamp is over other bytes than these"
        case .nonce: "the time stamp answers another request: its nonce is not the one that was sent"
        case .policy(let policy): "the time stamp was made under the policy \(policy), which is not accepted"
        case .signature(let what): "the signature of the time stamp does not hold: \(what)"
        case .certificate(let what): "the signer's certificate is not one for time stamps: \(what)"
        case .chain(let what):
            "the signer's certificate does not lead to a trusted authority at that time: \(what)"
        }
    }
}
