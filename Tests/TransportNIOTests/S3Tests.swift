import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// A bucket, against exchanges written from the public description of S3.
@Suite struct S3Tests {
    private static let secrets: [String: SecretReference] = [
        "access_key_id": .program(["printf", "AKIDEXAMPLE"]),
        "secret_access_key": .program(["printf", RestCase.secret]),
    ]
    private static let listed = [
        "list-type": "2", "encoding-type": "url", "max-keys": "1000", "prefix": "scans/",
    ]

    private static func report(_ tool: String, _ day: String, _ rules: String...) -> String {
        let results = rules.map {
            #"""
            {"ruleId":"\#($0)","level":"error","message":{"text":"x"},"locations":[{"physicalLocation":
            {"artifactLocation":{"uri":"a.py"},"region":{"startLine":3}}}]}
            """#
        }
        return #"""
            {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"\#(tool)","version":"1.0"}},"invocations":
            [{"executionSuccessful":true,"endTimeUtc":"\#(day)T00:00:00Z"}],"results":[\#(results.joined(separator: ","))]}]}
            """#
    }

    private static func entry(_ key: String, _ day: String, _ size: Int) -> String {
        """
        <Contents><Key>\(key)</Key><LastModified>\(day)T01:00:00.000Z</LastModified><ETag>"\(day)"</ETag>\
        <Size>\(size)</Size></Contents>
        """
    }

    private static func list(_ entries: String..., next: String? = nil) -> String {
        let more = next.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? ""
        return
            "<ListBucketResult><IsTruncated>\(next != nil)</IsTruncated>\(more)\(entries.joined())</ListBucketResult>"
    }

    /// A signature is made of the request as it arrives; that it is right is for the test with moto's server to show.
    private static func get(_ path: String, _ query: [String: String] = [:], _ replies: Reply...)
        -> Replay.Exchange
    {
        Replay.Exchange(
            "GET", path, query: query,
            headers: ["x-amz-content-sha256": nil, "x-amz-date": "20260301T120000Z"],
            replies: replies
        ) { request in
            let authorization = request.header("authorization") ?? ""
            return authorization.contains("Credential=AKIDEXAMPLE/20260301/eu-west-1/s3/aws4_request")
                && authorization.contains("Signature=") ? nil : "not signed"
        }
    }

    private static func object(_ path: String, _ text: String, day: String) -> Replay.Exchange {
        var exchange = get(path, [:], Reply(206, text: text))
        exchange.headers["range"] = "bytes=0-\(text.utf8.count - 1)"
        exchange.headers["if-match"] = "\"\(day)\""
        return exchange
    }

    private static let old = report("Bandit", "2026-02-26", "B1")
    private static let new = report("Bandit", "2026-02-27", "B1", "B2")

    private static func bucket(
        cursor: String? = nil, _ exchanges: @escaping @Sendable () -> [Replay.Exchange]
    ) -> RestCase {
        RestCase(
            connector: S3Connector(), kinds: ["scan.finding", "scan.run"],
            parameters: {
                ["bucket": "reports", "region": "eu-west-1", "prefix": "scans/", "endpoint": $0]
            }, secrets: secrets, cursor: cursor, exchanges: { _ in exchanges() })
    }

    private static func two(_ second: String = new, first: String = old) -> @Sendable () -> [Replay.Exchange]
    {
        {
            [
                // Listed in the order of keys, which is not that of writing.
                get(
                    "/reports", listed,
                    Reply(
                        200,
                        text: list(
                            entry("scans/a+%26+b.sarif", "2026-02-27", second.utf8.count), next: "t/2="))
                ),
                get(
                    "/reports", listed.merging(["continuation-token": "t/2="]) { $1 },
                    Reply(
                        200,
                        text: list(
                            entry("scans/z.sarif", "2026-02-26", first.utf8.count),
                            entry("scans/", "2026-01-01", 0)))),
                object("/reports/scans/a%20%26%20b.sarif", second, day: "2026-02-27"),
                object("/reports/scans/z.sarif", first, day: "2026-02-26"),
            ]
        }
    }

    @Test func `objects are read in the order of their writing, findings dated by their first report`()
        async throws
    {
        let run = try await Self.bucket(Self.two()).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        let snapshots = run.drafts.filter { $0.mode == .snapshot }
        let marks = ["object 2d329a27395d1353", "object acf8350447d6b02f"]
        #expect(snapshots.map { $0.parameters["key"] } == marks)
        // A key may hold somebody's name.
        #expect(!"\(run.drafts)".contains("z.sarif") && !"\(run.drafts)".contains("b.sarif"))
        #expect(snapshots.allSatisfy { $0.source == "here" && $0.parameters["sha256"] != nil })
        // One piece each, and two pages of the list.
        #expect(snapshots.allSatisfy { $0.parameters["answers"] == "1" })
        #expect(run.drafts.last?.parameters["answers"] == "2")
        let found = snapshots.last?.facts.compactMap { $0.fact.value?["found_at"]?.string }
        #expect(found?.sorted() == ["2026-02-26T00:00:00Z", "2026-02-27T00:00:00Z"])
        #expect(run.drafts.last?.pages == 2 && run.drafts.last?.sourceTotal == 2)
        #expect(run.cursor?.contains(#""modified":"2026-02-27T01:00:00Z""#) == true)
        #expect(run.cursor?.contains(#""report":"bandit""#) == true)
        #expect(!"\(run.drafts)".contains(RestCase.secret))
    }

    @Test func `what was written before the cursor is not fetched again`() async throws {
        let cursor = #"{"modified":"2026-02-26T02:00:00Z","report":"bandit"}"#
        let run = try await Self.bucket(cursor: cursor) { Array(Self.two()().prefix(3)) }.collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.drafts.last?.query.contains("1 of its objects read") == true)
    }

    @Test(arguments: [("2026-02-25", 1), ("2026-02-19", 0)])
    func `an upload that took days is read when it appears, and nothing twice`(day: String, count: Int)
        async throws
    {
        let cursor = try await Self.bucket(Self.two()).collect().cursor
        let late = Self.report("Bandit", day, "B3")
        let run = try await Self.bucket(cursor: cursor) {
            let list = Self.get(
                "/reports", Self.listed,
                Reply(
                    200,
                    text: Self.list(
                        Self.entry("scans/a+%26+b.sarif", "2026-02-27", Self.new.utf8.count),
                        Self.entry("scans/late.sarif", day, late.utf8.count),
                        Self.entry("scans/z.sarif", "2026-02-26", Self.old.utf8.count))))
            return [list] + (count == 0 ? [] : [Self.object("/reports/scans/late.sarif", late, day: day)])
        }.collect()
        #expect(run.complaints.isEmpty, "\(run.complaints)")
        #expect(run.values.isEmpty == (count == 0))
        // It would declare gone what the later reports have found.
        #expect(run.drafts.allSatisfy { $0.mode == .changes })
        #expect(run.failures.count == count, "\(run.failures)")
        #expect(run.failures.allSatisfy { $0.contains("appeared after") })
        // A key may hold somebody's name.
        #expect(
            run.drafts.allSatisfy { !"\($0.failures) \($0.query) \($0.parameters)".contains("late.sarif") })
        #expect(run.cursor?.contains(#""modified":"2026-02-27T01:00:00Z""#) == true)
        #expect(run.drafts.last?.query.contains("\(count) of its objects read") == true)
    }

    @Test(arguments: [20_000, 20_001])
    func `more objects than can be remembered are a gap, and are not fetched again for it`(count: Int)
        async throws
    {
        let cursor = #"{"modified":"2026-02-27T02:00:00Z"}"#
        let run = try await Self.bucket(cursor: cursor) {
            let entries = (0..<count).map { Self.entry("scans/\($0)", "2026-02-27", 1) }
            return [Self.get("/reports", Self.listed, Reply(200, text: Self.list(entries.joined())))]
        }.collect()
        #expect(run.complaints.isEmpty, "\(run.complaints)")
        #expect(run.failures.count == count - 20_000, "\(run.failures)")
        #expect(run.failures.allSatisfy { $0.contains("more than 20000 objects") })
        #expect(run.cursor?.contains(#""modified":"2026-02-27T02:00:00Z""#) == true)
    }

    /// A finished scan with credentials of these hosts, each with a finding.
    private static func scan(_ day: String, _ hosts: String...) -> String {
        let results = hosts.map {
            "<result><host>\($0)</host><port>1</port><nvt oid=\"1.2\"/><severity>9.8</severity></result>"
        }
        let login = "<detail><name>Auth-SSH-Success</name><value>1</value></detail>"
        return """
            <report format_id="a" extension="xml"><results>\(results.joined())</results>
            \(hosts.map { "<host><ip>\($0)</ip>\(login)</host>" }.joined())<scan_end>\(day)T00:00:00Z</scan_end></report>
            """
    }

    @Test func `a host that only the first of two reports holds keeps its findings`() async throws {
        let second = Self.scan("2026-02-27", "10.0.0.1")
        let first = Self.scan("2026-02-26", "10.0.0.1", "10.0.0.2")
        let run = try await Self.bucket(Self.two(second, first: first)).collect()
        #expect(run.complaints.isEmpty && run.failures.count == 1, "\(run.complaints) \(run.failures)")
        #expect(run.failures.allSatisfy { $0.contains("does not show that it was tested") })
    }

    @Test func `a report of something else ends no finding`() async throws {
        let other = Self.report("Semgrep", "2026-02-27", "S1")
        let run = try await Self.bucket(Self.two(other)).collect()
        #expect(
            run.failures.count == 1 && run.failures[0].contains("give each its own source"), "\(run.failures)"
        )
        #expect(run.drafts.count { $0.mode == .snapshot } == 1)
        #expect(run.cursor?.contains("bandit") == true)
    }

    @Test(arguments: [
        (
            Reply(403, text: "<Error><Code>AccessDenied</Code><Message>s3cret-of-the-test</Message></Error>"),
            "AccessDenied"
        ),
        (Reply(412, text: "<Error><Code>PreconditionFailed</Code></Error>"), "PreconditionFailed"),
        (Reply(206, text: "{"), "1 of "),
        (Reply(503, text: "<Error><Code>SlowDown</Code></Error>"), "SlowDown"),
        (Reply(206, body: [0x7B, 0x7D], manner: .cut(after: 1)), "the connection broke"),
    ])
    func `an object that cannot be had is a gap, and asked for again`(reply: Reply, reason: String)
        async throws
    {
        let run = try await Self.bucket(Self.two()).collect { $0[2].replies = [reply] }
        #expect(run.failures.count == 1 && run.failures[0].contains(reason), "\(run.failures)")
        #expect(run.drafts.count { $0.mode == .snapshot } == 1)
        #expect(!"\(run.drafts)".contains(RestCase.secret))
        // A key may hold somebody's name.
        #expect(!"\(run.drafts)".contains("b.sarif"))
        // All are asked for once more, so that each may come in its order; then the missed one alone.
        #expect(run.cursor?.contains("modified") == false)
        let again = try await Self.bucket(cursor: run.cursor, Self.two()).collect { $0[2].replies = [reply] }
        #expect(again.complaints.isEmpty && again.failures.count == 1, "\(again.complaints)")
        #expect(again.cursor?.contains(#""modified":"2026-02-26T01:00:00Z""#) == true)
        let third = try await Self.bucket(cursor: again.cursor) { Array(Self.two()().prefix(3)) }
            .collect { $0[2].replies = [reply] }
        #expect(third.complaints.isEmpty && third.failures.count == 1, "\(third.complaints)")
        #expect(third.failures.first?.contains(reason) == true && third.values.isEmpty)
        #expect(third.cursor == again.cursor)
        let healed = try await Self.bucket(cursor: third.cursor) { Array(Self.two()().prefix(3)) }.collect()
        #expect(healed.complaints.isEmpty && healed.failures.isEmpty, "\(healed.failures)")
        #expect(healed.drafts.count { $0.mode == .snapshot } == 1)
        #expect(healed.cursor?.contains("missed") == false)
    }

    private static let denied = Reply(403, text: "<Error><Code>AccessDenied</Code></Error>")

    private static let places: [String?] = [
        nil, #"{"modified":"2026-02-20T01:00:00Z","read":["x"],"report":"bandit"}"#,
    ]

    @Test(arguments: places)
    func `an object that was missed once is read before those that were written later`(cursor: String?)
        async throws
    {
        let first = try await Self.bucket(cursor: cursor, Self.two()).collect {
            $0[3].replies = [Self.denied]
        }
        #expect(first.failures.count == 1 && first.failures[0].contains("s3:GetObject"), "\(first.failures)")
        #expect(first.cursor?.contains("2026-02-27") == false)
        let run = try await Self.bucket(cursor: first.cursor, Self.two()).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        let snapshots = run.drafts.filter { $0.mode == .snapshot }
        #expect(snapshots.map { $0.parameters["written"]?.prefix(10) } == ["2026-02-26", "2026-02-27"])
        #expect(run.cursor?.contains(#""modified":"2026-02-27T01:00:00Z""#) == true)
        #expect(run.cursor?.contains("awaited") == false && run.cursor?.contains("missed") == false)
    }

    @Test func `a bucket in which something else is missed at each run is waited for once`() async throws {
        let first = try await Self.bucket(Self.two()).collect { $0[3].replies = [Self.denied] }
        #expect(first.cursor?.contains("modified") == false)
        // The other one this time: the place moves on all the same, and only the missed one is asked for again.
        let second = try await Self.bucket(cursor: first.cursor, Self.two()).collect {
            $0[2].replies = [Self.denied]
        }
        #expect(second.failures.count >= 1 && second.cursor?.contains("awaited") == false)
        #expect(second.cursor?.contains(#""modified":"2026-02-26T01:00:00Z""#) == true)
        let third = try await Self.bucket(cursor: second.cursor) { Array(Self.two()().prefix(3)) }.collect()
        #expect(third.complaints.isEmpty && third.failures.isEmpty, "\(third.complaints) \(third.failures)")
        #expect(third.cursor?.contains("missed") == false)
    }

    @Test func `an object that can be read at last ends nothing that later ones have found`() async throws {
        let first = try await Self.bucket(Self.two()).collect { $0[3].replies = [Self.denied] }
        let second = try await Self.bucket(cursor: first.cursor, Self.two()).collect {
            $0[3].replies = [Self.denied]
        }
        #expect(second.cursor?.contains(#""modified":"2026-02-27T01:00:00Z""#) == true)
        let run = try await Self.bucket(cursor: second.cursor) {
            let all = Self.two()()
            return [all[0], all[1], all[3]]
        }.collect()
        #expect(run.complaints.isEmpty && !run.values.isEmpty, "\(run.complaints)")
        #expect(run.drafts.allSatisfy { $0.mode == .changes })
        #expect(run.failures.count == 1 && run.failures[0].contains("could be read only"), "\(run.failures)")
        #expect(run.cursor?.contains("missed") == false)
    }

    /// A tar archive of one file.
    private static func archive(_ name: String, _ content: String) -> String {
        func padded(_ text: String, to length: Int) -> String {
            text + String(repeating: "\0", count: length - text.utf8.count)
        }
        let digits = String(content.utf8.count, radix: 8)
        let size = String(repeating: "0", count: 11 - digits.count) + digits
        let head = padded(name, to: 124) + padded(size, to: 32) + "0" + padded("", to: 100) + "ustar"
        let blocks = (content.utf8.count + 511) / 512
        return padded(head, to: 512) + padded(content, to: blocks * 512) + padded("", to: 1_024)
    }

    @Test(arguments: ["smith/scan.sarif", "smith.jsonl"])
    func `a file in an archive goes by a digest of its name, too`(name: String) async throws {
        let packed = Self.archive(name, Self.new)
        let run = try await Self.bucket {
            let entry = Self.entry("scans/smith.tar", "2026-02-27", packed.utf8.count)
            return [
                Self.get("/reports", Self.listed, Reply(200, text: Self.list(entry))),
                Self.object("/reports/scans/smith.tar", packed, day: "2026-02-27"),
            ]
        }.collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.drafts.count { $0.mode == .snapshot } == 1 && !"\(run.drafts)".contains("smith"))
        let (object, entry) = (NameMark.of("scans/smith.tar", "object"), NameMark.of(name, "entry"))
        let ending = name.hasSuffix("jsonl") ? ".jsonl" : ""
        #expect(run.drafts.first?.parameters["file"] == "\(object):\(entry)\(ending)")
    }

    @Test(.timeLimit(.minutes(1))) func `a collection that is interrupted asks for no further object`()
        async throws
    {
        let (begun, said) = AsyncStream<Void>.makeStream()
        let bucket = Self.bucket {
            let keys = ["scans/1.sarif", "scans/2.sarif", "scans/3.sarif"]
            let entries = keys.map { Self.entry($0, "2026-02-27", Self.new.utf8.count) }
            var silent = Self.object("/reports/scans/1.sarif", Self.new, day: "2026-02-27")
            silent.replies = [Reply(206, manner: .silence)]
            silent.check = { _ in
                said.yield()
                return nil
            }
            return [Self.get("/reports", Self.listed, Reply(200, text: Self.list(entries.joined()))), silent]
        }
        let task = Task { try await bucket.collect() }
        for await _ in begun { break }
        task.cancel()
        let run = try await task.value
        #expect(run.complaints.isEmpty, "\(run.complaints)")
        #expect(run.failures.count == 2, "\(run.failures)")
        #expect(run.failures.last?.contains("interrupted after 1 of 3") == true)
        #expect(run.cursor == nil && run.drafts.last?.query.contains("1 of its objects read") == true)
    }

    @Test(arguments: [
        Reply(200, text: "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
        Reply(200, text: "<ListBucketResult><IsTrunc"), Reply(500),
    ])
    func `a list that ends early is a gap`(reply: Reply) async throws {
        let run = try await Self.bucket { Array(Self.two()().prefix(3)) }.collect { $0[1].replies = [reply] }
        #expect(run.failures.count == 1 && run.failures[0].hasPrefix("list of reports"), "\(run.failures)")
        #expect(run.cursor == nil)
    }

    @Test func `a busy service is waited for, refused credentials are not repeated`() async throws {
        let busy = try await Self.bucket(Self.two()).collect { exchanges in
            exchanges[0].replies.insert(Reply(429, headers: [(name: "Retry-After", value: "3")]), at: 0)
            exchanges[3].replies.insert(Reply(500), at: 0)
        }
        #expect(busy.failures.isEmpty && busy.waits.count == 2 && busy.waits.first == .seconds(3))
        let refused = try await Self.bucket { Array(Self.two()().prefix(1)) }.collect { exchanges in
            exchanges[0].replies = [Reply(403, text: "<Error><Code>SignatureDoesNotMatch</Code></Error>")]
        }
        #expect(refused.failures.count == 1 && refused.failures[0].contains("credentials were refused"))
        #expect(refused.waits.isEmpty && refused.values.isEmpty)
    }

    @Test func `an object of no known format is a gap, hostile keys are made harmless`() async throws {
        let run = try await Self.bucket {
            [
                Self.get(
                    "/reports", Self.listed,
                    Reply(200, text: Self.list(Self.entry("scans/%1B%5B31m%0A..%2F..%2Fx", "2026-02-27", 4)))),
                Self.object("/reports/scans/%1B%5B31m%0A../../x", "what", day: "2026-02-27"),
            ]
        }.collect()
        #expect(run.complaints.isEmpty, "\(run.complaints)")
        #expect(run.failures.count == 1 && run.failures[0].contains("of no format that is known here"))
        #expect(!"\(run.drafts)".contains("\u{1B}"))
    }
}
