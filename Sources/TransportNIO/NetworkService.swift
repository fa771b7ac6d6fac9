import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Transport

/// Sends requests over the network, with HTTP/1.1 or HTTP/2 and TLS 1.2 or later.
///
/// Certificates are verified, always. Redirects are not followed, compressed answers not asked for (a small answer could
/// unfold to a huge one), cookies not kept.
package struct NetworkService: HTTPService {
    private let client: HTTPClient
    /// Whom to trust, and from which version of TLS on.
    let trust: TLSConfiguration

    /// What keeps a service from being set up.
    package enum SetupError: Error, CustomStringConvertible {
        case authority(path: String)

        package var description: String {
            switch self {
            case .authority(let path):
                "\(path): no certificates can be read from it; give a file of certificates in PEM form"
            }
        }
    }

    /// Runs with a service that is closed afterwards.
    /// - Parameter authority: file of certificates in PEM form that are trusted beside the system's.
    package static func using<Result: Sendable>(
        authority: String? = nil, _ body: (NetworkService) async throws -> Result
    ) async throws -> Result {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authority {
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(authority), !certificates.isEmpty
            else {
                throw SetupError.authority(path: authority)
            }
            tls.additionalTrustRoots = [.certificates(certificates)]
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, decompression: .disabled)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(NetworkService(client: client, trust: tls))
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    package func send(_ request: Transport.HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard URLText.parts(request.url) != nil else { throw TransportError(.badAddress, request) }
        do {
            return try await exchange(request)
        } catch {
            throw TransportError(Self.reason(error, request.limits), request)
        }
    }

    /// The whole answer within its time: the deadline of `execute` ends with the head, and a body may stall or drip.
    private func exchange(_ request: Transport.HTTPRequest) async throws -> HTTPResponse {
        try await withThrowingTaskGroup(of: HTTPResponse?.self) { group in
            group.addTask { try await answer(request) }
            group.addTask {
                try await Task.sleep(for: request.limits.time)
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            guard let first else { throw HTTPClientError.deadlineExceeded }
            return first
        }
    }

    private func answer(_ request: Transport.HTTPRequest) async throws -> HTTPResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers.fields { outgoing.headers.add(name: field.name, value: field.value) }
        if request.headers["user-agent"] == nil { outgoing.headers.add(name: "user-agent", value: "assay") }
        if !request.body.isEmpty || request.method == .post || request.method == .put {
            outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        }
        let deadline = NIODeadline.now() + TimeAmount(request.limits.time)
        let answer = try await client.execute(outgoing, deadline: deadline)
        if let length = answer.headers.first(name: "content-length").flatMap(Int.init),
            length > request.limits.bytes, request.method != .head
        {
            throw NIOTooManyBytesError(maxBytes: request.limits.bytes)
        }
        let body = try await answer.body.collect(upTo: request.limits.bytes)
        var headers = Transport.HTTPHeaders()
        for (name, value) in answer.headers { headers.add(name, value) }
        return HTTPResponse(
            status: Int(answer.status.code), headers: headers, body: Array(body.readableBytesView))
    }

    /// In our own words: those of the layers below may quote what was sent.
    private static func reason(_ error: any Error, _ limits: HTTPLimits) -> TransportError.Reason {
        switch error {
        case is NIOTooManyBytesError: .tooLong(limits.bytes)
        case is CancellationError: .cancelled
        case let error as HTTPClientError: reason(error, limits)
        case NIOSSLError.uncleanShutdown: .broken("closed without a TLS farewell")
        case is NIOSSLError: .untrusted("TLS handshake failed, usually over the certificate")
        case let error as NIOSSLExtraError:
            error == .failedToValidateHostname
                ? .untrusted("its certificate is for another name") : .untrusted("TLS handshake failed")
        case is NIOConnectionError: .unreachable("no connection")
        case let error as IOError
        where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode):
            .unreachable("error \(error.errnoCode)")
        case let error as IOError: .broken("error \(error.errnoCode)")
        case is ChannelError: .broken("closed too early")
        case is HTTPParserError: .broken("not HTTP")
        default: .broken("closed too early or not HTTP")
        }
    }

    private static func reason(_ error: HTTPClientError, _ limits: HTTPLimits) -> TransportError.Reason {
        switch error {
        case .invalidURL, .emptyHost, .emptyScheme: .badAddress
        case .cancelled: .cancelled
        case .connectTimeout, .tlsHandshakeTimeout: .unreachable("no connection in time")
        case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
            .timedOut(limits.time)
        case .remoteConnectionClosed: .broken("closed too early")
        default: .broken("the request could not be sent as it is")
        }
    }
}
