import Formats
import Transport

/// Speaks the five ways in which the services of AWS are asked: query and EC2 (forms, XML), S3 (paths, XML), JSON 1.1
/// (a target header) and REST with JSON.
struct AWSClient: Sendable {
    private let http: any HTTPService
    private let now: @Sendable () -> Instant
    private let sleep: @Sendable (Duration) async throws -> Void
    private let answers: AnswerLog
    private let credentials: SignatureV4.Credentials
    /// Instead of the services' own addresses.
    private let endpoint: String?
    /// What helps where the credentials do not allow something.
    private let remedy: String

    private static let throttling = ThrottleReader.Words(
        status: 400, ["Throttling", "RequestLimitExceeded", "TooManyRequests"])

    init(
        _ request: CollectionRequest, _ credentials: SignatureV4.Credentials, endpoint: String?,
        remedy: String
    ) {
        http = request.services.http
        now = request.now
        sleep = request.services.sleep
        answers = request.answers
        self.credentials = credentials
        self.endpoint = endpoint
        self.remedy = remedy
    }

    /// Why a call brought nothing: `code` is the service's own word for it.
    struct CallError: Error {
        let code: String
        let status: Int
        let scope: String
        let remedy: String

        var failure: ReadingFailure {
            let reason =
                switch code {
                case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError":
                    "the credentials do not allow this (\(code)); \(remedy)"
                case "SignatureDoesNotMatch", "InvalidClientTokenId", "AuthFailure",
                    "UnrecognizedClientException",
                    "InvalidAccessKeyId", "ExpiredToken", "ExpiredTokenException":
                    "the credentials were refused (\(code))"
                case "": "it answered with status \(status)"
                default: "it answered \(code) (status \(status))"
                }
            return ReadingFailure(scope, reason)
        }
    }

    /// Asks with a form and reads XML (query protocol, EC2 protocol).
    /// - Parameter isSecret: the answer holds credentials, and nothing is told of it.
    func query(
        _ service: String, _ version: String, _ action: String, region: String,
        _ parameters: [(name: String, value: String)] = [], isSecret: Bool = false
    ) async throws -> XMLTree {
        let items = [("Action", action), ("Version", version)] + parameters.map { ($0.name, $0.value) }
        let body = URLText.query(items.map { (name: $0.0, value: $0.1) })
        let headers: HTTPHeaders = ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"]
        let request = HTTPRequest(
            .post, address(service, region) + "/", headers: headers, body: Array(body.utf8),
            isRepeatable: true)
        let response = try await send(request, service, region, action, isSecret: isSecret)
        return try xml(response, action, root: action + "Response")
    }

    /// Asks S3 about a bucket, or for all of them.
    /// - Parameter root: the outermost element that the answer to this question has.
    func s3(_ path: String, _ query: String, root: String, region: String) async throws -> XMLTree {
        let url = address("s3", region) + path + (query.isEmpty ? "" : "?\(query)")
        let scope = "s3 \(query)"
        return try xml(await send(HTTPRequest(.get, url), "s3", region, scope), scope, root: root)
    }

    /// A piece of an object of S3, of this very version of it.
    func piece(_ path: String, _ range: Range<Int>, etag: String, region: String) async throws -> [UInt8] {
        let headers: HTTPHeaders = [
            "Range": "bytes=\(range.lowerBound)-\(range.upperBound - 1)", "If-Match": etag,
        ]
        let request = HTTPRequest(.get, address("s3", region) + path, headers: headers)
        return try await send(request, "s3", region, "GetObject").body
    }

    /// Asks with JSON 1.1.
    func json(_ service: String, _ target: String, region: String, _ body: JSON) async throws -> JSON {
        let scope = String(target.split(separator: ".").last ?? "")
        let bytes: [UInt8]
        do throws(CanonicalJSONError) {
            bytes = try CanonicalJSON.encode(body)
        } catch {
            throw ReadingFailure(scope, "the request cannot be written as JSON: \(error)")
        }
        let headers: HTTPHeaders = ["Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target]
        let request = HTTPRequest(
            .post, address(service, region) + "/", headers: headers, body: bytes, isRepeatable: true)
        return try tree(await send(request, service, region, scope), scope)
    }

    /// Asks a REST service.
    func rest(_ service: String, _ path: String, region: String) async throws -> JSON {
        let scope = "\(service) \(URLText.withoutQuery(path))"
        return try tree(
            await send(HTTPRequest(.get, address(service, region) + path), service, region, scope), scope)
    }

    private func address(_ service: String, _ region: String) -> String {
        if let endpoint { return endpoint }
        // IAM and STS are asked at their one global address, which is in us-east-1.
        switch service {
        case "iam": return "https://iam.amazonaws.com"
        default: return "https://\(service).\(region).amazonaws.com"
        }
    }

    private func send(
        _ request: HTTPRequest, _ service: String, _ region: String, _ scope: String, isSecret: Bool = false
    ) async throws -> HTTPResponse {
        let signing = SigningService(
            service: http, signature: SignatureV4(credentials: credentials, region: region, service: service),
            now: now)
        let place = region == "us-east-1" && service == "iam" ? scope : "\(region) \(scope)"
        let response: HTTPResponse
        do {
            response = try await RetryingService(
                ThrottleReader(signing, Self.throttling), now: now, sleep: sleep
            ).send(request)
        } catch {
            // The address of an object may hold a patient's name.
            throw ReadingFailure(place, error.explanation)
        }
        guard response.isSuccess else {
            throw CallError(
                code: Self.code(response), status: response.status, scope: place, remedy: remedy)
        }
        if !isSecret { answers.note(response.body) }
        return response
    }

    /// The error's name, from XML or JSON; never its text, which may quote names.
    private static func code(_ response: HTTPResponse) -> String {
        var found: String?
        if let tree = XMLTree(parsing: response.body) {
            found =
                tree.value("Error", "Code") ?? tree.value("Errors", "Error", "Code") ?? tree.value("Code")
        } else if let json = try? JSON(parsing: response.body) {
            found = (json["__type"] ?? json["code"] ?? json["Code"])?.string
        }
        if found == nil { found = response.headers["x-amzn-errortype"] }
        let name = found?.split(separator: "#").last?.prefix { $0 != ":" } ?? ""
        return String(name.prefix(80).filter { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" })
    }

    /// Read as an empty list, what a proxy says in place of AWS would end every record.
    private static let foreign =
        "the answer is not one of AWS; check \"endpoint\", and what stands between here and there"

    private func xml(_ response: HTTPResponse, _ scope: String, root: String) throws -> XMLTree {
        guard let tree = XMLTree(parsing: response.body) else {
            throw ReadingFailure(scope, "the answer is not well-formed XML")
        }
        guard tree.name == root else { throw ReadingFailure(scope, Self.foreign) }
        return tree
    }

    /// A member that the service never leaves out of this answer.
    static func required<Value>(_ value: Value?, _ scope: String) throws -> Value {
        guard let value else { throw ReadingFailure(scope, foreign) }
        return value
    }

    private func tree(_ response: HTTPResponse, _ scope: String) throws -> JSON {
        guard let json = try? JSON(parsing: response.body) else {
            throw ReadingFailure(scope, "the answer is not JSON")
        }
        return json
    }
}

/// Signs each attempt anew: a signature is good for some minutes only.
private struct SigningService: HTTPService {
    let service: any HTTPService
    let signature: SignatureV4
    let now: @Sendable () -> Instant

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await service.send(signature.sign(request, at: now()))
    }
}
