import Formats
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization
package import Transport

/// Looks at servers by beginning a TLS handshake and closing.
extension NetworkService: TLSProbe {
    package func certificate(host: String, port: Int, limit: Duration) async throws(TransportError)
        -> ServerCertificate
    {
        // Once without judgement, to see the certificate; once with it, to know whether it is trusted.
        let seen = Mutex<NIOSSLCertificate?>(nil)
        var open = trust
        open.certificateVerification = .noHostnameVerification
        _ = try await handshake(open, host, port, limit) { chain in seen.withLock { $0 = chain.first } }
        guard let certificate = seen.withLock({ $0 }) else {
            throw TransportError(.broken("no certificate was presented"), Self.place(host, port))
        }
        var closed = trust
        closed.certificateVerification = .fullVerification
        let isTrusted = try await handshake(closed, host, port, limit, nil)
        let notAfter = Self.instant(certificate.notValidAfter)
        let notBefore = Self.instant(certificate.notValidBefore)
        return ServerCertificate(
            issuer: (try? DistinguishedName.issuer(ofCertificate: certificate.toDERBytes())) ?? "",
            notBefore: notBefore, notAfter: notAfter,
            distrust: isTrusted ? nil : "the name, the dates or the authority")
    }

    package func accepts(_ version: Transport.TLSVersion, host: String, port: Int, limit: Duration)
        async throws(TransportError) -> Bool
    {
        var configuration = TLSConfiguration.makeClientConfiguration()
        let exactly: NIOSSL.TLSVersion =
            switch version {
            case .tls10: .tlsv1
            case .tls11: .tlsv11
            case .tls12: .tlsv12
            case .tls13: .tlsv13
            }
        configuration.minimumTLSVersion = exactly
        configuration.maximumTLSVersion = exactly
        configuration.certificateVerification = .noHostnameVerification
        return try await handshake(configuration, host, port, limit) { _ in }
    }

    private static func instant(_ seconds: Int) -> Instant {
        Instant(microseconds: Int64(seconds) &* 1_000_000)
    }

    private static func place(_ host: String, _ port: Int) -> Transport.HTTPRequest {
        HTTPRequest(.get, "https://\(host):\(port)")
    }

    /// Whether the handshake succeeds; throws only when there is no connection at all, or no end to it.
    /// - Parameter accept: takes the presented chain and lets everything pass; nil verifies it.
    private func handshake(
        _ configuration: TLSConfiguration, _ host: String, _ port: Int, _ limit: Duration,
        _ accept: (@Sendable ([NIOSSLCertificate]) -> Void)?
    ) async throws(TransportError) -> Bool {
        let place = Self.place(host, port)
        let name = host.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" } ? nil : host
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TransportError(.broken("TLS cannot be set up"), place)
        }
        let watch = HandshakeWatch.Outcome()
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(limit))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler: NIOSSLClientHandler
                        if let accept {
                            handler = try NIOSSLClientHandler(
                                context: context, serverHostname: name,
                                customVerificationCallback: { chain, promise in
                                    accept(chain)
                                    promise.succeed(.certificateVerified)
                                })
                        } else {
                            handler = try NIOSSLClientHandler(context: context, serverHostname: name)
                        }
                        try channel.pipeline.syncOperations.addHandler(handler)
                        try channel.pipeline.syncOperations.addHandler(HandshakeWatch(watch))
                    }
                }
                .connect(host: host, port: port).get()
        } catch {
            throw TransportError(.unreachable("no connection"), place)
        }
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            watch.note(.late)
            channel.close(promise: nil)
        }
        try? await channel.closeFuture.get()
        timer.cancel()
        switch watch.state {
        case .done: return true
        case .refused: return false
        case .nothing, .late: throw TransportError(.timedOut(limit), place)
        }
    }
}

/// Notes how a handshake ends, and closes the connection then.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    enum State { case nothing, done, refused, late }

    /// What the waiting task reads; the lock guards the state.
    final class Outcome: Sendable {
        private let held = Mutex(State.nothing)
        var state: State { held.withLock { $0 } }
        func note(_ state: State) { held.withLock { if $0 == .nothing { $0 = state } } }
    }

    private let outcome: Outcome

    init(_ outcome: Outcome) {
        self.outcome = outcome
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            outcome.note(.done)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        outcome.note(.refused)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        outcome.note(.refused)
        context.fireChannelInactive()
    }
}
