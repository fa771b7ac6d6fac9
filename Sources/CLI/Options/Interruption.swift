import Dispatch
import Glibc
import PackageCommands

/// What becomes of work when the system, or somebody at the keyboard, tells us to end (SIGTERM, SIGINT).
enum Interruption {
    /// Runs work that such a signal cancels, so that it ends what it has started and puts on record what it did not get. A
    /// second signal ends the process at once.
    ///
    /// - Returns: whether nobody told it to end.
    static func cancelling(_ work: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        let task = Task { try await work() }
        let sources = [SIGTERM, SIGINT].map { number in
            // Programs that are started meanwhile do not inherit it: each begins with the system's own way with signals.
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { exit(ExitStatus.couldNotRun) }
                task.cancel()
            }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        do {
            try await task.value
        } catch is CancellationError where task.isCancelled {}
        return !task.isCancelled
    }
}
