package import Transport

/// What lies outside this program, as far as connectors reach it. Tests give their own.
package struct Services: Sendable {
    package var http: any HTTPService
    package var tls: any TLSProbe
    /// Waits between two attempts.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        http: any HTTPService, tls: any TLSProbe,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.http = http
        self.tls = tls
        self.sleep = sleep
    }

    /// No network at all.
    package static let offline = Services(http: NoNetwork(), tls: NoNetwork())
}
