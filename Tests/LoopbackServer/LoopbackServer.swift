import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What a client sent, whole.
package struct ReceivedRequest: Sendable {
    package let method: String
    /// As it stood in the request line.
    package let target: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package var path: String { String(target.prefix { $0 != "?" }) }
    package var query: String { String(target.dropFirst(path.count + 1)) }

    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// What the server does with a request.
package struct Reply: Sendable {
    package enum Manner: Sendable, Hashable {
        case whole
        /// The connection is closed after the head and this many bytes of the body.
        case cut(after: Int)
        /// Nothing more comes after the head and this many bytes of the body; the connection stays open.
        case stalled(after: Int)
        /// The body comes byte by byte, with such a pause before each.
        case dripping(Duration)
        /// No answer; the connection stays open.
        case silence
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var manner: Manner

    package init(
        _ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        manner: Manner = .whole
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.manner = manner
    }

    package init(_ status: Int, headers: [(name: String, value: String)] = [], text: String) {
        self.init(status, headers: headers, body: Array(text.utf8))
    }
}

/// An HTTP/1.1 server on 127.0.0.1, on a port that the system picks.
package struct LoopbackServer: Sendable {
    /// A certificate with its key, both in PEM form.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String
        /// Only clients of this authority may talk; nil lets everybody.
        package var clients: String?

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package typealias Answer = @Sendable (ReceivedRequest) async -> Reply

    package let port: Int
    private let isSecure: Bool

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT` with an identity.
    package var address: String { isSecure ? "https://localhost:\(port)" : "http://127.0.0.1:\(port)" }

    /// Serves while the body runs.
    package static func serving<Result: Sendable>(
        identity: Identity? = nil, _ answer: @escaping Answer,
        while body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let context = try identity.map { try NIOSSLContext(configuration: tls($0)) }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Conversation(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = LoopbackServer(port: channel.localAddress?.port ?? 0, isSecure: identity != nil)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private static func tls(_ identity: Identity) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        if let clients = identity.clients {
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(clients.utf8)))
            configuration.certificateVerification = .noHostnameVerification
        }
        return configuration
    }
}

/// One connection: gathers a request, asks for the answer, writes it.
private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: LoopbackServer.Answer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ answer: @escaping LoopbackServer.Answer) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer): body += buffer.readableBytesView
        case .end: respond(context)
        }
    }

    private func respond(_ context: ChannelHandlerContext) {
        guard let head else { return }
        let request = ReceivedRequest(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { (name: $0.name, value: $0.value) }, body: body)
        Self.converse(request, answer, context.channel)
    }

    private static func converse(
        _ request: ReceivedRequest, _ answer: @escaping LoopbackServer.Answer, _ channel: any Channel
    ) {
        _ = channel.eventLoop.makeFutureWithTask {
            await write(await answer(request), to: channel, isHead: request.method == "HEAD")
        }
    }

    private static func write(_ reply: Reply, to channel: any Channel, isHead: Bool) async {
        if reply.manner == .silence { return }
        var headers = HTTPHeaders(reply.headers.map { ($0.name, $0.value) })
        if !headers.contains(name: "content-length"), !headers.contains(name: "transfer-encoding") {
            headers.add(name: "content-length", value: "\(reply.body.count)")
        }
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
        do {
            try await channel.writeAndFlush(HTTPServerResponsePart.head(head))
            if !isHead { try await write(reply.body, reply.manner, to: channel) }
            switch reply.manner {
            case .whole, .dripping: try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
            case .cut: try await channel.close()
            case .stalled, .silence: break
            }
        } catch {
            // The client has gone: that is its affair, and the test will say so.
        }
    }

    private static func write(_ body: [UInt8], _ manner: Reply.Manner, to channel: any Channel) async throws {
        var pieces = [body[...]]
        switch manner {
        case .cut(let count), .stalled(let count): pieces = [body.prefix(count)]
        case .dripping: pieces = body.indices.map { body[$0...$0] }
        case .whole, .silence: break
        }
        for piece in pieces where !piece.isEmpty {
            if case .dripping(let pause) = manner { try await Task.sleep(for: pause) }
            try await channel.writeAndFlush(
                HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: piece))))
        }
    }
}
