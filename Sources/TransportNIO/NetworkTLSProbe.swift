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
        let seen = Mutex<[NIOSSLCertificate]>([])
        var open = trust
        open.certificateVerification = .noHostnameVerification
        _ = try await handshake(open, host, port, limit) { chain in seen.withLock { $0 = chain } }
        let chain = seen.withLock { $0 }
        guard let certificate = chain.first else {
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
            distrust: isTrusted ? nil : "the name, the dates or the authority",
            chain: chain.compactMap { try? $0.toDERBytes() })
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
        // Left out unless named; servers that speak nothing newer have it.
        configuration.cipherSuites += ":RSA+3DES"
        // Who wants a certificate of the client breaks off behind its own, and has agreed to the version by then.
        let isPresented = Mutex(false)
        let isDone = try await handshake(configuration, host, port, limit) { _ in
            isPresented.withLock { $0 = true }
        }
        if isDone { return true }
        return isPresented.withLock { $0 }
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
        let group = MultiThreadedEventLoopGroup.singleton
        let connected = group.next().makePromise(of: (any Channel).self)
        ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(limit))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try watch.began(channel)
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
            .connect(host: host, port: port).cascade(to: connected)
        let isConnected = await withTaskCancellationHandler {
            await Self.follow(connected.futureResult, limit, watch)
        } onCancel: {
            watch.cancel()
            // A name that is being looked up cannot be called off.
            connected.fail(CancellationError())
        }
        switch watch.state {
        case .cancelled: throw TransportError(.cancelled, place)
        case _ where !isConnected: throw TransportError(.unreachable("no connection"), place)
        case .done: return true
        case .refused: return false
        case .nothing, .late: throw TransportError(.timedOut(limit), place)
        }
    }

    /// Waits until the connection is closed; false where there is none.
    private static func follow(
        _ connected: EventLoopFuture<any Channel>, _ limit: Duration, _ watch: HandshakeWatch.Outcome
    ) async -> Bool {
        guard let channel = try? await connected.get() else { return false }
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            watch.note(.late)
            channel.close(promise: nil)
        }
        try? await channel.closeFuture.get()
        timer.cancel()
        return true
    }
}

/// Notes how a handshake ends, and closes the connection then.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    enum State { case nothing, done, refused, late, cancelled }

    /// What the waiting task reads; the lock guards the state and the connections.
    final class Outcome: Sendable {
        private struct Held {
            var state = State.nothing
            /// Several may be tried for one name, until one of them stands.
            var channels: [any Channel] = []
        }

        private let held = Mutex(Held())
        var state: State { held.withLock { $0.state } }
        func note(_ state: State) { held.withLock { if $0.state == .nothing { $0.state = state } } }

        /// A connection is to be made; throws when nobody waits for it any more.
        func began(_ channel: any Channel) throws {
            let state = held.withLock { held in
                held.channels.append(channel)
                return held.state
            }
            if state == .cancelled { throw CancellationError() }
        }

        /// Closes what was begun.
        func cancel() {
            note(.cancelled)
            for channel in held.withLock({ $0.channels }) { channel.close(promise: nil) }
        }
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
