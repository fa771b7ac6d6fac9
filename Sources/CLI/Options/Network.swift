import Transport
import Workspaces

#if canImport(TransportNIO)
    import TransportNIO
#endif

/// The network, for those commands that ask somebody outside.
enum Network {
    struct None: Error, CustomStringConvertible {
        let description = "this program was built without a network"
    }

    /// Runs with a way to send something to an address.
    static func exchanging<Result: Sendable>(
        _ body: (@escaping Exchange) async throws -> Result
    ) async throws -> Result {
        #if canImport(TransportNIO)
            return try await NetworkService.using { service in
                try await body { address, type, bytes in
                    let request = HTTPRequest(
                        .post, address, headers: ["content-type": type], body: bytes,
                        limits: HTTPLimits(time: .seconds(30), bytes: 1 << 18))
                    let answer = try await service.send(request)
                    return (answer.status, answer.headers["content-type"], answer.body)
                }
            }
        #else
            throw None()
        #endif
    }
}
