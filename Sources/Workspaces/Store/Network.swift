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

    /// What takes log messages from the network; nil where this program was built without one.
    static var logListener: (any LogListener)? {
        #if WITHOUT_NETWORK
            return nil
        #else
            return LogReceiver()
        #endif
    }

    /// Runs with a way to send something to an address: to witnesses and time-stamping authorities.
    package static func exchanging<Result: Sendable>(
        _ body: (@escaping Exchange) async throws -> Result
    ) async throws -> Result {
        try await using { services in
            try await body { address, type, bytes in
                let request = HTTPRequest(
                    .post, address, headers: ["content-type": type], body: bytes,
                    limits: HTTPLimits(time: .seconds(30), bytes: 1 << 18))
                let answer = try await services.http.send(request)
                return (answer.status, answer.headers["content-type"], answer.body)
            }
        }
    }
}
