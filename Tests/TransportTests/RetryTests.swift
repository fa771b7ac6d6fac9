import Formats
import Synchronization
import Testing

@testable import Transport

/// Answers from a list, in turn.
private final class Script: HTTPService {
    private let steps: Mutex<[Result<HTTPResponse, TransportError>]>

    init(_ steps: [Result<HTTPResponse, TransportError>]) {
        self.steps = Mutex(steps)
    }

    var left: Int { steps.withLock { $0.count } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try steps.withLock { $0.removeFirst() }.get()
    }
}

@Suite struct RetryTests {
    private static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast

    private final class Waits: Sendable {
        let all = Mutex<[Duration]>([])
    }

    /// Sends one request against the script; gives the answer and the waits before it.
    private static func send(
        _ steps: [Result<HTTPResponse, TransportError>],
        _ request: HTTPRequest = HTTPRequest(.get, "https://a/"),
        rule: RetryRule = RetryRule(attempts: 4)
    ) async -> (answer: Result<HTTPResponse, TransportError>, waits: [Duration], left: Int) {
        let waits = Waits()
        let script = Script(steps)
        let service = RetryingService(
            script, rule: rule, now: { noon }, sleep: { wait in waits.all.withLock { $0.append(wait) } },
            share: { 0.5 })
        do throws(TransportError) {
            let response = try await service.send(request)
            return (.success(response), waits.all.withLock { $0 }, script.left)
        } catch {
            return (.failure(error), waits.all.withLock { $0 }, script.left)
        }
    }

    private static func answer(_ status: Int, _ headers: HTTPHeaders = [:]) -> Result<
        HTTPResponse, TransportError
    > {
        .success(HTTPResponse(status: status, headers: headers))
    }

    private static func failure(_ reason: TransportError.Reason) -> Result<HTTPResponse, TransportError> {
        .failure(TransportError(reason, HTTPRequest(.get, "https://a/")))
    }

    @Test func `waits double, with half of each by the random share`() async {
        let run = await Self.send([
            Self.answer(503), Self.failure(.broken("x")), Self.answer(500), Self.answer(200),
        ])
        #expect(run.waits == [.milliseconds(500), .seconds(1), .seconds(2)])
        #expect(run.answer == Self.answer(200))
    }

    @Test func `after the last attempt the last answer comes out`() async {
        let run = await Self.send([Self.answer(503), Self.answer(502), Self.answer(429), Self.answer(504)])
        #expect(run.answer == Self.answer(504) && run.waits.count == 3)
    }

    private static let stated: [(HTTPHeaders, Duration)] = [
        (["Retry-After": "7"], .seconds(7)),
        (["retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"], .seconds(30)),
        (["retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"], .zero),
        (["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772366460"], .seconds(60)),
        (["x-ratelimit-remaining": "5", "x-ratelimit-reset": "1772366460"], .milliseconds(500)),
        (["x-rate-limit-remaining": "0", "x-rate-limit-reset": "1772366460"], .seconds(60)),
        (["ratelimit-remaining": "0", "ratelimit-reset": "9"], .seconds(9)),
        (["retry-after": "soon"], .milliseconds(500)),
    ]

    @Test(arguments: stated)
    func `a server that names the wait is obeyed`(headers: HTTPHeaders, wait: Duration) async {
        let run = await Self.send([Self.answer(429, headers), Self.answer(200)])
        #expect(run.waits == [wait] && run.answer == Self.answer(200))
    }

    @Test func `a wait beyond the budget is not begun`() async {
        let long = Self.answer(429, ["retry-after": "3600"])
        let run = await Self.send([long, Self.answer(200)])
        #expect(run.answer == long && run.waits.isEmpty && run.left == 1)
    }

    @Test(arguments: [200, 301, 400, 401, 403, 404, 410])
    func `an answer that would be the same again is not asked for again`(status: Int) async {
        let run = await Self.send([Self.answer(status), Self.answer(200)])
        #expect(run.answer == Self.answer(status) && run.left == 1)
    }

    @Test func `a 403 that names a time is a rate limit`() async {
        let run = await Self.send([Self.answer(403, ["retry-after": "1"]), Self.answer(200)])
        #expect(run.answer == Self.answer(200))
    }

    @Test func `a rate limit tells when it is filled again`() {
        let long = HTTPResponse(
            status: 403, headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772370000"])
        #expect(RetryRule.isThrottled(long))
        #expect(RetryRule.statedReturn(long, now: Self.noon) == Instant("2026-03-01T13:00:00Z"))
        #expect(!RetryRule.isThrottled(HTTPResponse(status: 403, headers: [:])))
        #expect(!RetryRule.isThrottled(HTTPResponse(status: 503, headers: ["retry-after": "9"])))
        let silent = HTTPResponse(status: 429, headers: [:])
        #expect(RetryRule.isThrottled(silent) && RetryRule.statedReturn(silent, now: Self.noon) == nil)
    }

    @Test func `what is not repeatable is sent once`() async {
        let post = HTTPRequest(.post, "https://a/")
        #expect(await Self.send([Self.answer(503), Self.answer(200)], post).left == 1)
        #expect(await Self.send([Self.failure(.timedOut(.seconds(1))), Self.answer(200)], post).left == 1)
        let read = HTTPRequest(.post, "https://a/", isRepeatable: true)
        #expect(await Self.send([Self.answer(503), Self.answer(200)], read).left == 0)
    }

    @Test(arguments: [TransportError.Reason.untrusted("x"), .badAddress, .tooLong(1), .cancelled, .noNetwork])
    func `a failure that stays is not tried again`(reason: TransportError.Reason) async {
        let run = await Self.send([Self.failure(reason), Self.answer(200)])
        #expect(run.left == 1 && run.answer == Self.failure(reason))
    }

    @Test func `requests, repeats and bytes are counted`() async throws {
        let script = Script([
            Self.answer(503), .success(HTTPResponse(status: 200, body: [1, 2, 3])), Self.answer(200),
        ])
        let service = RetryingService(script, now: { Self.noon }, sleep: { _ in })
        for _ in 0..<2 { _ = try await service.send(HTTPRequest(.get, "https://a/")) }
        #expect(service.tally.requests == 3 && service.tally.repeats == 1 && service.tally.bytes == 3)
    }

    @Test func `an interrupted wait ends the request`() async {
        let service = RetryingService(
            Script([Self.answer(503)]), now: { Self.noon }, sleep: { _ in throw CancellationError() })
        await #expect(throws: TransportError(.cancelled, HTTPRequest(.get, "https://a/"))) {
            try await service.send(HTTPRequest(.get, "https://a/"))
        }
    }
}
