import Formats
import Transport

/// A bearer token that is fetched, and fetched again before it runs out (RFC 6749 section 4.4, RFC 7523 section 2).
actor TokenKeeper {
    /// What is posted for a token; made anew each time, since assertions run out too.
    typealias Form = @Sendable (Instant) throws(ReadingFailure) -> [(name: String, value: String)]

    private let service: RetryingService
    private let address: String
    private let form: Form
    private let now: @Sendable () -> Instant
    private var held: (token: Secret, until: Instant)?

    /// Refuses to send credentials in the clear, unless to this machine.
    init(_ request: CollectionRequest, address: String, form: @escaping Form) throws(ReadingFailure) {
        guard APIClient.isFitForCredentials(address) else {
            throw ReadingFailure("parameters", "the token's address must be https; http is for this machine")
        }
        service = RetryingService(request.services.http, now: request.now, sleep: request.services.sleep)
        self.address = address
        self.form = form
        now = request.now
    }

    /// The token in use; a new one when it has less than ten seconds left.
    func token() async throws(ReadingFailure) -> Secret {
        if let held, now() < held.until { return held.token }
        let body = URLText.query(try form(now()))
        let request = HTTPRequest(
            .post, address,
            headers: ["content-type": "application/x-www-form-urlencoded", "accept": "application/json"],
            body: Array(body.utf8), isRepeatable: true)
        let response: HTTPResponse
        do {
            response = try await service.send(request)
        } catch {
            throw ReadingFailure(request.description, error.explanation)
        }
        let json = try? JSON(parsing: response.body)
        guard response.isSuccess, let token = json?["access_token"]?.string, !token.isEmpty else {
            throw ReadingFailure(request.description, Self.reason(response.status, json))
        }
        let secret = Secret(exposed: token)
        let life = min(max(json?["expires_in"]?.integer ?? 300, 0), 86_400)
        held = (secret, now() + .seconds(life) - .seconds(10))
        return secret
    }

    /// The error's name (RFC 6749 section 5.2), never its text, which may quote what was sent.
    private static func reason(_ status: Int, _ json: JSON?) -> String {
        let name = (json?["error"]?.string ?? "").prefix(40).filter {
            $0.isASCII && ($0.isLetter || $0 == "_")
        }
        switch (status, name) {
        case (200..<300, _): return "the answer holds no token"
        case (_, ""): return APIClient.reason(status)
        case (400...401, "invalid_client"), (400...401, "invalid_grant"), (400...401, "unauthorized_client"):
            return "the credentials were refused (\(status) \(name))"
        default: return "no token is given (\(status) \(name))"
        }
    }
}
