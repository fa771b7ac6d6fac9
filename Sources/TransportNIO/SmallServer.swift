import NIOCore
import NIOHTTP1
import NIOPosix

/// A server for few and small requests: each is read whole, answered, and its connection closed when asked.
///
/// Speaks HTTP/1.1 without TLS; put it behind a proxy that has a certificate.
package struct SmallServer: Sendable {
    /// What an answer is made of.
    package typealias Answer = (status: Int, type: String, body: [UInt8])
    package typealias Handler = @Sendable (_ method: String, _ path: String, _ body: [UInt8]) async -> Answer

    /// The longest request that is read.
    private let limit: Int
    private let patience: TimeAmount
    private let connectionLimit: Int
    private let handler: Handler

    /// - Parameters:
    ///   - limit: the longest request that is read.
    ///   - patience: a connection on which no whole request comes for so long, or no answer can be written, is closed.
    ///   - connections: so many at one time; further ones are closed.
    package init(
        limit: Int, patience: Duration = .seconds(30), connections: Int = 64, _ handler: @escaping Handler
    ) {
        self.limit = limit
        self.patience = TimeAmount(patience)
        connectionLimit = connections
        self.handler = handler
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - started: told the port once connections are taken.
    package func run(host: String, port: Int, started: (Int) -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        started(server.channel.localAddress?.port ?? port)
        let open = OpenConnections(limit: connectionLimit)
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    guard open.enter() else {
                        try? await connection.executeThenClose { _, _ in }
                        continue
                    }
                    group.addTask {
                        try? await converse(connection)
                        open.leave()
                    }
                }
            }
        }
    }

    private func converse(
        _ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    ) async throws {
        let channel = connection.channel
        try await connection.executeThenClose { inbound, outbound in
            // Runs from one whole request to the next: who sends a byte now and then is no better than who sends none.
            var end = closing(channel)
            defer { end.cancel() }
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let started):
                    head = started
                    body = []
                case .body(let buffer):
                    guard body.count + buffer.readableBytes <= limit else {
                        try await write((413, "text/plain", []), to: outbound, keepsOpen: false)
                        return
                    }
                    body += buffer.readableBytesView
                case .end:
                    guard let head else { return }
                    end.cancel()
                    end = closing(channel)
                    let path = String(head.uri.prefix { $0 != "?" })
                    let answer = await handler(head.method.rawValue, path, body)
                    try await write(answer, to: outbound, keepsOpen: head.isKeepAlive)
                    if !head.isKeepAlive { return }
                }
            }
        }
    }

    /// Closes a connection when the patience is over, unless it is cancelled before.
    private func closing(_ channel: any Channel) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }

    private func write(
        _ answer: Answer, to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, keepsOpen: Bool
    ) async throws {
        let headers: HTTPHeaders = [
            "content-type": answer.type, "content-length": "\(answer.body.count)",
            "connection": keepsOpen ? "keep-alive" : "close",
        ]
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        try await outbound.write(.head(head))
        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: answer.body))))
        try await outbound.write(.end(nil))
    }
}
