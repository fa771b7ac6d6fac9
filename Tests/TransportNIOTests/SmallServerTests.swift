import NIOCore
import NIOPosix
import Testing
import TransportNIO

/// What a small server does with those who take more of it than a request and an answer.
@Suite(.timeLimit(.minutes(1))) struct SmallServerTests {
    private static func serving<Result: Sendable>(
        patience: Duration = .seconds(30), connections: Int = 8, _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let server = SmallServer(limit: 1_000, patience: patience, connections: connections) {
            _, path, sent in
            (200, "text/plain", Array(path.utf8) + sent)
        }
        let (ports, told) = AsyncStream<Int>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run(host: "127.0.0.1", port: 0) { told.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next()
            let result = try await body(try #require(port))
            group.cancelAll()
            return result
        }
    }

    private static func connect(_ port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// What the server says until it closes the connection.
    private static func answer(to pieces: [String], _ port: Int) async throws -> String {
        let client = try await connect(port)
        return try await client.executeThenClose { inbound, outbound in
            var said = ""
            do {
                for piece in pieces { try await outbound.write(ByteBuffer(string: piece)) }
                for try await buffer in inbound { said += String(buffer: buffer) }
            } catch {
                // Closed while we were speaking.
            }
            return said
        }
    }

    /// What the server says until it closes the connection, to somebody who sends byte after byte till then.
    private static func answer(toEndless start: String, _ port: Int) async throws -> String {
        let client = try await connect(port)
        return try await client.executeThenClose { inbound, outbound in
            await withThrowingTaskGroup(of: Void.self) { group in
                // Fails once the server has closed the connection, which is no matter here.
                group.addTask {
                    try await outbound.write(ByteBuffer(string: start))
                    while !Task.isCancelled {
                        try await outbound.write(ByteBuffer(string: "x"))
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                var said = ""
                do {
                    for try await buffer in inbound { said += String(buffer: buffer) }
                } catch {
                    // Closed while we were speaking.
                }
                group.cancelAll()
                return said
            }
        }
    }

    private static let request = "GET /a HTTP/1.1\r\nhost: a\r\n\r\n"
    private static let last = "GET /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    private static let head = "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n"

    @Test(arguments: ["", "POST /a HT", head, head + "ab"])
    func `who sends no whole request is left when the patience is over`(_ part: String) async throws {
        try await Self.serving(patience: .milliseconds(200)) { port in
            let said = try await Self.answer(to: [part], port)
            #expect(!said.contains("200 OK"))
        }
    }

    /// A server that gave more time for each byte would say, after many seconds, that there are too many.
    @Test func `who sends a request byte by byte gets no more time`() async throws {
        let endless = Self.head.replacing("content-length: 100", with: "content-length: 1000000")
        let said = try await Self.serving(patience: .milliseconds(200)) { port in
            try await Self.answer(toEndless: endless, port)
        }
        #expect(said.isEmpty, "\(said)")
    }

    @Test func `a connection is kept for further requests, though not for ever`() async throws {
        var said = ""
        // On a busy machine the patience may be over before both requests are read: then there is more of it.
        for patience in [500, 5_000, 20_000] where said.split(separator: "200 OK").count != 3 {
            said = try await Self.serving(patience: .milliseconds(patience)) { port in
                try await Self.answer(to: [Self.request, Self.request], port)
            }
        }
        #expect(said.split(separator: "200 OK").count == 3, "\(said)")
    }

    @Test func `connections beyond the limit are closed, and taken again when there is room`() async throws {
        try await Self.serving(connections: 1) { port in
            let first = try await Self.connect(port)
            try await first.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Self.request))
                var iterator = inbound.makeAsyncIterator()
                let answer = try await iterator.next().map { String(buffer: $0) } ?? ""
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
                let second = try await Self.answer(to: [Self.last], port)
                #expect(second.isEmpty, "\(second)")
            }
            var third = ""
            for _ in 0..<100 where third.isEmpty {
                third = try await Self.answer(to: [Self.last], port)
                if third.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(third.hasPrefix("HTTP/1.1 200 OK"), "\(third)")
        }
    }
}
