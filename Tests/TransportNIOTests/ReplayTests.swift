import LoopbackServer
import Testing
import Transport
import TransportNIO

@Suite struct ReplayTests {
    private static func run(
        _ exchanges: [Replay.Exchange], _ requests: [(String, HTTPHeaders)]
    ) async throws -> (statuses: [Int], complaints: [String]) {
        let replay = Replay(exchanges)
        let statuses = try await LoopbackServer.replaying(replay) { server in
            try await NetworkService.using { service in
                var statuses: [Int] = []
                for (path, headers) in requests {
                    statuses.append(
                        try await service.send(HTTPRequest(.get, server.address + path, headers: headers))
                            .status)
                }
                return statuses
            }
        }
        return (statuses, replay.complaints)
    }

    @Test func `recorded exchanges are replayed in any order`() async throws {
        let run = try await Self.run(
            [
                .init("GET", "/a", query: ["x": "1", "y": "2"], headers: ["authorization": "t"], json: "{}"),
                .init("GET", "/b", replies: [Reply(500), Reply(201)]),
            ],
            [("/b", [:]), ("/a?y=2&x=1", ["Authorization": "t"]), ("/b", [:]), ("/b", [:])])
        #expect(run.statuses == [500, 200, 201, 201] && run.complaints.isEmpty, "\(run.complaints)")
    }

    @Test func `what was not recorded, or not asked for, is complained of`() async throws {
        let run = try await Self.run(
            [
                .init("GET", "/a", headers: ["authorization": "t"], json: "{}"),
                .init("GET", "/b", json: "{}"),
            ],
            [("/a", ["authorization": "other"]), ("/c", [:])])
        #expect(run.statuses == [200, 599] && run.complaints.count == 3, "\(run.complaints)")
    }
}
