/// Sends requests and brings whole answers, within the limits of each request.
///
/// An answer of any status is an answer; redirects are answers too, because following one could carry credentials to a
/// stranger. Servers must prove who they are (RFC 9110 section 4.3.4).
package protocol HTTPService: Sendable {
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

/// Why there is no answer: where, what happened, and what would help. Never holds a query, header or body.
package struct TransportError: Error, Hashable, CustomStringConvertible {
    /// What happened.
    package enum Reason: Sendable, Hashable {
        /// Not an absolute http or https address, or with a name and password in it.
        case badAddress
        /// No connection: name, route, port.
        case unreachable(String)
        /// The server's certificate is not trusted for its name, or there is no common protocol.
        case untrusted(String)
        /// No whole answer in this time.
        case timedOut(Duration)
        /// The body is longer than this.
        case tooLong(Int)
        /// The connection broke or the peer did not speak HTTP.
        case broken(String)
        /// We were told to stop.
        case cancelled
        /// This program was built without a network.
        case noNetwork
    }

    package let reason: Reason
    /// Method and address, without the query.
    package let place: String

    package init(_ reason: Reason, _ request: HTTPRequest) {
        self.reason = reason
        place = request.description
    }

    package var description: String { "\(place): \(explanation)" }

    /// The reason in words, without the address, which may hold names.
    package var explanation: String {
        switch reason {
        case .badAddress:
            "not an address; give https://HOST/… or https://HOST:PORT/…, with a port up to 65535 and without a name "
                + "and password in it"
        case .unreachable(let what):
            "the server cannot be reached (\(what)); check the address and the network"
        case .untrusted(let what):
            "the server's identity is not trusted (\(what)); if it has a certificate of your own authority, name that "
                + "authority's file"
        case .timedOut(let limit): "no whole answer within \(limit.components.seconds) s"
        case .tooLong(let limit): "the answer is longer than \(limit) bytes"
        case .broken(let what): "the connection broke (\(what))"
        case .cancelled: "interrupted"
        case .noNetwork: "this program was built without network access"
        }
    }

    /// Whether the same request may well succeed later.
    package var isPassing: Bool {
        switch reason {
        case .unreachable, .timedOut, .broken: true
        case .badAddress, .untrusted, .tooLong, .cancelled, .noNetwork: false
        }
    }
}

/// Refuses everything: what a program has that was built without a network.
package struct NoNetwork: HTTPService {
    package init() {}

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        throw TransportError(.noNetwork, request)
    }
}
