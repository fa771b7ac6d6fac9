import Evidence
import Formats
import LoopbackServer
import Synchronization
import Testing
import Transport
import TransportNIO

@testable import Intake

/// The GitHub connector against exchanges written from the public description of the REST API (2022-11-28).
@Suite struct GitHubTests {
    private static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast
    private static let repository =
        #"{"full_name":"clinic/portal","default_branch":"main","private":true,"archived":false,"security_and_analysis":{"secret_scanning":{"status":"enabled"}}}"#

    private static func get(
        _ path: String, _ query: [String: String] = ["per_page": "100"], _ replies: Reply...
    ) -> Replay.Exchange {
        Replay.Exchange(
            "GET", path, query: query,
            headers: ["authorization": "Bearer gh-1", "x-github-api-version": "2022-11-28"], replies: replies)
    }

    private static func ok(_ json: String, _ headers: [(name: String, value: String)] = []) -> Reply {
        Reply(200, headers: headers, text: json)
    }

    /// What one kind brings, of the repository clinic/portal unless said.
    private static func collect(
        _ kinds: [Identifier], _ parameters: [String: String] = ["repositories": "clinic/portal"],
        cursor: String? = nil,
        _ exchanges: @escaping (LoopbackServer) -> [Replay.Exchange]
    ) async throws -> (drafts: [BatchDraft], cursor: String?, complaints: [String], waits: [Duration]) {
        let collected = Mutex<[Delivery]>([])
        let waits = Mutex<[Duration]>([])
        let replay = Mutex<Replay?>(nil)
        return try await LoopbackServer.serving(
            { request in replay.withLock { $0 }?.answer(request) ?? Reply(599) },
            while: { server in
                let recorded = Replay(exchanges(server))
                replay.withLock { $0 = recorded }
                try await NetworkService.using { service in
                    let request = CollectionRequest(
                        source: "forge", parameters: parameters.merging(["url": server.address]) { $1 },
                        secrets: ["token": .program(["printf", "gh-1"])], kinds: kinds, freshness: .hours(24),
                        cursor: cursor,
                        services: Services(
                            http: service, tls: service,
                            sleep: { span in waits.withLock { $0.append(span) } }), now: { noon })
                    try await GitHubConnector().collect(request) { delivery in
                        collected.withLock { $0.append(delivery) }
                    }
                }
                let all = collected.withLock { $0 }
                return (
                    all.map(\.draft), all.last?.cursor, recorded.complaints, waits.withLock { $0 }
                )
            })
    }

    private static func values(_ drafts: [BatchDraft]) -> [JSONObject] {
        drafts.flatMap(\.facts).compactMap(\.fact.value)
    }

    private static func covers(_ drafts: [BatchDraft]) -> Bool {
        drafts.flatMap(\.facts).contains { if case .coverage = $0.fact.shape { true } else { false } }
    }

    private static func covered(_ drafts: [BatchDraft]) -> [Interval] {
        drafts.flatMap(\.facts).compactMap { raw -> Interval? in
            if case .coverage(let interval) = raw.fact.shape { interval } else { nil }
        }
    }

    private static let portal = get("/repos/clinic/portal", [:], ok(repository))
    private static let window = [
        "sha": "main", "since": "2026-02-22T12:00:00Z", "until": "2026-03-01T12:00:00Z", "per_page": "100",
    ]

