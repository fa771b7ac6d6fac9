package import Formats
import Foundation
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
package import Transport

/// Listens for log messages: datagrams, and streams in clear or over TLS 1.2 or later.
package struct LogReceiver: LogListener {
    private let connectionLimit: Int
    /// What the system may hold for us while we are busy.
    private static let socketBuffer = ChannelOptions.Types.SocketOption.Value(4 << 20)

    /// - Parameter connections: so many at one time; further ones are closed, and that is a loss.
    package init(connections: Int = 256) {
        connectionLimit = connections
    }

    package func listen(
        _ endpoint: LogEndpoint, now: @escaping @Sendable () -> Instant,
        take: @escaping @Sendable (LogNotice) async throws -> Void
    ) async throws {
        let waiting = WaitingDatagrams(limit: endpoint.waiting, longest: endpoint.longest, now: now)
        // Whatever ends this, it lets go of its ports: somebody may try again.
        let datagrams = try await endpoint.udp.asyncMap { try await Self.bind(endpoint.address, $0, waiting) }
        defer { datagrams?.close(promise: nil) }
        let clear = try await endpoint.tcp.asyncMap { try await Self.serve(endpoint.address, $0, nil) }
        defer { clear?.channel.close(promise: nil) }
        let secure = try await endpoint.tls.asyncMap {
            try await Self.serve(endpoint.address, $0.port, try Self.context($0))
        }
        defer { secure?.channel.close(promise: nil) }
        let port = datagrams?.localAddress?.port
        try await take(
            .began(
                udp: port, tcp: clear?.channel.localAddress?.port, tls: secure?.channel.localAddress?.port))
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if datagrams != nil {
                    group.addTask { await Self.drain(waiting, port: port ?? 0, take) }
                }
                for (streams, name) in [(clear, "tcp"), (secure, "tls")] {
                    guard let streams else { continue }
                    group.addTask {
                        let open = OpenConnections(limit: connectionLimit)
                        try await Self.converse(streams, name, endpoint.longest, open, now, take)
                    }
                }
                // With one port gone the others must not look as if all was well.
                _ = try await group.next()
                group.cancelAll()
            }
        } onCancel: {
            waiting.end()
            datagrams?.close(promise: nil)
            clear?.channel.close(promise: nil)
            secure?.channel.close(promise: nil)
        }
    }

    // MARK: Datagrams

    private static func bind(_ address: String, _ port: Int, _ waiting: WaitingDatagrams) async throws
        -> any Channel
    {
        try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: socketBuffer)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(waiting))
                }
            }
            .bind(host: address, port: port).get()
    }

    private static func drain(
        _ waiting: WaitingDatagrams, port: Int, _ take: @Sendable (LogNotice) async throws -> Void
    ) async {
        var dropped = kernelDrops(port)
        for await _ in waiting.signals {
            let (messages, overflow, tooLong) = waiting.takeAll()
            // What cannot be taken must not keep out what comes next. Who takes messages counts those it cannot.
            if !messages.isEmpty { try? await take(.arrived(messages)) }
            if overflow > 0 { try? await take(.lost(overflow, "more datagrams came than could wait")) }
            if tooLong > 0 { try? await take(.lost(tooLong, "datagrams longer than allowed")) }
            let drops = kernelDrops(port)
            if drops > dropped {
                try? await take(.lost(drops - dropped, "datagrams that the system dropped"))
            }
            dropped = drops
        }
    }

    /// Datagrams that the kernel has dropped before a socket on this port (the last column of /proc/net/udp).
    static func kernelDrops(_ port: Int) -> Int {
        let hex = String(port, radix: 16, uppercase: true)
        let ending = ":" + String(repeating: "0", count: 4 - hex.count) + hex
        return ["/proc/net/udp", "/proc/net/udp6"].reduce(0) { sum, path in
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").dropFirst().reduce(sum) { sum, line in
                let words = line.split(separator: " ")
                guard words.count > 4, words[1].hasSuffix(ending) else { return sum }
                return sum + (Int(words[words.count - 1]) ?? 0)
            }
        }
    }

    // MARK: Streams

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static func context(_ tls: LogEndpoint.TLS) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(tls.certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(tls.key.utf8), format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        if let authority = tls.clientAuthority {
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
            configuration.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// - Parameter context: of TLS; nil for streams in clear.
    private static func serve(_ address: String, _ port: Int, _ context: NIOSSLContext?) async throws
        -> NIOAsyncChannel<Connection, Never>
    {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A peer that is gone without a word frees its place after two minutes: 60 s, and six times 10 s.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 60)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 10)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 6)
            .bind(host: address, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }

    private static func converse(
        _ server: NIOAsyncChannel<Connection, Never>, _ transport: String, _ longest: Int,
        _ open: OpenConnections, _ now: @escaping @Sendable () -> Instant,
        _ take: @escaping @Sendable (LogNotice) async throws -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    guard open.enter() else {
                        try? await connection.channel.close()
                        // What it wanted to say is lost; how much that is, nobody knows.
                        try? await take(
                            .lost(1, "a connection beyond the \(open.limit) that may be open was closed"))
                        continue
                    }
                    group.addTask {
                        // One sender's fault must not end the others'. Who takes messages counts those it cannot.
                        try? await read(connection, transport, longest, now, take)
                        open.leave()
                    }
                }
            }
        }
    }

    private static func read(
        _ connection: Connection, _ transport: String, _ longest: Int, _ now: @Sendable () -> Instant,
        _ take: @Sendable (LogNotice) async throws -> Void
    ) async throws {
        let sender = connection.channel.remoteAddress?.ipAddress ?? "unknown"
        var framing = LogFraming(longest: longest)
        try? await connection.executeThenClose { inbound, _ in
            for try await buffer in inbound {
                let arrivals = framing.append(buffer.readableBytesView).map {
                    LogArrival(at: now(), sender: sender, transport: transport, bytes: $0)
                }
                if !arrivals.isEmpty { try await take(.arrived(arrivals)) }
                let tooLong = framing.takeTooLong()
                if tooLong > 0 { try await take(.lost(tooLong, "messages longer than allowed")) }
                if framing.isBroken { return }
            }
        }
        if framing.isBroken {
            try await take(.lost(1, "a connection that sent neither counted messages nor lines was closed"))
        } else if framing.isUnfinished {
            try await take(.lost(1, "a connection ended in the middle of a message"))
        }
    }
}

