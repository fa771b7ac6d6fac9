import Evidence
import Formats
import Intake
import LoopbackServer
import Synchronization
import Testing
import Transport
import TransportNIO

/// Connectors over a real network, against recorded exchanges.
@Suite struct ConnectorTests {
    private static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast

    private static func collect(
        _ connector: some Connector, _ parameters: [String: String], kinds: [Identifier],
        secrets: [String: SecretReference] = [:], authority: String? = nil
    ) async throws -> [BatchDraft] {
        let drafts = Mutex<[BatchDraft]>([])
        try await NetworkService.using(authority: authority) { service in
            let request = CollectionRequest(
                source: "here", parameters: parameters, secrets: secrets, kinds: kinds, freshness: .hours(24),
                services: Services(http: service, tls: service, sleep: { _ in }), now: { noon })
            try await connector.collect(request) { delivery in drafts.withLock { $0.append(delivery.draft) } }
        }
        return drafts.withLock { $0 }
    }

    private static func page(_ from: Int, _ count: Int, total: Int) -> String {
        let users = (from..<(from + count)).map {
            #"{"id":"u\#($0)","userName":"user\#($0)","active":\#($0 != 2),"userType":"\#($0 == 2 ? "Bot" : "Employee")","emails":[{"value":"U\#($0)@Clinic.Example"}]}"#
        }
        return #"{"totalResults":\#(total),"Resources":[\#(users.joined(separator: ","))]}"#
    }

    private static func scim(_ exchanges: [Replay.Exchange]) async throws -> (BatchDraft, [String]) {
        let replay = Replay(exchanges)
        let drafts = try await LoopbackServer.replaying(replay) { server in
            try await collect(
                SCIMConnector(), ["url": server.address + "/scim/v2/", "page": "2"], kinds: ["idp.account"],
                secrets: ["token": .program(["printf", "t-1"])])
        }
        return (try #require(drafts.first), replay.complaints)
    }

    private static func users(_ start: String, _ replies: [Reply]) -> Replay.Exchange {
        Replay.Exchange(
            // The first page is asked for without an index, which is 1 then.
            "GET", "/scim/v2/Users",
            query: start == "1" ? ["count": "2"] : ["startIndex": start, "count": "2"],
            headers: ["authorization": "Bearer t-1"], replies: replies)
    }

    @Test func `a directory is read page after page, after a busy server too`() async throws {
        let (draft, complaints) = try await Self.scim([
            Self.users(
                "1",
                [
                    Reply(429, headers: [(name: "retry-after", value: "1")]),
                    Reply(200, text: Self.page(1, 2, total: 3)),
                ]),
            Self.users("3", [Reply(200, text: Self.page(3, 1, total: 3))]),
        ])
        #expect(complaints.isEmpty, "\(complaints)")
        #expect(
            draft.failures.isEmpty && draft.pages == 2 && draft.sourceTotal == 3 && draft.mode == .snapshot)
        let values = draft.facts.compactMap(\.fact.value)
        #expect(values.map { $0["enabled"] } == [.bool(true), .bool(false), .bool(true)])
        #expect(values.first?["owner_id"] == .string("u1@clinic.example"))
        #expect(values.map { $0["type"]?.string } == ["human", "service", "human"])
        #expect(values.map { $0["relation"]?.string } == ["employee", "bot", "employee"])
        #expect(draft.facts.count == 4)
    }

