package import Formats
import Intake
import Programs

extension Workspace {
    /// Runs with a receiver for each source that waits for messages of others.
    ///
    /// A receiver that cannot listen is tried again after a minute. That it did not listen shows in what is collected: its
    /// spool holds no word of it.
    /// - Parameter report: told what keeps a receiver from listening.
    package func receiving<Result: Sendable>(
        clock: Clock, sleep: @escaping @Sendable (Duration) async throws -> Void,
        report: @escaping @Sendable (Identifier, String) -> Void,
        while body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let sources = try currentProgram().sources.filter { $0.connector == .syslog }
        guard !clock.isSimulated, !sources.isEmpty, let listener = Network.logListener else {
            return try await body()
        }
        // What is collected before a receiver listens says that nobody does.
        let (ready, isReady) = AsyncStream<Void>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for source in sources {
                let request = request(source, clock: clock)
                group.addTask {
                    while !Task.isCancelled {
                        do {
                            try await SyslogConnector.receive(request, with: listener, sleep: sleep) {
                                isReady.yield()
                            }
                        } catch {
                            if Task.isCancelled { return }
                            report(source.id, "\(error)")
                            isReady.yield()
                        }
                        try await sleep(.seconds(60))
                    }
                }
            }
            defer { group.cancelAll() }
            var waiting = ready.makeAsyncIterator()
            for _ in sources { await waiting.next() }
            return try await body()
        }
    }
}
