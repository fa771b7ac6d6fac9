import Formats
import Foundation
import LoopbackServer
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing
import Transport

@testable import TransportNIO

@Suite struct LogReceiverTests {
    private static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast

    /// What the listener tells, for a test that waits for it.
    private final class Notices: Sendable {
        private let stream: AsyncStream<LogNotice>
        private let continuation: AsyncStream<LogNotice>.Continuation

        init() {
            (stream, continuation) = AsyncStream<LogNotice>.makeStream()
        }

        func add(_ notice: LogNotice) { continuation.yield(notice) }

        /// Everything up to the notice with which enough has come.
        func until(_ isEnough: ([LogNotice]) -> Bool) async -> [LogNotice] {
            var all: [LogNotice] = []
            for await notice in stream {
                all.append(notice)
                if isEnough(all) { break }
            }
            return all
        }
    }

    private static func messages(_ notices: [LogNotice]) -> [String] {
        notices.flatMap { notice -> [String] in
            guard case .arrived(let all) = notice else { return [] }
            return all.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
    }

    private static func lost(_ notices: [LogNotice]) -> Int {
        notices.reduce(0) { if case .lost(let count, _) = $1 { $0 + count } else { $0 } }
    }

    private struct Ports {
        let udp: Int
        let tcp: Int
        let tls: Int
    }

    private struct Refused: Error {}

    /// Listens while the body runs, which gets the ports.
    /// - Parameter refusing: what cannot be taken; a loss tells of it.
    private static func listening<Result: Sendable>(
        _ endpoint: LogEndpoint, connections: Int = 256,
        refusing isRefused: @escaping @Sendable (String) -> Bool = { _ in false },
        _ body: (_ ports: Ports, Notices) async throws -> Result
    ) async throws -> Result {
        let notices = Notices()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await LogReceiver(connections: connections).listen(endpoint, now: { noon }) { notice in
                    let refused = messages([notice]).count(where: isRefused)
                    notices.add(refused == 0 ? notice : .lost(refused, "refused"))
                    if refused > 0 { throw Refused() }
                }
            }
            defer { group.cancelAll() }
            let first = await notices.until { !$0.isEmpty }
            guard case .began(let udp, let tcp, let tls) = first[0] else { throw CancellationError() }
            return try await body(Ports(udp: udp ?? 0, tcp: tcp ?? 0, tls: tls ?? 0), notices)
        }
    }

    private static func send(_ datagrams: [[UInt8]], to port: Int) async throws {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let target = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        for bytes in datagrams {
            try await channel.writeAndFlush(
                AddressedEnvelope(remoteAddress: target, data: ByteBuffer(bytes: bytes)))
        }
        try await channel.close()
    }

    /// - Parameter isClear: without TLS.
    private static func stream(_ text: String, to port: Int, isClear: Bool = false) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isClear { return }
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: nil))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text))
        // The receiver may have been first.
        do { try await channel.close() } catch ChannelError.alreadyClosed {}
    }

    private static let tls = LogEndpoint.TLS(
        port: 0, certificate: TestCertificates.localhost.certificate, key: TestCertificates.localhost.key)

    @Test func `datagrams arrive, those that are too long are counted`() async throws {
        let endpoint = LogEndpoint(udp: 0, longest: 1_000)
        let notices = try await Self.listening(endpoint) { ports, notices in
            try await Self.send(
                [Array("<1>a".utf8), Array(repeating: 0x61, count: 1_001), Array("<1>b".utf8)], to: ports.udp)
            return await notices.until { Self.messages($0).count == 2 && Self.lost($0) == 1 }
        }
        #expect(Self.messages(notices) == ["<1>a", "<1>b"])
    }

    @Test func `datagrams that find no room are counted`() async throws {
        let endpoint = LogEndpoint(udp: 0, waiting: 1)
        // As long as the first message is not durable, one more can wait; the others are lost, and none goes uncounted.
        let notices = try await Self.listening(endpoint) { ports, notices in
            try await Self.send((0..<100).map { Array("<1>\($0)".utf8) }, to: ports.udp)
            return await notices.until { Self.messages($0).count + Self.lost($0) == 100 }
        }
        #expect(Self.messages(notices).first == "<1>0")
    }

    /// Beside a stream, whose port goes on being listened on.
    @Test(.timeLimit(.minutes(1)))
    func `a datagram that could not be taken does not keep out those that come next`() async throws {
        let endpoint = LogEndpoint(udp: 0, tcp: 0)
        let notices = try await Self.listening(endpoint, refusing: { $0 == "<1>a" }) { ports, notices in
            try await Self.send([Array("<1>a".utf8)], to: ports.udp)
            let first = await notices.until { Self.lost($0) == 1 }
            try await Self.send([Array("<1>b".utf8)], to: ports.udp)
            return first + (await notices.until { !Self.messages($0).isEmpty })
        }
        #expect(Self.messages(notices) == ["<1>b"] && Self.lost(notices) == 1)
    }

    /// Of two ports one is in use: the other is let go, or nobody could ever try again.
    @Test(.timeLimit(.minutes(1)))
    func `who cannot listen on all ports holds none`() async throws {
        try await Self.listening(LogEndpoint(tcp: 0)) { ports, _ in
            let free = try await Self.listening(LogEndpoint(udp: 0)) { other, _ in other.udp }
            let endpoint = LogEndpoint(udp: free, tcp: ports.tcp)
            await #expect(throws: (any Error).self) {
                try await LogReceiver().listen(endpoint, now: { Self.noon }, take: { _ in })
            }
            // A port is let go in its own time.
            var isFree = false
            for _ in 0..<100 where !isFree {
                let bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                if let channel = try? await bootstrap.bind(host: "127.0.0.1", port: free).get() {
                    isFree = true
                    try await channel.close()
                } else {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(isFree)
        }
    }

    @Test func `counted messages over TLS arrive whole, with line ends in them`() async throws {
        let text = "<110>1 - - - - - - <A>\n</A>"
        let notices = try await Self.listening(LogEndpoint(tls: Self.tls)) { ports, notices in
            try await Self.stream("\(text.utf8.count) \(text)\(text.utf8.count) \(text)", to: ports.tls)
            return await notices.until { Self.messages($0).count == 2 }
        }
        #expect(Self.messages(notices) == [text, text])
    }

    @Test(arguments: [
        ("3 <1>5 <2>\nb3 <3>", ["<1>", "<2>\nb", "<3>"]),
        ("<1>a\n<2>b\n4 <3>c", ["<1>a", "<2>b", "<3>c"]),
    ])
    func `messages over plain TCP arrive, counted or by line`(sent: String, messages: [String]) async throws {
        let notices = try await Self.listening(LogEndpoint(tcp: 0)) { ports, notices in
            try await Self.stream(sent, to: ports.tcp, isClear: true)
            return await notices.until { Self.messages($0).count == messages.count || Self.lost($0) > 0 }
        }
        #expect(Self.messages(notices) == messages)
        let ways = notices.flatMap { notice -> [String] in
            if case .arrived(let all) = notice { all.map(\.transport) } else { [] }
        }
        #expect(Set(ways) == ["tcp"])
    }

    @Test(arguments: ["<1>a\n<2>cut", "12 <1>cut"])
    func `a plain stream that ends within a message is a loss`(sent: String) async throws {
        let notices = try await Self.listening(LogEndpoint(tcp: 0)) { ports, notices in
            try await Self.stream(sent, to: ports.tcp, isClear: true)
            return await notices.until { Self.lost($0) > 0 }
        }
        #expect(!Self.messages(notices).contains { $0.contains("cut") } && Self.lost(notices) == 1)
    }

    @Test func `a connection too many is a loss`() async throws {
        let notices = try await Self.listening(LogEndpoint(tcp: 0), connections: 0) { ports, notices in
            // The receiver may close it before all is written.
            try? await Self.stream("<1>a\n", to: ports.tcp, isClear: true)
            return await notices.until { !$0.isEmpty }
        }
        #expect(notices == [.lost(1, "a connection beyond the 0 that may be open was closed")])
    }

    @Test(arguments: ["20 <1>cut", "GET / HTTP/1.1\r\n\r\n"])
    func `a stream that breaks off or makes no sense is a loss`(text: String) async throws {
        let notices = try await Self.listening(LogEndpoint(tls: Self.tls)) { ports, notices in
            try await Self.stream(text, to: ports.tls)
            return await notices.until { Self.lost($0) > 0 }
        }
        #expect(Self.messages(notices).isEmpty && Self.lost(notices) == 1)
    }

    @Test func `who has no certificate of the named authority sends nothing`() async throws {
        var endpoint = LogEndpoint(udp: 0, tls: Self.tls)
        endpoint.tls?.clientAuthority = TestCertificates.authority
        let notices = try await Self.listening(endpoint) { ports, notices in
            try? await Self.stream("4 <1>a", to: ports.tls)
            try await Self.send([Array("<1>b".utf8)], to: ports.udp)
            return await notices.until { !Self.messages($0).isEmpty }
        }
        #expect(Self.messages(notices) == ["<1>b"])
    }

    // MARK: rsyslog as sender

    private static let withoutRsyslog =
        Tool.obstacle("rsyslogd")
        ?? (FileManager.default.fileExists(atPath: rsyslogTLS)
            ? nil : "skipped: not installed: rsyslog-openssl")

    @Test(.enabled(if: withoutRsyslog == nil, "\(withoutRsyslog ?? "")"))
    func `rsyslog sends over TLS, over plain TCP and by datagrams, and every message arrives whole`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.path + "/rsyslog-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try TestCertificates.authority.write(toFile: folder + "/ca.pem", atomically: false, encoding: .utf8)
        let long = String(repeating: "x", count: 20_000)
        let input = try RealServer.freePort()
        let endpoint = LogEndpoint(udp: 0, tcp: 0, tls: Self.tls)
        let notices = try await Self.listening(endpoint) { ports, notices in
            let configuration = """
                global(workDirectory="\(folder)" maxMessageSize="64k" defaultNetstreamDriverCAFile="\(folder)/ca.pem")
                module(load="imtcp")
                input(type="imtcp" address="127.0.0.1" port="\(input)")
                action(type="omfwd" target="localhost" port="\(ports.tls)" protocol="tcp" TCP_Framing="octet-counted"
                    template="RSYSLOG_SyslogProtocol23Format" StreamDriver="ossl" StreamDriverMode="1"
                    StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost")
                action(type="omfwd" target="127.0.0.1" port="\(ports.udp)" protocol="udp"
                    template="RSYSLOG_SyslogProtocol23Format")
                action(type="omfwd" target="127.0.0.1" port="\(ports.tcp)" protocol="tcp")
                action(type="omfwd" target="127.0.0.1" port="\(ports.tcp)" protocol="tcp"
                    TCP_Framing="octet-counted")
                """
            try configuration.write(toFile: folder + "/conf", atomically: false, encoding: .utf8)
            return try await RealServer.serving(
                try #require(Tool.path("rsyslogd")), ["-n", "-f", folder + "/conf", "-i", folder + "/pid"],
                port: input
            ) {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: input).get()
                let lines = (0..<50).map {
                    "<110>1 2026-03-01T11:59:00Z pacs app - - - n\($0).\($0 == 7 ? long : "")\n"
                }
                try await channel.writeAndFlush(ByteBuffer(string: lines.joined()))
                let found = await notices.until { Self.messages($0).count { $0.contains(" n") } >= 200 }
                try await channel.close()
                return found
            }
        }
        let messages = Self.messages(notices)
        for number in 0..<50 {
            #expect(messages.count { $0.contains(" n\(number).") } == 4, "message \(number)")
        }
        #expect(messages.count { $0.contains(long) } == 4 && Self.lost(notices) == 0)
    }

    private static let rsyslogTLS = "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so"
}
