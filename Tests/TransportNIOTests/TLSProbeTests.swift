import NIOCore
import NIOPosix
import Testing
import Transport
import TransportNIO

/// Handshakes with a server that takes connections and says nothing.
@Suite(.timeLimit(.minutes(1))) struct TLSProbeTests {
    /// Tells when somebody has connected.
    private static func silent(_ body: (_ port: Int, _ met: AsyncStream<Void>) async throws -> Void)
        async throws
    {
        let (met, said) = AsyncStream<Void>.makeStream()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                said.yield()
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(server.localAddress?.port ?? 0, met)
            try await server.close()
        } catch {
            try? await server.close()
            throw error
        }
    }

    private static func reason(_ body: () async throws -> Void) async -> TransportError.Reason? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? TransportError)?.reason
        }
    }

    @Test func `a handshake is left when the time is over`() async throws {
        try await Self.silent { port, _ in
            try await NetworkService.using { service in
                let reason = await Self.reason {
                    _ = try await service.accepts(
                        .tls12, host: "127.0.0.1", port: port, limit: .milliseconds(300))
                }
                #expect(reason == .timedOut(.milliseconds(300)))
            }
        }
    }

    @Test(arguments: [false, true]) func `a handshake is left when the task is cancelled`(
        _ isForCertificate: Bool
    ) async throws {
        try await Self.silent { port, met in
            try await NetworkService.using { service in
                let task = Task {
                    if isForCertificate {
                        _ = try await service.certificate(
                            host: "127.0.0.1", port: port, limit: .seconds(3_600))
                    } else {
                        _ = try await service.accepts(
                            .tls12, host: "127.0.0.1", port: port, limit: .seconds(3_600))
                    }
                }
                for await _ in met { break }
                task.cancel()
                let reason = await Self.reason { try await task.value }
                #expect(reason == .cancelled)
            }
        }
    }

    @Test func `a task that is cancelled before makes no handshake`() async throws {
        try await Self.silent { port, _ in
            try await NetworkService.using { service in
                let task = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return try await service.accepts(
                        .tls12, host: "127.0.0.1", port: port, limit: .seconds(3_600))
                }
                task.cancel()
                let reason = await Self.reason { _ = try await task.value }
                #expect(reason == .cancelled)
            }
        }
    }
}
