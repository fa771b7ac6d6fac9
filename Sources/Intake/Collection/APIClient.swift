import Formats
import Ledger
import Transport

/// Asks a system that answers in JSON, page after page.
struct APIClient: Sendable {
    private let service: RetryingService
    /// Scheme, host and the path before all others, without a slash at its end.
    let base: String
    private let headers: HTTPHeaders
    /// Where the bearer token comes from, when it does not stand in the headers.
    private let tokens: TokenKeeper?
    private let now: @Sendable () -> Instant
    private let answers: AnswerLog

    /// Refuses to send credentials in the clear, unless to this machine.
    init(
        _ request: CollectionRequest, base: String, headers: HTTPHeaders, tokens: TokenKeeper? = nil,
        throttling: ThrottleReader.Words? = nil
    ) throws(ReadingFailure) {
        guard let parts = URLText.parts(base), parts.query.isEmpty else {
            throw ReadingFailure(
                "parameters",
                "\"url\" is no address; give https://HOST/… or https://HOST:PORT/…, with a port up to 65535 and without "
                    + "a query")
        }
        guard Self.isFitForCredentials(base) else {
            throw ReadingFailure("parameters", "\"url\" must be https; http is for this machine alone")
        }
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        var headers = headers
        if headers["accept"] == nil { headers.add("accept", "application/json") }
        self.headers = headers
        self.tokens = tokens
        now = request.now
        answers = request.answers
        let http = request.services.http
        service = RetryingService(
            throttling.map { ThrottleReader(http, $0) } ?? http, now: request.now,
            sleep: request.services.sleep)
    }

    static func isFitForCredentials(_ url: String) -> Bool {
        URLText.parts(url)?.scheme == "https" || URLText.isLoopback(url)
    }

    var tally: RetryingService.Tally { service.tally }

    /// The answer to a GET of a path below the base, or of an absolute address on the same host.
    func get(_ path: String, _ query: [(name: String, value: String)] = []) async throws(ReadingFailure)
        -> (json: JSON, response: HTTPResponse)
    {
        try await send(HTTPRequest(.get, try address(path, query), headers: headers))
    }

    /// The answer to a POST that only reads.
    func post(_ path: String, _ body: JSON) async throws(ReadingFailure) -> (
        json: JSON, response: HTTPResponse
    ) {
        var headers = headers
        headers.set("content-type", "application/json")
        guard let bytes = try? CanonicalJSON.encode(body) else {
            throw ReadingFailure(path, "the request cannot be written as JSON")
        }
        return try await send(
            HTTPRequest(.post, try address(path, []), headers: headers, body: bytes, isRepeatable: true))
    }

    /// The answer to a GET whatever its status is; failures of the network are thrown.
    func response(
        _ path: String, _ query: [(name: String, value: String)] = [], headers more: HTTPHeaders = [:]
    ) async throws(ReadingFailure) -> HTTPResponse {
        var headers = headers
        for field in more.fields { headers.set(field.name, field.value) }
        return try await answer(HTTPRequest(.get, try address(path, query), headers: headers))
    }

    private func answer(_ request: HTTPRequest) async throws(ReadingFailure) -> HTTPResponse {
        var request = request
        if let token = try await tokens?.token() {
            request.headers.set("authorization", "Bearer \(token.exposed)")
        }
        do {
            let response = try await service.send(request)
            if response.isSuccess { answers.note(response.body) }
            return response
        } catch {
            throw ReadingFailure(request.description, error.explanation)
        }
    }

    /// Says of an answer that the server has not sent once more that it is the one of this digest.
    func note(again digest: Digest) { answers.note(again: digest) }

    private func address(_ path: String, _ query: [(name: String, value: String)]) throws(ReadingFailure)
        -> String
    {
        var url = path.hasPrefix("/") ? base + path : path
        // A page's link that leads to another host would carry the credentials there.
        guard let there = URLText.parts(url), let here = URLText.parts(base), there.host == here.host,
            there.scheme == here.scheme
        else { throw ReadingFailure(URLText.withoutQuery(path), "the next page is on another host") }
        if !query.isEmpty { url += (url.contains("?") ? "&" : "?") + URLText.query(query) }
        return url
    }

    private func send(_ request: HTTPRequest) async throws(ReadingFailure) -> (
        json: JSON, response: HTTPResponse
    ) {
        let response = try await answer(request)
        guard response.isSuccess else {
            throw ReadingFailure(request.description, reason(response))
        }
        do {
            return (
                try JSON(parsing: response.body, limits: JSONLimits(bytes: 64 << 20, depth: 64)), response
            )
        } catch {
            throw ReadingFailure(request.description, "the answer is not JSON: \(error.description)")
        }
    }

    /// Why an answer is not what was asked for; of a rate limit, until when where the server says so.
    func reason(_ response: HTTPResponse) -> String {
        guard RetryRule.isThrottled(response) else { return Self.reason(response.status) }
        guard let time = RetryRule.statedReturn(response, now: now()) else {
            return Self.used(response.status)
        }
        return
            "the rate limit is used up until \(time) (\(response.status)); collect after that, or less often"
    }

    private static func used(_ status: Int) -> String {
        "the rate limit is used up (\(status)); collect less often"
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 401: "the credentials were refused (401)"
        case 403: "the credentials do not allow this (403); give them the right to read it"
        case 404: "there is no such thing, or the credentials may not see it (404)"
        case 429: used(status)
        case 300..<400: "it answers with a redirect (\(status)); give the address that it leads to"
        case 500...: "the server failed (\(status))"
        default: "it answered with status \(status)"
        }
    }
}
