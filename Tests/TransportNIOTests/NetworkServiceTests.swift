import Foundation
import LoopbackServer
import TestSupport
import Testing
import Transport
import TransportNIO

@Suite struct NetworkServiceTests {
    /// Sends one request to a server with this answer.
    private static func send(
        identity: LoopbackServer.Identity? = nil, authority: String? = nil, path: String = "/",
        _ change: @escaping @Sendable (inout HTTPRequest) -> Void = { _ in },
        answer: @escaping LoopbackServer.Answer
    ) async throws -> HTTPResponse {
        try await LoopbackServer.serving(identity: identity, answer) { server in
            try await NetworkService.using(authority: authority) { service in
                var request = HTTPRequest(.get, server.address + path)
                change(&request)
                return try await service.send(request)
            }
        }
    }

    private static func reason(_ body: () async throws -> HTTPResponse) async throws -> TransportError.Reason
    {
        do {
            let response = try await body()
            Issue.record("an answer with status \(response.status)")
        } catch let error as TransportError {
            return error.reason
        }
        return .noNetwork
    }

    @Test func `a request arrives as it was made, and the answer comes back whole`() async throws {
        let response = try await Self.send(
            path: "/a%2Fb?x=1&y=%20",
            {
                $0.method = .post
                $0.headers.add("x-one", "1")
                $0.body = Array("hello".utf8)
            },
            answer: { request in
                let text = "\(request.method) \(request.target) \(request.header("X-One") ?? "") "
                return Reply(
                    418, headers: [(name: "x-two", value: "2"), (name: "x-two", value: "3")],
                    body: Array(text.utf8) + request.body)
            })
        #expect(response.status == 418 && response.headers.all("X-Two") == ["2", "3"])
        #expect(String(decoding: response.body, as: UTF8.self) == "POST /a%2Fb?x=1&y=%20 1 hello")
    }

    @Test func `an answer may be as long as the limit and no longer`() async throws {
        let exact = try await Self.send({ $0.limits.bytes = 1_000 }) { _ in
            Reply(200, body: .init(repeating: 1, count: 1_000))
        }
        #expect(exact.body.count == 1_000)
        let reason = try await Self.reason {
            try await Self.send({ $0.limits.bytes = 1_000 }) { _ in
                Reply(200, body: .init(repeating: 1, count: 1_001))
            }
        }
        #expect(reason == .tooLong(1_000))
        let chunked = try await Self.reason {
            try await Self.send({ $0.limits.bytes = 1_000 }) { _ in
                Reply(
                    200, headers: [(name: "transfer-encoding", value: "chunked")],
                    body: .init(repeating: 1, count: 1_001))
            }
        }
        #expect(chunked == .tooLong(1_000))
    }

    @Test func `a silent server is left when the time is over`() async throws {
        let reason = try await Self.reason {
            try await Self.send({ $0.limits.time = .milliseconds(300) }) { _ in Reply(200, manner: .silence) }
        }
        #expect(reason == .timedOut(.milliseconds(300)))
    }

    @Test(arguments: [Reply.Manner.stalled(after: 0), .stalled(after: 50), .dripping(.milliseconds(50))])
    func `a server whose head comes and whose body does not is left when the time is over`(
        manner: Reply.Manner
    ) async throws {
        let reason = try await Self.reason {
            try await Self.send({ $0.limits.time = .milliseconds(300) }) { _ in
                Reply(200, body: .init(repeating: 1, count: 100), manner: manner)
            }
        }
        #expect(reason == .timedOut(.milliseconds(300)))
    }

    @Test func `an answer that breaks off is no answer`() async throws {
        let reason = try await Self.reason {
            try await Self.send { _ in
                Reply(200, body: .init(repeating: 1, count: 100), manner: .cut(after: 50))
            }
        }
        guard case .broken = reason else {
            Issue.record("\(reason)")
            return
        }
    }

    @Test func `redirects come back as answers`() async throws {
        let response = try await Self.send { _ in
            Reply(302, headers: [(name: "location", value: "http://127.0.0.1:1/")])
        }
        #expect(response.status == 302 && response.headers["location"] == "http://127.0.0.1:1/")
    }

    @Test func `nobody at the port is unreachable`() async throws {
        let port = try RealServer.freePort()
        let address = "http://127.0.0.1:\(port)/"
        let reason = try await Self.reason {
            try await NetworkService.using { try await $0.send(HTTPRequest(.get, address)) }
        }
        guard case .unreachable = reason else {
            Issue.record("\(reason)")
            return
        }
    }

    @Test(arguments: [
        "localhost", "https://a:b@localhost/", "ftp://localhost/", "https://local host/",
        "http://localhost:70000/",
    ])
    func `what is no address is not sent`(url: String) async throws {
        let reason = try await Self.reason {
            try await NetworkService.using { try await $0.send(HTTPRequest(.get, url)) }
        }
        #expect(reason == .badAddress)
    }

    // MARK: TLS

    private static func authority() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/authority-" + UUID().uuidString + ".pem"
        try Data(TestCertificates.authority.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `a server of a named authority is trusted`() async throws {
        let authority = try Self.authority()
        defer { try? FileManager.default.removeItem(atPath: authority) }
        let response = try await Self.send(identity: TestCertificates.localhost, authority: authority) { _ in
            Reply(200, text: "ok")
        }
        #expect(response.status == 200 && response.body == Array("ok".utf8))
    }

    @Test(arguments: ["unknown authority", "another name", "expired"])
    func `a server that does not prove who it is gets no request`(fault: String) async throws {
        let authority = try Self.authority()
        defer { try? FileManager.default.removeItem(atPath: authority) }
        let identity =
            switch fault {
            case "another name": TestCertificates.elsewhere
            case "expired": TestCertificates.expired
            default: TestCertificates.localhost
            }
        let trusted = fault == "unknown authority" ? nil : authority
        let reason = try await Self.reason {
            try await Self.send(identity: identity, authority: trusted) { _ in
                Issue.record("the server was asked")
                return Reply(200)
            }
        }
        guard case .untrusted = reason else {
            Issue.record("\(reason)")
            return
        }
    }

    @Test func `an authority's file that holds none is refused`() async throws {
        await #expect(throws: NetworkService.SetupError.self) {
            try await NetworkService.using(authority: "/dev/null") { _ in }
        }
    }
}
