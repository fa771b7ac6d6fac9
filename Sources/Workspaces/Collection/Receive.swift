package import Formats
package import Intake
import Programs

extension Workspace {
    /// Runs with receivers for the sources that wait for messages of others; a watch says which those are.
    ///
    /// - Parameters:
    ///   - report: told what keeps a receiver from listening.
    ///   - body: given nil where nothing can be heard: without a network, or when time is only played.
    package func receiving<Result: Sendable>(
        clock: Clock, sleep: @escaping @Sendable (Duration) async throws -> Void,
        report: @escaping @Sendable (Identifier, String) -> Void,
        while body: @escaping @Sendable (SyslogReceivers?) async throws -> Result
    ) async throws -> Result {
        guard !clock.isSimulated, let listener = Network.logListener else { return try await body(nil) }
        return try await SyslogReceivers.run(
            with: listener, sleep: sleep, report: report, while: body)
    }

    /// The requests of the sources that wait for messages.
    func listening(_ sources: [Source], clock: Clock) -> [CollectionRequest] {
        sources.filter { $0.connector == .syslog }.map { request($0, clock: clock) }
    }
}