    /// What is asked for a branch's newest commit.
    private static func head(_ repository: String = "clinic/portal", _ hash: String = "aaa")
        -> Replay.Exchange
    {
        get(
            "/repos/\(repository)/commits", ["sha": "main", "per_page": "1"],
            ok(#"[{"sha":"\#(hash)"}]"#))
    }

    private static func commit(_ hash: String, _ author: String?, at: String = "2026-02-25T10:00:00Z")
        -> String
    {
        let account = author.map { #"{"login":"\#($0)"}"# } ?? "null"
        return #"""
            {"sha":"\#(hash)","author":\#(account),"committer":{"login":"web-flow"},"parents":[{"sha":"p"}],
            "commit":{"author":{"email":"Cy@Clinic.Example","date":"2026-02-25T09:00:00Z"},
            "committer":{"email":"noreply@github.com","date":"\#(at)"},
            "verification":{"verified":true,"reason":"valid"}}}
            """#
    }

    @Test func `a commit is a change, with its pull request's reviews or without any`() async throws {
        let first = "/repos/clinic/portal/commits"
        let result = try await Self.collect(
            ["vcs.change"], ["repositories": "clinic/portal", "since": "7d"]
        ) { server in
            [
                Self.portal, Self.head(),
                Self.get(
                    first, Self.window,
                    Self.ok(
                        "[\(Self.commit("aaa", "Asha"))]",
                        [
                            (
                                name: "Link",
                                value:
                                    #"<\#(server.address)/repositories/7/commits?page=2>; rel="next", <\#(server.address)/x>; rel="last""#
                            )
                        ])),
                Self.get("/repositories/7/commits", ["page": "2"], Self.ok("[\(Self.commit("bbb", nil))]")),
                Self.get(
                    "\(first)/aaa/pulls", ["per_page": "100"],
                    Self.ok(
                        #"[{"number":5,"merged_at":null,"base":{"ref":"main"}},{"number":6,"merged_at":"2026-02-25T10:00:00Z","base":{"ref":"main"}}]"#
                    )),
                Self.get("\(first)/bbb/pulls", ["per_page": "100"], Self.ok("[]")),
                Self.get(
                    "/repos/clinic/portal/pulls/6", [:],
                    Self.ok(
                        #"{"user":{"login":"asha"},"head":{"sha":"h2"},"merged_at":"2026-02-25T10:00:00Z","merged_by":{"login":"Ben"}}"#
                    )),
                Self.get(
                    "/repos/clinic/portal/pulls/6/reviews", ["per_page": "100"],
                    Self.ok(
                        #"""
                        [{"user":{"login":"Ben"},"state":"APPROVED","commit_id":"h2","submitted_at":"2026-02-25T09:30:00Z"},
                        {"user":{"login":"ben"},"state":"COMMENTED","commit_id":"h2","submitted_at":"2026-02-25T09:40:00Z"},
                        {"user":{"login":"cy"},"state":"APPROVED","commit_id":"h2","submitted_at":"2026-02-25T09:00:00Z"},
                        {"user":{"login":"cy"},"state":"CHANGES_REQUESTED","commit_id":"h2","submitted_at":"2026-02-25T09:10:00Z"},
                        {"user":{"login":"asha"},"state":"APPROVED","commit_id":"h2","submitted_at":"2026-02-25T09:10:00Z"},
                        {"user":{"login":"dee"},"state":"APPROVED","commit_id":"h2","submitted_at":"2026-02-26T09:10:00Z"}]
                        """#)),
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        #expect(result.drafts.flatMap(\.failures).isEmpty && Self.covers(result.drafts))
        let values = Self.values(result.drafts)
        #expect(values.map { $0["author"] } == [.string("asha"), .string("cy@clinic.example")])
        #expect(values.map { $0["pull_request"] } == [.string("6"), nil])
        #expect(values.map { $0["approvers"] } == [.array([.string("ben")]), .array([])])
        #expect(values.map { $0["approved_last"] } == [.bool(true), nil])
        #expect(values.first?["merged_by"] == .string("ben") && values.first?["signature"] == .string("good"))
        #expect(result.cursor?.contains("2026-03-01T12:00:00Z") == true)
    }

    /// A repository whose branch lists these commits in the window of seven days.
    private static func branch(_ name: String, _ commits: String) -> [Replay.Exchange] {
        [
            get("/repos/\(name)", [:], ok(#"{"full_name":"\#(name)","default_branch":"main"}"#)),
            head(name), get("/repos/\(name)/commits", window, ok("[\(commits)]")),
        ]
    }

    /// The branch stood at aaa when it was read up to six in the morning; now it stands at bbb.
    private static func moved(
        _ heads: String, _ comparison: Reply? = nil
    ) async throws -> (drafts: [BatchDraft], cursor: String?, complaints: [String]) {
        let cursor = #"{"heads":\#(heads),"vcs.change":"2026-03-01T06:00:00Z"}"#
        let since = window.merging(["since": "2026-03-01T05:00:00Z"]) { $1 }
        let result = try await collect(["vcs.change"], cursor: cursor) { _ in
            var exchanges = [
                portal, head("clinic/portal", "bbb"),
                get(
                    "/repos/clinic/portal/commits", since,
                    ok("[\(commit("bbb", "asha", at: "2026-03-01T11:00:00Z"))]")),
                get("/repos/clinic/portal/commits/bbb/pulls", ["per_page": "100"], ok("[]")),
            ]
            if let comparison {
                exchanges += [
                    get("/repos/clinic/portal/compare/aaa...bbb", ["per_page": "100"], comparison),
                    get("/repos/clinic/portal/commits/ccc/pulls", ["per_page": "100"], ok("[]")),
                ]
            }
            return exchanges
        }
        return (result.drafts, result.cursor, result.complaints)
    }

    private static func gained(_ status: String, _ total: Int) -> Reply {
        let commits = "\(commit("ccc", "ben", at: "2026-01-05T10:00:00Z")),\(commit("bbb", "asha"))"
        return ok(#"{"status":"\#(status)","total_commits":\#(total),"commits":[\#(commits)]}"#)
    }

    @Test func `a commit of an earlier day that a merge brings is a change`() async throws {
        let result = try await Self.moved(#"{"clinic/portal":{"commit":"aaa"}}"#, Self.gained("ahead", 2))
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        let events = result.drafts.flatMap(\.facts).filter { $0.fact.value != nil }
        #expect(events.map(\.fact.key.text) == ["clinic/portal/bbb", "clinic/portal/ccc"])
        #expect(events.last?.fact.start == Instant("2026-01-05T10:00:00Z"))
        #expect(result.drafts.flatMap(\.failures).isEmpty && Self.covers(result.drafts))
        #expect(result.cursor?.contains(#"{"commit":"bbb"}"#) == true, "\(result.cursor ?? "")")
        #expect(result.cursor?.contains(#""vcs.change":"2026-03-01T12:00:00Z""#) == true)
    }

    @Test(arguments: [("diverged", 2, "rewritten"), ("behind", 2, "rewritten"), ("ahead", 3, "not all")])
    func `a branch whose gains are not all told is not covered`(status: String, total: Int, reason: String)
        async throws
    {
        let result = try await Self.moved(
            #"{"clinic/portal":{"commit":"aaa"}}"#, Self.gained(status, total))
        #expect(result.complaints.isEmpty && Self.values(result.drafts).count == 2)
        #expect(result.drafts.first?.failures.first?.reason.contains(reason) == true)
        #expect(!Self.covers(result.drafts))
        #expect(result.cursor?.contains(#""vcs.change":"2026-03-01T06:00:00Z""#) == true)
        #expect(
            result.cursor?.contains(#"{"commit":"bbb","since":"2026-03-01T12:00:00Z"}"#) == true,
            "\(result.cursor ?? "")")
    }

    @Test func `where a branch's gains broke off, only what follows is covered`() async throws {
        let heads = #"{"clinic/portal":{"commit":"bbb","since":"2026-03-01T09:00:00Z"}}"#
        let result = try await Self.moved(heads)
        #expect(result.complaints.isEmpty && result.drafts.flatMap(\.failures).isEmpty)
        let rest = try #require(Interval(from: Self.noon - .hours(3), to: Self.noon))
        #expect(Self.covered(result.drafts) == [rest])
    }

    private static let empty = [
        portal,
        Replay.Exchange(
            "GET", "/repos/clinic/portal/commits", query: ["sha": "main", "per_page": "1"],
            replies: [Reply(409, text: #"{"message":"Git Repository is empty."}"#)]),
    ]

    @Test func `of a branch that was emptied the time before stays uncovered`() async throws {
        let cursor = #"{"heads":{"clinic/portal":{"commit":"aaa"}},"vcs.change":"2026-03-01T06:00:00Z"}"#
        let first = try await Self.collect(["vcs.change"], cursor: cursor) { _ in Self.empty }
        #expect(first.drafts.first?.failures.first?.reason.contains("has none any longer") == true)
        #expect(first.complaints.isEmpty && !Self.covers(first.drafts))
        let kept =
            #"{"heads":{"clinic/portal":{"since":"2026-03-01T12:00:00Z"}},"vcs.change":"2026-03-01T06:00:00Z"}"#
        #expect(first.cursor == kept, "\(first.cursor ?? "")")
    }

    @Test(arguments: [true, false])
    func `a branch that was emptied is covered from then on, with commits or without`(isEmpty: Bool)
        async throws
    {
        let cursor =
            #"{"heads":{"clinic/portal":{"since":"2026-03-01T09:00:00Z"}},"vcs.change":"2026-03-01T06:00:00Z"}"#
        var exchanges = Self.empty
        if !isEmpty {
            exchanges = Self.branch("clinic/portal", Self.commit("aaa", "asha"))
            exchanges.append(
                Self.get("/repos/clinic/portal/commits/aaa/pulls", ["per_page": "100"], Self.ok("[]")))
        }
        let answered = exchanges
        let result = try await Self.collect(
            ["vcs.change"], ["repositories": "clinic/portal", "since": "7d"], cursor: cursor
        ) { _ in answered }
        #expect(result.complaints.isEmpty && result.drafts.flatMap(\.failures).isEmpty)
        #expect(Self.values(result.drafts).count == (isEmpty ? 0 : 1))
        let rest = try #require(Interval(from: Self.noon - .hours(3), to: Self.noon))
        #expect(Self.covered(result.drafts) == [rest])
        #expect(result.cursor?.contains(#""since":"2026-03-01T09:00:00Z""#) == true)
    }

    @Test func `a repository that is seen for the first time is read as far back as any`() async throws {
        let result = try await Self.collect(
            ["vcs.change"], ["repositories": "clinic/portal", "since": "7d"],
            cursor: #"{"vcs.change":"2026-03-01T06:00:00Z"}"#
        ) { _ in
            Self.branch("clinic/portal", Self.commit("aaa", "asha")) + [
                Self.get("/repos/clinic/portal/commits/aaa/pulls", ["per_page": "100"], Self.ok("[]"))
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        #expect(Self.values(result.drafts).count == 1 && Self.covers(result.drafts))
    }

    @Test func `the same commit in two repositories is two changes`() async throws {
        let result = try await Self.collect(
            ["vcs.change"], ["repositories": "clinic/portal clinic/mirror", "since": "7d"]
        ) { _ in
            Self.branch("clinic/portal", Self.commit("aaa", "asha"))
                + Self.branch("clinic/mirror", Self.commit("aaa", "asha"))
                + ["portal", "mirror"].map {
                    Self.get("/repos/clinic/\($0)/commits/aaa/pulls", ["per_page": "100"], Self.ok("[]"))
                }
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        let values = Self.values(result.drafts)
        #expect(
            values.map { $0["repository"]?.string } == ["clinic/portal", "clinic/mirror"], "\(values)")
        #expect(Self.covers(result.drafts))
    }

    @Test(arguments: [("Git Repository is empty.", true), ("Conflict", false)])
    func `an empty repository has no changes, and that is no gap`(message: String, isEmpty: Bool) async throws
    {
        let result = try await Self.collect(["vcs.change"]) { _ in
            var asked = Self.head()
            asked.replies = [Reply(409, text: #"{"message":"\#(message)"}"#)]
            return [Self.portal, asked]
        }
        #expect(result.complaints.isEmpty && Self.values(result.drafts).isEmpty, "\(result.complaints)")
        #expect(Self.covers(result.drafts) == isEmpty)
        #expect(result.drafts.flatMap(\.failures).isEmpty == isEmpty)
    }

    @Test func `what is refused is a gap, and never clean`() async throws {
        let result = try await Self.collect(["scan.finding", "secret.leak", "vcs.repository"]) { _ in
            [
                Self.portal,
                Self.get("/repos/clinic/portal/dependabot/alerts", ["per_page": "100"], Self.ok("[]")),
                Self.get(
                    "/repos/clinic/portal/code-scanning/alerts", ["per_page": "100"],
                    Reply(404, text: #"{"message":"no analysis found"}"#)),
                Self.get(
                    "/repos/clinic/portal/secret-scanning/alerts",
                    ["hide_secret": "true", "per_page": "100"],
                    Reply(403, text: #"{"message":"Resource not accessible by personal access token"}"#)),
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        let reasons = Dictionary(
            result.drafts.map { ($0.kinds.first ?? "", $0.failures.map(\.reason)) }, uniquingKeysWith: +)
        #expect(reasons["scan.finding"]?.first?.contains("may not see it (404)") == true)
        #expect(reasons["secret.leak"]?.first?.contains("do not allow this (403)") == true)
        #expect(reasons["vcs.repository"] == [])
        #expect(result.drafts.filter { Self.covers([$0]) }.map(\.kinds) == [["vcs.repository"]])
    }

    @Test func `alerts keep their grade, and a dismissed one is not fixed`() async throws {
        let result = try await Self.collect(["scan.finding"]) { _ in
            [
                Self.portal,
                Self.get(
                    "/repos/clinic/portal/dependabot/alerts", ["per_page": "100"],
                    Self.ok(
                        #"""
                        [{"number":1,"state":"dismissed","created_at":"2026-01-02T00:00:00Z","dependency":{"package":{"name":"left-pad"}},
                        "security_advisory":{"severity":"critical","cve_id":null,"ghsa_id":"GHSA-x"}},
                        {"number":2,"state":"fixed","created_at":"2026-01-02T00:00:00Z","security_advisory":{"severity":"moderate"}},
                        {"number":3,"state":"open","created_at":"2026-01-02T00:00:00Z","security_advisory":{"severity":"?"}}]
                        """#)),
                Self.get("/repos/clinic/portal/code-scanning/alerts", ["per_page": "100"], Self.ok("[]")),
            ]
        }
        let values = Self.values(result.drafts)
        #expect(values.map { $0["fixed"] } == [.bool(false), .bool(true)])
        #expect(values.map { $0["severity"] } == [.string("critical"), .string("medium")])
        #expect(result.drafts.first?.setAside.count == 1 && !Self.covers(result.drafts))
    }

    private static let rules =
        #"[{"type":"pull_request","parameters":{"required_approving_review_count":1}},{"type":"non_fast_forward"},{"type":"required_status_checks","parameters":{}}]"#

    @Test(arguments: [
        (rules, Reply(404, text: #"{"message":"Not Found"}"#), true as Bool?),
        ("[]", Reply(404, text: #"{"message":"Branch not protected"}"#), false),
        ("[]", Reply(404, text: #"{"message":"Not Found"}"#), nil),
        ("[]", Reply(403, text: #"{"message":"Upgrade"}"#), nil),
        (
            "[]",
            Reply(
                200,
                text:
                    #"{"required_pull_request_reviews":{"required_approving_review_count":2},"allow_force_pushes":{"enabled":false},"enforce_admins":{"enabled":false}}"#
            ), true
        ),
    ])
    func `protection is the sum of rules and classic protection, or unknown`(
        rules: String, classic: Reply, enforced: Bool?
    ) async throws {
        let result = try await Self.collect(["vcs.protection"]) { _ in
            [
                Self.portal,
                Self.get(
                    "/repos/clinic/portal/rules/branches/main", ["per_page": "100"], Self.ok(rules)),
                Self.get("/repos/clinic/portal/branches/main/protection", [:], classic),
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        #expect(Self.values(result.drafts).first?["enforced"]?.bool == enforced)
        #expect(Self.covers(result.drafts) == (enforced != nil))
    }

    @Test(arguments: [("[]", 1, false as Bool?), (rules, 1, nil), (rules, 0, nil), ("[]", 0, false)])
    func `that nobody may go around a rule is not known`(rules: String, approvals: Int, bypass: Bool?)
        async throws
    {
        let classic =
            #"{"required_pull_request_reviews":{"required_approving_review_count":\#(approvals)},"enforce_admins":{"enabled":true}}"#
        let result = try await Self.collect(["vcs.protection"]) { _ in
            [
                Self.portal,
                Self.get(
                    "/repos/clinic/portal/rules/branches/main", ["per_page": "100"], Self.ok(rules)),
                Self.get("/repos/clinic/portal/branches/main/protection", [:], Self.ok(classic)),
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        let value = try #require(Self.values(result.drafts).first)
        #expect(value["bypass"]?.bool == bypass)
    }

    @Test func `builds wait for their checks, and an ETag spares the second list`() async throws {
        let commits =
            "[\(Self.commit("bbb", "asha", at: "2026-02-27T10:00:00Z")),\(Self.commit("aaa", "asha"))]"
        let path = "/repos/clinic/portal/commits"
        let second = Self.window
        let result = try await Self.collect(
            ["ci.build", "vcs.change"], ["repositories": "clinic/portal", "since": "7d"]
        ) { _ in
            [
                Self.portal, Self.head(),
                Self.get(
                    path, second, Self.ok(commits, [(name: "ETag", value: #"W/"v1""#)]),
                    Reply(304, headers: [(name: "ETag", value: #"W/"v1""#)])),
                Self.get("\(path)/aaa/pulls", ["per_page": "100"], Self.ok("[]")),
                Self.get("\(path)/bbb/pulls", ["per_page": "100"], Self.ok("[]")),
                Self.get(
                    "\(path)/aaa/check-runs", ["per_page": "100"],
                    Self.ok(
                        #"{"total_count":1,"check_runs":[{"status":"completed","conclusion":"failure","completed_at":"2026-02-25T10:05:00Z"}]}"#
                    )),
                Self.get("\(path)/aaa/status", [:], Self.ok(#"{"state":"pending","statuses":[]}"#)),
                Self.get(
                    "\(path)/bbb/check-runs", ["per_page": "100"],
                    Self.ok(#"{"total_count":1,"check_runs":[{"status":"in_progress","conclusion":null}]}"#)),
                Self.get("\(path)/bbb/status", [:], Self.ok(#"{"state":"pending","statuses":[]}"#)),
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        let builds = result.drafts.filter { $0.kinds == ["ci.build"] }
        #expect(Self.values(builds).map { $0["checks_passed"] } == [.bool(false)])
        // Checks that ran again on an older commit would not have been seen.
        #expect(!Self.covers(builds) && Self.covers(result.drafts.filter { $0.kinds == ["vcs.change"] }))
        #expect(builds.flatMap(\.failures).isEmpty)
        // The next collection begins at the commit whose checks are still running.
        #expect(
            result.cursor?.contains(#""ci.build":"2026-02-27T10:00:00Z""#) == true, "\(result.cursor ?? "")")
        #expect(Self.values(result.drafts).count == 3)
    }

    @Test func `an exhausted rate limit is waited for`() async throws {
        let reset = (Self.noon.microseconds / 1_000_000) + 90
        let result = try await Self.collect(["vcs.repository"]) { _ in
            [
                Self.get(
                    "/repos/clinic/portal", [:],
                    Reply(
                        403,
                        headers: [
                            (name: "x-ratelimit-remaining", value: "0"),
                            (name: "x-ratelimit-reset", value: "\(reset)"),
                        ]), Self.ok(Self.repository))
            ]
        }
        #expect(result.complaints.isEmpty && result.waits == [.seconds(90)])
        #expect(Self.values(result.drafts).first?["private"] == .bool(true) && Self.covers(result.drafts))
    }

    @Test func `who has no second factor is for owners to see`() async throws {
        let result = try await Self.collect(["idp.account"], ["organization": "clinic"]) { _ in
            [
                Self.get("/orgs/clinic/repos", ["per_page": "100"], Self.ok("[]")),
                Self.get("/orgs/clinic", [:], Reply(403)),
                Self.get(
                    "/orgs/clinic/members", ["role": "admin", "per_page": "100"],
                    Self.ok(#"[{"id":1,"login":"Asha","type":"User"}]"#)),
                Self.get(
                    "/orgs/clinic/members", ["role": "member", "per_page": "100"],
                    Self.ok(#"[{"id":2,"login":"ben","type":"User"}]"#)),
                Self.get(
                    "/orgs/clinic/members", ["filter": "2fa_disabled", "per_page": "100"],
                    Reply(422, text: #"{"message":"Only owners can use this filter."}"#)),
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        #expect(Self.values(result.drafts).map { $0["admin"] } == [.bool(true), .bool(false)])
        #expect(Self.values(result.drafts).allSatisfy { $0["mfa"] == nil } && !Self.covers(result.drafts))
        #expect(result.drafts.first?.failures.first?.reason.contains("only owners") == true)
    }

    @Test(arguments: [
        (#"{"public_repos":0,"total_private_repos":1}"#, nil as String?),
        (#"{"public_repos":1,"total_private_repos":1}"#, "1 public and 1 private"),
        (#"{"public_repos":1}"#, "how many repositories there are"),
    ])
    func `repositories that are kept from the token are a gap`(organization: String, reason: String?)
        async throws
    {
        let result = try await Self.collect(["vcs.repository"], ["organization": "clinic"]) { _ in
            [
                Self.get("/orgs/clinic/repos", ["per_page": "100"], Self.ok("[\(Self.repository)]")),
                Self.get("/orgs/clinic", [:], Self.ok(organization)),
            ]
        }
        #expect(result.complaints.isEmpty && Self.values(result.drafts).count == 1)
        #expect(Self.covers(result.drafts) == (reason == nil))
        let told = result.drafts.flatMap(\.failures).map(\.reason)
        #expect(told.count == (reason == nil ? 0 : 1), "\(told)")
        #expect(told.allSatisfy { $0.contains(reason ?? "") })
    }

    /// What the organization lists, and counts, when its repositories are asked for.
    private static func listed(
        _ repositories: [String], cursor: String? = nil, retired: String? = nil
    ) async throws -> (drafts: [BatchDraft], cursor: String?, complaints: [String]) {
        var parameters = ["organization": "clinic"]
        parameters["retired"] = retired
        let result = try await collect(["vcs.repository", "secret.leak"], parameters, cursor: cursor) { _ in
            let entries = repositories.map {
                #"{"full_name":"\#($0)","default_branch":"main","private":true,"archived":true}"#
            }
            let leaks = repositories.flatMap { name in
                GitHubSecretTests.queries.map { get("/repos/\(name)/secret-scanning/alerts", $0, ok("[]")) }
            }
            let count = #"{"public_repos":0,"total_private_repos":\#(repositories.count)}"#
            return [
                get("/orgs/clinic/repos", ["per_page": "100"], ok("[\(entries.joined(separator: ","))]")),
                get("/orgs/clinic", [:], ok(count)),
            ] + leaks
        }
        return (result.drafts, result.cursor, result.complaints)
    }

    @Test func `a repository that vanishes is a gap until it is seen again or let go`() async throws {
        let first = try await Self.listed(["clinic/portal", "clinic/old"])
        #expect(first.complaints.isEmpty && first.drafts.flatMap(\.failures).isEmpty)
        #expect(first.drafts.allSatisfy { Self.covers([$0]) })
        var cursor = first.cursor
        // What was on record as a gap once is not forgotten.
        for _ in 0..<2 {
            let gone = try await Self.listed(["clinic/portal"], cursor: cursor)
            #expect(gone.complaints.isEmpty && !Self.covers(gone.drafts), "\(gone.complaints)")
            #expect(gone.drafts.map { $0.failures.map(\.scope) } == [["clinic/old"], ["clinic/old"]])
            cursor = gone.cursor
        }
        let again = try await Self.listed(["clinic/portal", "clinic/old"], cursor: cursor)
        #expect(again.drafts.flatMap(\.failures).isEmpty)
        let retired = try await Self.listed(["clinic/portal"], cursor: cursor, retired: "Clinic/Old")
        #expect(retired.drafts.flatMap(\.failures).isEmpty && retired.cursor?.contains("old") == false)
        #expect(retired.drafts.allSatisfy { Self.covers([$0]) })
        #expect(retired.drafts.first?.parameters["retired"] == "Clinic/Old")
    }

    @Test func `what is known of repositories does not undo how far events were read`() async throws {
        let cursor = #"{"heads":{"clinic/old":{"commit":"aaa"}},"vcs.change":"2026-03-01T06:00:00Z"}"#
        let gone = try await Self.listed(["clinic/portal"], cursor: cursor)
        let expected =
            #"{"heads":{"clinic/old":{"commit":"aaa"},"clinic/portal":{}},"vcs.change":"2026-03-01T06:00:00Z"}"#
        #expect(gone.cursor == expected, "\(gone.cursor ?? "")")
    }

    @Test func `deployments are read back to where the last collection ended`() async throws {
        let result = try await Self.collect(
            ["deploy.run"], cursor: #"{"deploy.run":"2026-03-01T00:00:00Z"}"#
        ) { server in
            [
                Self.portal,
                Self.get(
                    "/repos/clinic/portal/deployments", ["per_page": "100"],
                    Self.ok(
                        #"""
                        [{"id":9,"sha":"aaa","environment":"production","created_at":"2026-03-01T10:00:00Z","creator":{"login":"asha"}},
                        {"id":8,"sha":"zzz","environment":"production","created_at":"2026-02-01T10:00:00Z"}]
                        """#,
                        // Not followed: everything behind is older.
                        [(name: "Link", value: #"<\#(server.address)/never>; rel="next""#)])),
            ]
        }
        #expect(result.complaints.isEmpty, "\(result.complaints)")
        #expect(Self.values(result.drafts).map { $0["service"] } == [.string("clinic/portal:production")])
        #expect(Self.covers(result.drafts))
    }

    @Test func `a next page on another host is refused`() async throws {
        let result = try await Self.collect(["deploy.run"]) { _ in
            [
                Self.portal,
                Self.get(
                    "/repos/clinic/portal/deployments", ["per_page": "100"],
                    Self.ok(
                        #"[{"id":9,"created_at":"2026-03-01T10:00:00Z"}]"#,
                        [(name: "Link", value: #"<https://elsewhere.example/x>; rel="next""#)])),
            ]
        }
        #expect(result.drafts.first?.failures.first?.reason.contains("another host") == true)
        #expect(!Self.covers(result.drafts))
    }
}
