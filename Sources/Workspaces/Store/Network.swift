package import Intake
import Transport

#if !WITHOUT_NETWORK
    import TransportNIO
#endif

/// The network as this program was built with it.
package enum Network {
    /// Runs with what connectors reach outside; connections are closed afterwards.
    /// - Parameter authority: file of certificates in PEM form that are trusted beside the system's.
    package static func using<Result: Sendable>(
        authority: String? = nil, _ body: (Services) async throws -> Result
    ) async throws -> Result {
        #if WITHOUT_NETWORK
            return try await body(.offline)
        #else
            return try await NetworkService.using(authority: authority) { service in
                try await body(Services(http: service, tls: service))
            }
        #endif
    }
}
