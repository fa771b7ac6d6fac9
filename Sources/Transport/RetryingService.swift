package import Formats
import Synchronization

/// Asks again after failures that pass, and counts what was asked.
///
/// Only repeatable requests are repeated. After the last attempt the last answer or error comes out as it is.
package final class RetryingService: HTTPService {
    /// What the requests of one collection have cost.
    package struct Tally: Sendable, Hashable {
        /// Requests sent, repeated ones included.
        package var requests = 0
        /// Those among them that were repetitions.
        package var repeats = 0
        package var bytes = 0
    }

    private let service: any HTTPService
    private let rule: RetryRule
    private let now: @Sendable () -> Instant
    private let sleep: @Sendable (Duration) async throws -> Void
    private let share: @Sendable () -> Double
    /// Guards the counts alone.
    private let counts = Mutex(Tally())

    /// - Parameters:
    ///   - sleep: waits, and throws when it is interrupted.
    ///   - share: random from 0 up to and without 1.
    package init(
        _ service: any HTTPService, rule: RetryRule = RetryRule(), now: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        share: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.service = service
        self.rule = rule
        self.now = now
        self.sleep = sleep
        self.share = share
    }

    package var tally: Tally { counts.withLock { $0 } }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var waited = Duration.zero
        for attempt in 1... {
            count { tally in
                tally.requests += 1
                if attempt > 1 { tally.repeats += 1 }
            }
            let answer: Result<HTTPResponse, TransportError>
            do throws(TransportError) {
                let response = try await service.send(request)
                count { $0.bytes += response.body.count }
                answer = .success(response)
            } catch {
                answer = .failure(error)
            }
            guard let wait = wait(after: attempt, answer, request), waited + wait <= rule.budget else {
                return try answer.get()
            }
            waited += wait
            do {
                try await sleep(wait)
            } catch {
                throw TransportError(.cancelled, request)
            }
        }
        throw TransportError(.cancelled, request)
    }

    private func count(_ body: (inout Tally) -> Void) {
        counts.withLock { body(&$0) }
    }

    /// How long to wait before the next attempt; nil when there is to be none.
    private func wait(
        after attempt: Int, _ answer: Result<HTTPResponse, TransportError>, _ request: HTTPRequest
    ) -> Duration? {
        guard request.isRepeatable, attempt < rule.attempts else { return nil }
        switch answer {
        case .success(let response):
            guard RetryRule.invitesRetry(response) else { return nil }
            return RetryRule.statedWait(response, now: now())
                ?? rule.wait(after: attempt, share: share(), atLeast: response.throttle?.wait)
        case .failure(let error):
            return error.isPassing ? rule.wait(after: attempt, share: share()) : nil
        }
    }
}
