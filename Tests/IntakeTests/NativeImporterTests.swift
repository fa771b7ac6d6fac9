import Evidence
import Formats
import TestSupport
import Testing

@testable import Intake

@Suite struct NativeImporterTests {
    private static func run(
        _ text: String, origin: NativeImporter.Origin = .fixed("here"), incomplete: CollectionFailure? = nil,
        limit: Int = 50_000
    ) -> [BatchDraft] {
        var importer = NativeImporter(setting(origin, incomplete, limit))
        return (importer.append(Array(text.utf8)) + importer.finish()).map(\.draft)
    }

    private static func setting(
        _ origin: NativeImporter.Origin, _ incomplete: CollectionFailure? = nil, _ limit: Int = 50_000
    ) -> NativeImporter.Setting {
        NativeImporter.Setting(
            origin: origin, collector: Collector(name: "test", version: "1"), query: "all",
            freshness: .hours(24),
            incomplete: incomplete, batchLimit: limit, now: { noon })
    }

    private static let account =
        #"{"kind":"idp.account","key":"a","at":"2026-03-01T09:00:00Z","value":{"n":1}}"#
    private static let header =
        #"{"batch":{"mode":"snapshot","kinds":["idp.account"],"at":"2026-03-01T10:00:00Z"}}"#

    @Test func `facts without a header are one batch of changes`() throws {
        let drafts = Self.run(
            """
            \(Self.account)
            {"kind":"vcs.change","id":"c","at":"2026-03-01T09:00:00Z","value":{}}

            {"coverage":"idp.account","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}
            """)
        let draft = try #require(drafts.first)
        #expect(drafts.count == 1)
        #expect(draft.mode == .changes && draft.source == "here" && draft.query == "all")
        #expect(draft.facts.map(\.line) == [1, 2, 4])
        #expect(draft.setAside.isEmpty && draft.failures.isEmpty)
    }

    @Test func `an empty input is an empty batch, not none`() {
        let drafts = Self.run("")
        #expect(drafts.count == 1 && drafts.allSatisfy { $0.facts.isEmpty })
    }