extension Optional where Wrapped: Sendable {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        if let self { try await body(self) } else { nil }
    }
}

/// Datagrams between the network and whoever makes them durable: so many at most.
private final class WaitingDatagrams: Sendable {
    private struct State {
        var messages: [LogArrival] = []
        var overflow = 0
        var tooLong = 0
    }

    private let limit: Int
    private let longest: Int
    private let now: @Sendable () -> Instant
    private let state = Mutex(State())
    /// Something waits.
    let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(limit: Int, longest: Int, now: @escaping @Sendable () -> Instant) {
        self.limit = limit
        self.longest = longest
        self.now = now
        (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ bytes: [UInt8], from sender: String) {
        let arrival = LogArrival(at: now(), sender: sender, transport: "udp", bytes: bytes)
        state.withLock { state in
            if bytes.count > longest {
                state.tooLong += 1
            } else if state.messages.count >= limit {
                state.overflow += 1
            } else {
                state.messages.append(arrival)
            }
        }
        signal.yield()
    }

    func takeAll() -> (messages: [LogArrival], overflow: Int, tooLong: Int) {
        state.withLock { state in
            defer { state = State() }
            return (state.messages, state.overflow, state.tooLong)
        }
    }

    func end() { signal.finish() }
}

private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let waiting: WaitingDatagrams

    init(_ waiting: WaitingDatagrams) {
        self.waiting = waiting
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        waiting.add(
            Array(envelope.data.readableBytesView), from: envelope.remoteAddress.ipAddress ?? "unknown")
    }
}