    @Test(arguments: [
        (Reply(200, text: #"{"totalResults":3,"Resources":[]}"#), "2 of 3 came"),
        (Reply(403, text: "{}"), "do not allow this (403)"),
        (Reply(200, text: "<html>"), "not JSON"),
    ])
    func `a page that fails leaves what came, and covers nothing`(reply: Reply, reason: String) async throws {
        let (draft, complaints) = try await Self.scim([
            Self.users("1", [Reply(200, text: Self.page(1, 2, total: 3))]), Self.users("3", [reply]),
        ])
        #expect(complaints.isEmpty)
        #expect(
            draft.facts.count == 2 && draft.failures.first?.reason.contains(reason) == true,
            "\(draft.failures)")
        #expect(!"\(draft)".contains("t-1"))
    }

    private static let one = #"{"id":"g1","displayName":"admins","members":[{"value":"u1"}]}"#
    private static let emptyList = #"{"id":"g2","displayName":"guests","members":[]}"#
    private static let noList = #"{"id":"g3","displayName":"staff"}"#

    /// The groups of a directory: their numbers of members, and whether groups and memberships are covered.
    private static func groups(_ groups: [String], _ more: [String: String] = [:]) async throws -> (
        counts: [JSON?], covered: [Bool], reasons: [String]
    ) {
        let list = #"{"totalResults":\#(groups.count),"Resources":[\#(groups.joined(separator: ","))]}"#
        let exchange = Replay.Exchange(
            "GET", "/Groups", query: ["count": "100"], replies: [Reply(200, text: list)])
        let drafts = try await LoopbackServer.replaying(Replay([exchange])) { server in
            try await collect(
                SCIMConnector(), ["url": server.address].merging(more) { $1 },
                kinds: ["idp.group", "idp.membership"])
        }
        let covered = drafts.map { draft in
            draft.facts.contains { if case .coverage = $0.fact.shape { true } else { false } }
        }
        let counts = drafts.first?.facts.compactMap(\.fact.value).map { $0["members"] } ?? []
        return (counts, covered, drafts.flatMap(\.failures).map(\.reason))
    }

    @Test func `members that a service does not list are not taken for none`() async throws {
        let told = try await Self.groups([Self.one, Self.emptyList])
        #expect(told.counts == [.integer(1), .integer(0)] && told.covered == [true, true])
        let left = try await Self.groups([Self.one, Self.noList])
        #expect(left.counts == [.integer(1), nil] && left.covered == [true, false])
        #expect(left.reasons.first?.contains("1 groups come without members") == true)
        let never = try await Self.groups([Self.emptyList])
        #expect(never.counts == [nil] && never.covered == [true, false])
        #expect(never.reasons.first?.contains("does not list them") == true)
        let said = try await Self.groups([Self.one, Self.noList], ["empty_groups": "omitted"])
        #expect(said.counts == [.integer(1), .integer(0)] && said.covered == [true, true])
    }

    @Test func `credentials are not sent in the clear to another machine`() async throws {
        let drafts = try await Self.collect(
            SCIMConnector(), ["url": "http://directory.example/"], kinds: ["idp.account"])
        #expect(drafts.first?.failures.first?.reason.contains("must be https") == true)
    }

    @Test func `a server's certificate and versions are seen, trusted or not`() async throws {
        let drafts = try await LoopbackServer.serving(identity: TestCertificates.expired, { _ in Reply(200) })
        {
            server in
            try await Self.collect(
                WebConnector(), ["hosts": "localhost:\(server.port)"],
                kinds: ["tls.certificate", "tls.endpoint", "uptime.probe"])
        }
        let values = drafts.flatMap(\.facts).filter { $0.fact.value != nil }
        let certificate = try #require(values.first { $0.fact.kind == "tls.certificate" }?.fact.value)
        #expect(certificate["not_after"]?.string == "2021-01-01T00:00:00Z")
        #expect(certificate["issuer"]?.string == "Test authority")
        #expect(drafts.contains { $0.query.contains("is not trusted") })
        #expect(drafts.first { $0.kinds == ["tls.certificate"] }?.parameters["answers"] == "1")
        let endpoint = try #require(values.first { $0.fact.kind == "tls.endpoint" }?.fact.value)
        #expect(endpoint["minimum_version"]?.string == "1.2")
        // Nobody whose browser checks certificates can use it.
        #expect(values.first { $0.fact.kind == "uptime.probe" }?.fact.value?["up"] == .bool(false))
    }

    @Test func `a version counts that a server speaks until it wants a certificate of the client`()
        async throws
    {
        var identity = TestCertificates.localhost
        identity.clients = TestCertificates.authority
        let drafts = try await LoopbackServer.serving(identity: identity, { _ in Reply(200) }) { server in
            try await Self.collect(
                WebConnector(), ["hosts": "localhost:\(server.port)"], kinds: ["tls.endpoint"])
        }
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        // The handshake of 1.3 ends for the client before the server has asked for the certificate; that of 1.2 never does.
        let versions = drafts.flatMap(\.facts).compactMap { $0.fact.value?["minimum_version"]?.string }
        #expect(versions == ["1.2"])
        #expect(drafts.first?.query.contains("presents its certificate") == true)
    }
}
