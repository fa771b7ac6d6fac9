import Crypto
import Formats
import Ledger
import Transport

/// Signs requests to Amazon Web Services (Signature Version 4, "AWS4-HMAC-SHA256").
struct SignatureV4: Sendable {
    struct Credentials: Sendable {
        let accessKey: String
        let secret: Secret
        /// Of temporary credentials.
        let sessionToken: Secret?
    }

    let credentials: Credentials
    let region: String
    let service: String
    /// Everywhere but at S3 the path is normalised and escaped once more.
    var isS3: Bool { service == "s3" }

    /// The request with date, token, payload digest (S3) and authorization.
    func sign(_ request: HTTPRequest, at instant: Instant) -> HTTPRequest {
        guard let parts = URLText.parts(request.url) else { return request }
        var signed = request
        let stamp = Self.stamp(instant)
        let payload = Ledger::Digest.sha256(request.body).hex
        signed.headers.set("Host", parts.host)
        signed.headers.set("X-Amz-Date", stamp)
        if let token = credentials.sessionToken { signed.headers.set("X-Amz-Security-Token", token.exposed) }
        if isS3 { signed.headers.set("X-Amz-Content-Sha256", payload) }
        let (canonical, names) = canonicalRequest(signed, parts.path, parts.query, payload)
        let scope = "\(stamp.prefix(8))/\(region)/\(service)/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", stamp, scope, Ledger::Digest.sha256(Array(canonical.utf8)).hex,
        ].joined(separator: "\n")
        let signature = Hex.encode(Self.hmac(key(on: String(stamp.prefix(8))), text))
        signed.headers.set(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
                + "Signature=\(signature)")
        return signed
    }

    /// The canonical request and the names of the signed header fields.
    func canonicalRequest(
        _ request: HTTPRequest, _ path: String, _ query: String, _ payload: String
    ) -> (text: String, signedHeaders: String) {
        var fields: [String: [String]] = [:]
        for field in request.headers.fields {
            fields[field.name.lowercased(), default: []].append(Self.trimmed(field.value))
        }
        let names = fields.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = names.map { "\($0):\(fields[$0, default: []].joined(separator: ","))" }
        let signedHeaders = names.joined(separator: ";")
        let items = URLText.items(query).map { (URLText.escape($0.name), URLText.escape($0.value)) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        let text = [
            request.method.rawValue, canonicalPath(path),
            items.map { "\($0.0)=\($0.1)" }.joined(separator: "&"),
            lines.joined(separator: "\n") + "\n", signedHeaders, payload,
        ].joined(separator: "\n")
        return (text, signedHeaders)
    }

    private func canonicalPath(_ path: String) -> String {
        if isS3 { return URLText.escape(URLText.unescape(path), keepingSlash: true) }
        var segments: [Substring] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: true) {
            switch segment {
            case ".": continue
            case "..": _ = segments.popLast()
            default: segments.append(segment)
            }
        }
        let isFolder = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        let joined = "/" + segments.map { URLText.escape(String($0)) }.joined(separator: "/")
        return joined == "/" || !isFolder ? joined : joined + "/"
    }

    /// Without space at the ends, runs of it inside made one.
    private static func trimmed(_ value: String) -> String {
        value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    }

    /// `20260301T120000Z`
    private static func stamp(_ instant: Instant) -> String {
        let whole = Instant(microseconds: RFC3339.floorDivide(instant.microseconds, 1_000_000) * 1_000_000)
        return whole.description.filter { $0 != "-" && $0 != ":" }
    }

    private func key(on day: String) -> [UInt8] {
        var key = Array("AWS4\(credentials.secret.exposed)".utf8)
        for part in [day, region, service, "aws4_request"] { key = Self.hmac(key, part) }
        return key
    }

    private static func hmac(_ key: [UInt8], _ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }
}