    @Test(arguments: [
        ("x", "not JSON"),
        ("[1]", "must be a JSON object"),
        (#"{"kind":"k","key":"a","at":"yesterday","value":{}}"#, "must be a time"),
        (#"{"kind":"k","key":"a","at":"2026-03-01T09:00:00Z"}"#, "\"value\" is missing"),
        (#"{"kind":"k","key":"a","at":"2026-03-01T09:00:00Z","value":{},"more":1}"#, "unknown name"),
        (
            #"{"kind":"k","key":"a","at":"2026-03-01T09:00:00Z","value":{},"source":"there"}"#,
            "another source"
        ),
        (
            #"{"kind":"idp.account","key":"a","at":"2026-03-01T09:00:00Z","value":{"n":2}}"#,
            "than an earlier line (line 1)"
        ),
        (String(repeating: "x", count: 1 << 21), "longer than 1 MiB"),
    ])
    func `a line that does not fit is set aside with its number and reason`(line: String, reason: String)
        throws
    {
        let other = Self.account.replacing("\"a\"", with: "\"b\"")
        let draft = try #require(Self.run("\(Self.account)\n\(line)\n\(other)\n").first)
        #expect(draft.facts.count == 2)
        let aside = try #require(draft.setAside.first)
        #expect(draft.setAside.count == 1 && aside.line == 2)
        #expect(aside.reason.contains(reason))
    }

    @Test func `the same change twice counts once`() throws {
        let draft = try #require(Self.run("\(Self.account)\n\(Self.account)\n").first)
        #expect(draft.facts.count == 1 && draft.setAside.isEmpty)
    }

    @Test func `a snapshot holds at its instant and covers its kinds until it is stale`() throws {
        let drafts = Self.run("\(Self.header)\n\(Self.account)\n")
        let draft = try #require(drafts.first)
        let at = try #require(Instant("2026-03-01T10:00:00Z"))
        #expect(drafts.count == 1 && draft.mode == .snapshot && draft.started == at)
        #expect(draft.facts.first?.fact.start == at)
        #expect(draft.coverage("idp.account") == Interval(from: at, to: at + .hours(24)))
    }

    @Test(arguments: [
        (
            #"{"kind":"idp.account","key":"a","at":"2026-03-01T09:30:00Z","value":{"n":2}}"#,
            "(first on line 2)"
        ),
        (#"{"kind":"idp.account","id":"e","at":"2026-03-01T09:30:00Z","value":{}}"#, "an event cannot stand"),
        (#"{"kind":"idp.account","key":"z","at":"2026-03-01T09:30:00Z","value":null}"#, "left out"),
        (
            #"{"kind":"idp.account","key":"z","at":"2026-03-01T11:30:00Z","value":{}}"#,
            "later than the snapshot"
        ),
        (#"{"kind":"hr.employment","key":"z","at":"2026-03-01T09:30:00Z","value":{}}"#, "not among the"),
        (
            #"{"kind":"idp.account","key":"z","from":"2026-03-01T09:30:00Z","to":"2026-03-01T09:40:00Z","value":{}}"#,
            "not until when"
        ),
        (
            #"{"coverage":"idp.account","from":"2026-03-01T11:30:00Z","to":"2026-03-01T12:00:00Z"}"#,
            "begins later than the snapshot"
        ),
    ])
    func `what cannot stand in a snapshot is set aside`(line: String, reason: String) throws {
        let draft = try #require(Self.run("\(Self.header)\n\(Self.account)\n\(line)\n").first)
        #expect(draft.records("idp.account").count == 1)
        #expect(draft.setAside.count == 1 && draft.setAside.first?.line == 3)
        #expect(draft.setAside.first?.reason.contains(reason) == true)
    }

    /// What a snapshot says is of its own instant, whatever its lines say of theirs.
    @Test(arguments: [
        (#"{"kind":"idp.account","key":"a","at":"2026-03-01T09:30:00Z","value":{"n":1}}"#, false),
        (#"{"kind":"idp.account","key":"a","at":"2026-03-01T09:00:00Z","value":{"n":2}}"#, true),
    ])
    func `a key that stands twice in a snapshot hides a record only with another value`(
        line: String, hides: Bool
    ) throws {
        let draft = try #require(Self.run("\(Self.header)\n\(Self.account)\n\(line)\n").first)
        #expect(draft.records("idp.account").count == 1)
        #expect(draft.setAside.map(\.mayHideRecord) == [hides])
        #expect(draft.setAside.first?.reason.hasSuffix("(first on line 2)") == true)
    }

    /// As the recorder will compare them: what it does not keep, nobody misses.
    @Test(arguments: [
        ("idp.account", #""created_at":"2026-01-01T01:00:00+01:00","enabled":true"#, true),
        ("idp.account", #""enabled":true,"created_at":"2026-01-01T00:00:00Z","mfa":null"#, true),
        ("idp.account", #""enabled":true,"created_at":"2026-01-01T00:00:00Z","exported_by":"x""#, true),
        ("idp.account", #""enabled":false,"created_at":"2026-01-01T00:00:00Z""#, false),
        ("idp.account", #""enabled":true"#, false), ("idp.account", #""enabled":"yes""#, false),
        ("own.kind", #""created_at":"2026-01-01T00:00:00Z","enabled":true,"mfa":null"#, true),
        ("own.kind", #""enabled":true,"created_at":"2026-01-01T00:00:00Z","exported_by":"x""#, false),
    ])
    func `a record that stands again is held against the other as both are recorded`(
        _ kind: String, _ again: String, _ isSame: Bool
    ) throws {
        let lines = [#""enabled":true,"created_at":"2026-01-01T00:00:00Z""#, again].map { value in
            #"{"kind":"\#(kind)","key":"a","at":"2026-03-01T09:00:00Z","value":{\#(value)}}"# + "\n"
        }
        let changes = try #require(Self.run(lines.joined()).first)
        #expect(changes.facts.count == 1 && changes.setAside.isEmpty == isSame)
        let header = Self.header.replacing("idp.account", with: kind)
        let snapshot = try #require(Self.run("\(header)\n\(lines.joined())").first)
        #expect(snapshot.setAside.map(\.mayHideRecord) == [!isSame])
    }

    @Test func `a header closes the batch before it, and its words go with the batch`() throws {
        let header = """
            {"batch":{"source":"here","mode":"changes","kinds":["x"],"query":"q","total":1,\
            "recorded":"2026-03-01T12:00:00Z","failures":[{"kind":"x","scope":"eu","reason":"refused"}]}}
            """
        var importer = NativeImporter(Self.setting(.fixed("here")))
        let text = "\(Self.account)\n\(header)\n\(Self.account)\n\(Self.header)\n"
        let found = importer.append(Array(text.utf8)) + importer.finish()
        #expect(found.map(\.draft.mode) == [.changes, .changes, .snapshot])
        #expect(found.map(\.draft.facts.count) == [1, 1, 1])
        let second = try #require(found.dropFirst().first)
        #expect(second.draft.query == "q" && second.draft.sourceTotal == 1 && second.draft.kinds == ["x"])
        #expect(second.draft.reasons == ["refused"])
        #expect(second.recorded == Instant("2026-03-01T12:00:00Z"))
    }

    @Test func `a kind that failed is not covered`() throws {
        let header = """
            {"batch":{"mode":"snapshot","kinds":["a","b"],"at":"2026-03-01T10:00:00Z",\
            "failures":[{"kind":"a","reason":"refused"}]}}
            """
        let draft = try #require(Self.run(header).first)
        #expect(draft.coverage("a") == nil && draft.coverage("b") != nil)
    }

    @Test(arguments: [
        (0, false), (1, true), (2, false), (112, false),
    ]) func `a snapshot that is not as large as its source says covers nothing`(_ total: Int, _ isWhole: Bool)
        throws
    {
        let header = Self.header.replacing("\"mode\"", with: "\"total\":\(total),\"mode\"")
        // The same line again is no further record.
        let draft = try #require(Self.run("\(header)\n\(Self.account)\n\(Self.account)\n").first)
        #expect((draft.coverage("idp.account") != nil) == isWhole)
        #expect(
            draft.reasons == (isWhole ? [] : ["the batch header counts \(total) records, 1 came"]))
        #expect(draft.failures.allSatisfy { $0.kind == "idp.account" } && draft.sourceTotal == total)
    }

    @Test(arguments: [1, 50_000]) func `changes fewer or more than their source counts cover nothing`(
        _ limit: Int
    ) {
        let coverage =
            #"{"coverage":"idp.account","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}"#
        let other = Self.account.replacing("\"a\"", with: "\"b\"")
        for total in 1...3 {
            let lines = ["{\"batch\":{\"total\":\(total)}}", Self.account, Self.account, other, coverage]
            let text = lines.joined(separator: "\n")
            let drafts = Self.run(text, limit: limit)
            #expect(drafts.reduce(0) { $0 + $1.coverageCount } == (total == 2 ? 1 : 0), "total \(total)")
            #expect(drafts.flatMap(\.failures).count == (total == 2 ? 0 : 1), "total \(total)")
        }
    }

    @Test func `a line that nobody could read counts as come`() throws {
        let header = Self.header.replacing("\"mode\"", with: "\"total\":2,\"mode\"")
        let draft = try #require(Self.run("\(header)\n\(Self.account)\nnonsense\n").first)
        #expect(draft.failures.isEmpty && draft.setAside.map(\.mayHideRecord) == [true])
    }

    @Test(arguments: [
        #"{"batch":{"mode":"sideways"}}"#, #"{"batch":{"mode":"snapshot"}}"#, #"{ "batch": {"mode":"snap"#,
        #"{"batch":{"source":"there","mode":"snapshot","kinds":["idp.account"]}}"#,
    ])
    func `facts behind a header that is refused belong to no batch`(header: String) throws {
        let drafts = Self.run("\(Self.header)\n\(Self.account)\n\(header)\n\(Self.account)\n")
        #expect(drafts.map(\.mode) == [.snapshot, .changes])
        #expect(drafts.map { $0.records("idp.account").count } == [1, 0])
        let refused = try #require(drafts.last)
        #expect(refused.failures.count == 1 && refused.setAside.map(\.line) == [4])
    }

    @Test func `a header may name its source where that is allowed`() {
        let drafts = Self.run(
            #"{"batch":{"source":"there","mode":"changes"}}"# + "\n\(Self.account)\n",
            origin: .stated(otherwise: "here"))
        #expect(drafts.map(\.source) == ["there"] && drafts.map(\.facts.count) == [1])
    }

    @Test func `an incomplete input covers nothing`() throws {
        let failure = CollectionFailure(kind: nil, scope: "x", reason: "cut")
        let coverage = #"{"coverage":"k","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}"#
        let drafts = Self.run(
            "\(coverage)\n\(Self.account)\n\(Self.header)\n\(Self.account)\n", incomplete: failure)
        #expect(drafts.map(\.coverageCount) == [0, 0])
        #expect(drafts.map { $0.records("idp.account").count } == [1, 1])
        #expect(drafts.last?.failures.map(\.kind) == ["idp.account", nil])
    }

    @Test(arguments: [1, 50_000]) func `what is covered counts only once the input is read to its end`(
        _ limit: Int
    ) {
        let coverage =
            #"{"coverage":"idp.account","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}"#
        let text = Array(
            "\(coverage)\n\(Self.account)\n\(Self.account.replacing("\"a\"", with: "\"b\""))\n".utf8)
        for isCut in [false, true] {
            var importer = NativeImporter(Self.setting(.fixed("here"), nil, limit))
            var drafts = importer.append(text).map(\.draft)
            if isCut { importer.breakOff(CollectionFailure(kind: nil, scope: "x", reason: "cut")) }
            drafts += importer.finish().map(\.draft)
            #expect(drafts.reduce(0) { $0 + $1.coverageCount } == (isCut ? 0 : 1))
            #expect(drafts.reduce(0) { $0 + $1.records("idp.account").count } == 2)
        }
    }

    @Test func `a line of an earlier part that nobody could read leaves nothing covered`() {
        let coverage =
            #"{"coverage":"idp.account","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}"#
        let others = (0..<3).map { Self.account.replacing("\"a\"", with: "\"a\($0)\"") }
        let text = (["nonsense"] + others + [coverage]).joined(separator: "\n")
        let drafts = Self.run(text, limit: 1)
        #expect(drafts.count > 2 && drafts.allSatisfy { $0.coverageCount == 0 })
        #expect(drafts.last?.failures.count == 1)
    }

    @Test func `changes are cut into batches, a snapshot never`() {
        let lines = (0..<25).map { Self.account.replacing("\"a\"", with: "\"a\($0)\"") }.joined(
            separator: "\n")
        #expect(Self.run(lines, limit: 10).map(\.facts.count) == [10, 10, 5])
        #expect(Self.run("\(Self.header)\n\(lines)", limit: 10).map(\.facts.count) == [26])
    }

    @Test func `reasons beyond the limit are counted`() throws {
        var list = SetAsideList(limit: 2)
        for line in 1...5 { list.add(line: line, "bad", place: " (line \(line))") }
        list.add(line: 6, "worse")
        #expect(
            list.entries.map(\.reason) == ["bad (line 1)", "bad (line 2)", "3 more: bad", "1 more: worse"])
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `where the chunks are cut makes no difference`(seed: UInt64) {
        var random = Seeded(seed)
        let pool = [
            Self.account, Self.header, "garbage", "", "\u{FEFF}x", #"{"batch":{"mode":"x"}}"#,
            Self.account.replacing("\"a\"", with: "\"é\""),
        ]
        let lines = (0..<30).map { _ in pool.randomElement(using: &random) ?? "" }
        let bytes = Array(lines.joined(separator: Bool.random(using: &random) ? "\n" : "\r\n").utf8)
        var whole = NativeImporter(Self.setting(.fixed("here"), nil, 3))
        let expected = whole.append(bytes) + whole.finish()
        var pieces = NativeImporter(Self.setting(.fixed("here"), nil, 3))
        var found: [Delivery] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...97, using: &random)
            found += pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        found += pieces.finish()
        #expect(found.map(\.draft.mode) == expected.map(\.draft.mode), "seed \(seed)")
        #expect(
            found.map { $0.draft.facts.map(\.fact) } == expected.map { $0.draft.facts.map(\.fact) },
            "seed \(seed)")
        #expect(found.map(\.draft.setAside) == expected.map(\.draft.setAside), "seed \(seed)")
    }
}
