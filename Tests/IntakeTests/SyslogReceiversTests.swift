import Formats
import Foundation
import Synchronization
import Testing
import Transport

@testable import Intake

@Suite struct SyslogReceiversTests {
    /// Listens to nobody, and notes on which ports it does.
    private final class Listener: LogListener {
        struct Busy: Error, CustomStringConvertible { let description: String }

        private let ports = Mutex<Set<Int>>([])
        private let history = Mutex<[String]>([])

        var listening: Set<Int> { ports.withLock { $0 } }
        var events: [String] { history.withLock { $0 } }

        func listen(
            _ endpoint: LogEndpoint, now: @escaping @Sendable () -> Instant,
            take: @escaping @Sendable (LogNotice) async throws -> Void
        ) async throws {
            let port = endpoint.udp ?? 0
            let isFree = ports.withLock { $0.insert(port).inserted }
            if !isFree || port == 13 { throw Busy(description: "port \(port) is in use") }
            history.withLock { $0.append("+\(port)") }
            defer {
                ports.withLock { _ = $0.remove(port) }
                history.withLock { $0.append("-\(port)") }
            }
            try await take(.began(udp: port, tcp: nil, tls: nil))
            let (never, end) = AsyncStream<Void>.makeStream()
            for await _ in never {}
            end.finish()
        }
    }

    /// Cannot put down the first message; the next attempt can.
    private final class Unlucky: LogListener {
        private let folder: String
        private let isAnswered: Bool
        private let attempts = Mutex(0)
        private let done: AsyncStream<Void>.Continuation
        /// Ends when one could be put down.
        let isDone: AsyncStream<Void>

        /// - Parameter isAnswered: the next attempt brings something.
        init(_ folder: String, isAnswered: Bool) {
            self.folder = folder
            self.isAnswered = isAnswered
            (isDone, done) = AsyncStream<Void>.makeStream()
        }

        func listen(
            _ endpoint: LogEndpoint, now: @escaping @Sendable () -> Instant,
            take: @escaping @Sendable (LogNotice) async throws -> Void
        ) async throws {
            let arrival = LogArrival(at: now(), sender: "192.0.2.7", transport: "udp", bytes: [0x3C])
            let isFirst = attempts.withLock { attempts in
                attempts += 1
                return attempts == 1
            }
            try FileManager.default.removeItem(atPath: folder)
            if isFirst {
                // A file stands where the folder was.
                try Data().write(to: URL(fileURLWithPath: folder))
                return try await take(.arrived([arrival, arrival, arrival]))
            }
            if isAnswered {
                try await take(.began(udp: 1, tcp: nil, tls: nil))
                try await take(.arrived([arrival]))
            } else {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            done.finish()
            let (never, end) = AsyncStream<Void>.makeStream()
            for await _ in never {}
            end.finish()
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `what one attempt could not put down, the next one tells, or the end of them`(
        isAnswered: Bool
    ) async throws {
        let folder = Self.folder + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let request = Self.request("a", port: 1, in: folder)
        let spool = folder + "/a"
        let listener = Unlucky(spool, isAnswered: isAnswered)
        try await SyslogReceivers.run(
            with: listener,
            // No sign of life meanwhile; the next attempt comes at once.
            sleep: { span in if span < .seconds(60) { try await Self.forever(span) } },
            report: { _, _ in },
            while: { receivers in
                await receivers.follow([request])
                for await _ in listener.isDone {}
            })
        let files = try SyslogSpool.files(spool).map {
            try String(contentsOfFile: SyslogSpool.path(spool, $0), encoding: .utf8)
        }
        #expect(files.joined().contains(#""lost":3"#), "\(files)")
    }

    private static let folder = FileManager.default.temporaryDirectory.path + "/receivers-"

    private static func request(_ source: Identifier, port: Int, in folder: String) -> CollectionRequest {
        CollectionRequest(
            source: source, parameters: ["spool": "\(folder)/\(source)", "udp": "\(port)"],
            now: { Instant("2026-03-01T12:00:00Z") ?? .distantPast })
    }

    /// Waits for as long as nobody ends it.
    private static let forever: @Sendable (Duration) async throws -> Void = { _ in
        let (never, end) = AsyncStream<Void>.makeStream()
        for await _ in never {}
        end.finish()
        try Task.checkCancellation()
    }

    @Test func `receivers follow what is to be heard`() async throws {
        let folder = Self.folder + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let listener = Listener()
        let complaints = Mutex<[String]>([])
        let outcome = try await SyslogReceivers.run(
            with: listener, sleep: Self.forever,
            report: { source, reason in complaints.withLock { $0.append("\(source): \(reason)") } },
            while: { receivers in
                #expect(listener.listening.isEmpty)
                await receivers.follow([Self.request("a", port: 1, in: folder)])
                #expect(listener.listening == [1])
                // One more; the first is left alone.
                await receivers.follow([
                    Self.request("a", port: 1, in: folder), Self.request("b", port: 2, in: folder),
                ])
                #expect(listener.listening == [1, 2] && listener.events == ["+1", "+2"])
                // Other settings, even those of one that has gone.
                await receivers.follow([Self.request("a", port: 2, in: folder)])
                #expect(listener.listening == [2])
                await receivers.follow([])
                #expect(listener.listening.isEmpty)
                // One that cannot listen keeps nobody waiting.
                await receivers.follow([
                    Self.request("c", port: 13, in: folder), Self.request("d", port: 4, in: folder),
                ])
                #expect(listener.listening.contains(4))
                return 7
            })
        #expect(outcome == 7 && !listener.listening.contains(4))
        #expect(complaints.withLock { $0 } == ["c: port 13 is in use"])
    }

    @Test func `what the body throws comes out, and ends every receiver`() async throws {
        struct Enough: Error {}
        let folder = Self.folder + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let listener = Listener()
        await #expect(throws: Enough.self) {
            try await SyslogReceivers.run(
                with: listener, sleep: Self.forever, report: { _, _ in },
                while: { receivers in
                    await receivers.follow([Self.request("a", port: 1, in: folder)])
                    throw Enough()
                })
        }
        #expect(listener.events == ["+1", "-1"])
    }
}
