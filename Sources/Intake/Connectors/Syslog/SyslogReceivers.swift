package import Formats
package import Transport

/// The receivers of log messages that run while something else does: one for each source that has one, no longer than it
/// does, and by its present settings.
package struct SyslogReceivers: Sendable {
    /// The sources that are to be heard from now on.
    private struct Order: Sendable {
        let requests: [CollectionRequest]
        let done: AsyncStream<Void>.Continuation
    }

    /// Ends a receiver, and tells when it has let go of its ports.
    private struct Running {
        let settings: Settings
        let stop: AsyncStream<Void>.Continuation
        let ended: AsyncStream<Void>
    }

    /// What a receiver is set up with.
    private struct Settings: Hashable {
        let parameters: [String: String]
        let secrets: [String: SecretReference]
    }

    private let orders: AsyncStream<Order>.Continuation

    /// Sees to it that these sources are heard and no others: starts, ends and restarts receivers, and returns when each
    /// listens or has said why it cannot.
    package func follow(_ requests: [CollectionRequest]) async {
        let (done, continuation) = AsyncStream<Void>.makeStream()
        orders.yield(Order(requests: requests, done: continuation))
        for await _ in done {}
    }

    /// Runs the body, which says what is to be heard, and ends every receiver with it.
    ///
    /// A receiver that cannot listen is tried again after a minute. That it did not listen shows in what is collected: its
    /// spool holds no word of it.
    /// - Parameter report: told what keeps a receiver from listening.
    package static func run<Result: Sendable>(
        with listener: any LogListener, sleep: @escaping @Sendable (Duration) async throws -> Void,
        report: @escaping @Sendable (Identifier, String) -> Void,
        while body: @escaping @Sendable (SyslogReceivers) async throws -> Result
    ) async throws -> Result {
        let (orders, continuation) = AsyncStream<Order>.makeStream()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { continuation.finish() }
                return try await body(SyslogReceivers(orders: continuation))
            }
            var running: [Identifier: Running] = [:]
            for await order in orders {
                let wanted = Dictionary(order.requests.map { ($0.source, $0) }) { first, _ in first }
                for (source, receiver) in running where receiver.settings != wanted[source].map(settings) {
                    running[source] = nil
                    receiver.stop.finish()
                    for await _ in receiver.ended {}
                }
                for (source, request) in wanted where running[source] == nil {
                    let (stopped, stop) = AsyncStream<Void>.makeStream()
                    let (ended, end) = AsyncStream<Void>.makeStream()
                    let (ready, isReady) = AsyncStream<Void>.makeStream()
                    group.addTask {
                        defer { end.finish() }
                        await receive(request, with: listener, sleep: sleep, until: stopped) { reason in
                            if let reason { report(source, reason) }
                            isReady.finish()
                        }
                        isReady.finish()
                        return nil
                    }
                    running[source] = Running(settings: settings(request), stop: stop, ended: ended)
                    for await _ in ready {}
                }
                order.done.finish()
            }
            while let result = try await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            throw CancellationError()
        }
    }

    private static func settings(_ request: CollectionRequest) -> Settings {
        Settings(
            parameters: request.parameters, secrets: request.secrets)
    }

    /// Listens until the stream ends, again and again.
    /// - Parameter began: called with nil once messages can be sent, or with what keeps them from it.
    private static func receive(
        _ request: CollectionRequest, with listener: any LogListener,
        sleep: @escaping @Sendable (Duration) async throws -> Void, until stopped: AsyncStream<Void>,
        began: @escaping @Sendable (String?) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // One for all attempts: what it could not put down yet must not be forgotten with one of them.
                var kept: SyslogSpool?
                while !Task.isCancelled {
                    do {
                        let spool = try kept ?? SyslogConnector.spool(request)
                        kept = spool
                        try await SyslogConnector.receive(
                            request, into: spool, with: listener, sleep: sleep
                        ) { began(nil) }
                        // Nobody waits for one that has ended of itself before it began.
                        began(nil)
                    } catch {
                        if Task.isCancelled { break }
                        began("\(error)")
                    }
                    try? await sleep(.seconds(60))
                }
                await kept?.end()
            }
            group.addTask { for await _ in stopped {} }
            await group.next()
            group.cancelAll()
        }
    }
}
