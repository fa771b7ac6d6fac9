import Evidence
import Formats
import Foundation
import Testing

@testable import Intake

@Suite struct PluginConnectorTests {
    private static let manifest = """
        {"protocol":"evidence-plugin/1","name":"badges","version":"1","streams":[{"name":"badges","primary_key":"id",\
        "complete":"snapshot","maps_to":"badge.record","fields":{"holder_id":"string","active":"bool"}}],\
        "config":[{"name":"site","type":"string","required":true}],"secrets":["token"],"timeout_s":600}
        """
    private static let start = #"{"type":"start","stream":"badges","observed_at":"2026-03-01T11:59:00Z"}"#
    private static let record =
        #"{"type":"record","stream":"badges","data":{"id":"b-1","holder_id":"p-9","active":true,"pin":"1234"}}"#

    private static func end(_ count: Int, complete: Bool = true) -> String {
        #"{"type":"end","stream":"badges","count":\#(count),"complete":\#(complete)}"#
    }

    /// Runs a plug-in that prints these lines when it is asked to read.
    static func collect(
        _ lines: [String], status: Int = 0,
        check: String = #"{"ok":true,"identity":"reader","can_write":false}"#,
        manifest: String = manifest, approve: Bool = true, secrets: [String: SecretReference] = [:],
        parameters: [String: String] = ["site": "north"], read: String = "", cursor: String? = nil
    ) async throws -> (drafts: [BatchDraft], cursors: [String?]) {
        let folder = try Folder()
        try folder.write("lines", lines.joined(separator: "\n") + "\n")
        let script = """
            #!/bin/sh
            case "$1" in
            describe) echo '\(manifest)' ;;
            check) cat >/dev/null; echo '\(check)' ;;
            read) cat > \(folder.path)/input; env > \(folder.path)/env; \(read) cat \(folder.path)/lines; exit \(status) ;;
            esac
            """
        try folder.write("plugin", script)
        let path = folder.path + "/plugin"
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        var parameters = parameters
        if approve { parameters["sha256"] = ExecConnector.digest(of: path) }
        var request = CollectionRequest.sample(parameters, command: [path])
        request.secrets = secrets
        request.cursor = cursor
        let deliveries = try await Collected.deliveries(by: PluginConnector(), request)
        return (deliveries.map(\.draft), deliveries.map(\.cursor))
    }

    @Test func `a whole stream covers its kind, without the fields that were not declared`() async throws {
        let run = try await Self.collect([Self.start, Self.record, Self.end(1)])
        let draft = try #require(run.drafts.first)
        #expect(run.drafts.count == 1 && draft.failures.isEmpty && draft.setAside.isEmpty)
        let (key, value) = try #require(draft.records("badge.record").first)
        #expect(key == "b-1" && value["pin"] == nil && value["holder_id"]?.string == "p-9")
        #expect(
            draft.mode == .snapshot
                && draft.coverage("badge.record")?.start == Instant("2026-03-01T11:59:00Z"))
        #expect(draft.sourceTotal == 1 && draft.parameters["identity"] == "reader")
        #expect(draft.parameters["output_sha256"]?.count == 64)
    }

    @Test(arguments: [
        ([start, record], 0, "there is no end mark"),
        ([start, record, end(2)], 0, "the end mark counts 2 records, 1 came"),
        ([start, record, end(1, complete: false)], 0, "says that it is not complete"),
        (
            [
                start, record, #"{"type":"gap","stream":"badges","scope":"site b","reason":"access denied"}"#,
                end(1),
            ], 0,
            "access denied"
        ),
        ([start, record, end(1)], 3, "refused it access"),
        ([start, record, end(1)], 5, "rate limit"),
        ([start, record, end(1)], 9, "ended with exit code 9, which"),
        ([start, record, "garbage", end(1)], 0, "belong to no stream"),
        (
            [start, record, #"{"type":"record","stream":"badges","data":{"active":true}}"#, end(2)], 0,
            "records were set aside"
        ),
        ([record, start, end(1)], 0, "records were set aside"),
    ])
    func `what is not whole covers nothing, whatever the exit code`(
        lines: [String], status: Int, reason: String
    ) async throws {
        let run = try await Self.collect(lines, status: status)
        let draft = try #require(run.drafts.first)
        #expect(draft.coverageCount == 0)
        #expect(
            draft.failures.contains { $0.kind == "badge.record" && $0.reason.contains(reason) },
            "\(draft.reasons)")
    }

    @Test func `a file that was not approved, or changed since, does not run`() async throws {
        let unknown = try await Self.collect([Self.start], approve: false)
        #expect(unknown.drafts.first?.reasons.first?.hasPrefix("it is not approved; review it") == true)
        let changed = try await Self.collect(
            [Self.start], approve: false,
            parameters: ["site": "north", "sha256": String(repeating: "0", count: 64)])
        #expect(changed.drafts.first?.reasons.first?.contains("not the one that was approved") == true)
    }

    /// Something is put in its place by whoever runs at that time.
    @Test func `a file that changes while it is in use brings nothing that counts`() async throws {
        let lines = [Self.start, Self.record, Self.end(1)]
        let answer = #"{"ok":true,"identity":"reader","can_write":false}"#
        let change = #"'; echo '#' >> "$0"; : '"#
        let refused = [
            try await Self.collect(lines, manifest: Self.manifest + change),
            try await Self.collect(lines, check: answer + change),
        ]
        for run in refused {
            #expect(run.drafts.map(\.facts.count) == [0] && run.cursors == [nil])
            #expect(run.drafts.first?.reasons == [PluginRun.changed])
        }
        let late = try await Self.collect(lines, read: #"echo '#' >> "$0";"#, cursor: Self.before)
        #expect(late.drafts.map(\.coverageCount) == [0])
        #expect(late.drafts.first?.reasons == [PluginRun.changed])
        #expect(try Self.next(late.cursors) == ["3", "2026-03-01T09:00:00Z"])
    }

    @Test(arguments: [
        (#"{"ok":false}"#, "cannot collect"), (#"{"ok":true,"can_write":true}"#, "only read"),
        ("", "not one JSON"),
    ])
    func `a plug-in that cannot sign in, or could write, does not run`(check: String, reason: String)
        async throws
    {
        let run = try await Self.collect([Self.start, Self.record, Self.end(1)], check: check)
        #expect(
            run.drafts.first?.reasons.first?.contains(reason) == true
                && run.drafts.first?.facts.isEmpty == true)
    }

    @Test(arguments: [[:], ["site": "north", "colour": "red"]])
    func `settings are those of the manifest`(parameters: [String: String]) async throws {
        let run = try await Self.collect([Self.start], parameters: parameters)
        #expect(run.drafts.first?.failures.map(\.scope) == ["parameters"])
    }

    @Test func `secrets go to standard input and nowhere else`() async throws {
        let folder = try Folder()
        try folder.write("token", "hunter2\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.path + "/token")
        let script =
            "grep -q '\"token\":\"hunter2\"' $(dirname $0)/input || exit 3; grep -q hunter2 $(dirname $0)/env && exit 4;"
        let run = try await Self.collect(
            [Self.start, Self.record, Self.end(1)], secrets: ["token": .file(folder.path + "/token")],
            read: script)
        let draft = try #require(run.drafts.first)
        #expect(draft.failures.isEmpty, "\(draft.reasons)")
        #expect(!"\(draft)".contains("hunter2"))
    }

    @Test func `a secret that others can read is refused`() async throws {
        let folder = try Folder()
        try folder.write("token", "hunter2")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: folder.path + "/token")
        let run = try await Self.collect([Self.start], secrets: ["token": .file(folder.path + "/token")])
        #expect(run.drafts.first?.reasons.first?.contains("chmod 600") == true)
    }

    @Test func `the state comes back, and an incomplete run is asked for again`() async throws {
        let state = #"{"type":"state","value":{"page":7}}"#
        let whole = try await Self.collect([Self.start, Self.record, state, Self.end(1)])
        let cut = try await Self.collect([Self.start, Self.record, state])
        let next = try JSON(parsing: try #require(whole.cursors.first ?? nil))
        let again = try JSON(parsing: try #require(cut.cursors.first ?? nil))
        #expect(next["state"]?["page"]?.integer == 7 && next["until"]?.string == "2026-03-01T12:00:00Z")
        #expect(again["until"]?.string == "2026-01-30T12:00:00Z" && again["state"]?.isNull == true)
    }

    static let page = #"{"type":"state","value":{"page":7}}"#
    private static let gap = #"{"type":"gap","stream":"badges","scope":"site b","reason":"access denied"}"#
    static let before = #"{"state":{"page":3},"until":"2026-03-01T09:00:00Z"}"#

    /// The page and the time with which the next run begins.
    static func next(_ cursors: [String?]) throws -> [String?] {
        let cursor = try JSON(parsing: try #require(cursors.last ?? nil))
        return [cursor["state"]?["page"]?.integer.map { String($0) }, cursor["until"]?.string]
    }

    @Test(arguments: [
        ([start, record, page], 0), ([start, record, gap, page, end(1)], 0),
        ([start, record, #"{"type":"record","stream":"badges","data":{"active":true}}"#, page, end(2)], 0),
        ([start, record, page, end(2)], 0), ([start, record, page, end(1)], 4),
        // The rest of a snapshot would end what came before it.
        ([start, record, page], 5), ([start, record, page, end(1)], 5), ([], 9),
    ])
    func `a run that is not whole is asked again as it was`(lines: [String], status: Int) async throws {
        let run = try await Self.collect(lines, status: status, cursor: Self.before)
        #expect(run.drafts.map(\.coverageCount) == [0])
        #expect(try Self.next(run.cursors) == ["3", "2026-03-01T09:00:00Z"])
    }

    @Test func `a whole run that prints no state leaves it as it was`() async throws {
        let run = try await Self.collect([Self.start, Self.record, Self.end(1)], cursor: Self.before)
        #expect(try Self.next(run.cursors) == ["3", "2026-03-01T12:00:00Z"])
    }

    /// The next run brings only the rest: what is not on record by then never comes.
    @Test(arguments: [
        ([], 5, "7"), ([end(1, complete: false)], 5, "7"), ([], 4, "3"), ([], 0, "3"), ([end(1)], 9, "3"),
        ([end(2)], 5, "3"), ([gap], 5, "3"), ([record], 5, "3"),
        (["garbage", page], 5, "3"), ([gap], 4, "3"),
    ])
    func `events are gone on with after a pause when all that came is on record`(
        lines: [String], status: Int, page: String
    ) async throws {
        let manifest = """
            {"protocol":"evidence-plugin/1","name":"badges","version":"1","streams":[{"name":"badges",\
            "primary_key":"id","complete":"events","maps_to":"badge.use","fields":{}}]}
            """
        let use = #"{"type":"record","stream":"badges","data":{"id":"1","at":"2026-03-01T10:00:00Z"}}"#
        let run = try await Self.collect(
            [Self.start, use, Self.page] + lines, status: status, manifest: manifest, parameters: [:],
            cursor: Self.before)
        #expect(run.drafts.map(\.coverageCount) == [0])
        #expect(try Self.next(run.cursors) == [page, "2026-03-01T09:00:00Z"])
    }

    private static let two = """
        {"protocol":"evidence-plugin/1","name":"log","version":"1","streams":[{"name":"logins","primary_key":"id",\
        "complete":"events","maps_to":"auth.event","fields":{}},{"name":"changes","primary_key":"id",\
        "complete":"events","maps_to":"change.ticket","fields":{}}]}
        """

    private static func stream(_ name: String, complete: Bool) -> [String] {
        [
            #"{"type":"start","stream":"\#(name)","observed_at":"2026-03-01T12:00:00Z"}"#,
            #"{"type":"end","stream":"\#(name)","count":0,"complete":\#(complete)}"#,
        ]
    }

    @Test func `what one stream lacks is asked for again, whatever the others brought`() async throws {
        let cut = try await Self.collect(
            Self.stream("logins", complete: false) + Self.stream("changes", complete: true),
            manifest: Self.two, parameters: [:])
        #expect(cut.drafts.map(\.coverageCount) == [0, 1])
        #expect(Set(cut.cursors).count == 1)
        #expect(cut.cursors.last??.contains("2026-01-30T12:00:00Z") == true)
        let whole = try await Self.collect(
            Self.stream("logins", complete: true) + Self.stream("changes", complete: true),
            manifest: Self.two, parameters: [:])
        #expect(whole.cursors.last??.contains("2026-03-01T12:00:00Z") == true)
    }

    @Test(arguments: [
        "", "[]", #"{"protocol":"evidence-plugin/2"}"#,
        #"{"protocol":"evidence-plugin/1","name":"a","version":"1"}"#,
    ])
    func `a manifest that is none is refused`(manifest: String) async throws {
        let run = try await Self.collect([Self.start], manifest: manifest)
        #expect(run.drafts.first?.failures.map(\.scope) == ["describe"])
    }

    @Test func `events outside the time that was asked for are left out`() async throws {
        let manifest = """
            {"protocol":"evidence-plugin/1","name":"t","version":"1","streams":[{"name":"t","primary_key":"id",\
            "complete":"events","maps_to":"training.completion","fields":{"person_id":"string"}}]}
            """
        let lines = [
            #"{"type":"start","stream":"t","observed_at":"2026-03-01T12:00:00Z"}"#,
            #"{"type":"record","stream":"t","data":{"id":"1","at":"2026-02-20T00:00:00Z","person_id":"p"}}"#,
            #"{"type":"record","stream":"t","data":{"id":"2","at":"2020-02-20T00:00:00Z","person_id":"p"}}"#,
            #"{"type":"end","stream":"t","count":2,"complete":true}"#,
        ]
        let run = try await Self.collect(lines, manifest: manifest, parameters: [:])
        let draft = try #require(run.drafts.first)
        #expect(draft.records("training.completion").map(\.key) == ["1"] && draft.setAside.count == 1)
        #expect(draft.coverage("training.completion")?.end == noon && draft.failures.isEmpty)
    }

    @Test(arguments: [("", "2026-03-01T12:00:00Z"), (#","lag_s":7200"#, "2026-03-01T10:00:00Z")])
    func `an hour is asked for again, and what a system tells late not yet`(lag: String, until: String)
        async throws
    {
        let manifest = """
            {"protocol":"evidence-plugin/1","name":"t","version":"1"\(lag),"streams":[{"name":"t",\
            "primary_key":"id","complete":"events","maps_to":"training.completion","fields":{}}]}
            """
        let late = [
            #"{"type":"start","stream":"t","observed_at":"2026-03-01T12:00:00Z"}"#,
            #"{"type":"record","stream":"t","data":{"id":"1","at":"2026-03-01T08:30:00Z"}}"#,
            #"{"type":"record","stream":"t","data":{"id":"2","at":"2026-03-01T07:59:00Z"}}"#,
            #"{"type":"end","stream":"t","count":2,"complete":true}"#,
        ]
        let cursor = #"{"state":null,"until":"2026-03-01T09:00:00Z"}"#
        let run = try await Self.collect(
            late, manifest: manifest, parameters: [:],
            read: #"grep -q '"since":"2026-03-01T08:00:00Z"' $(dirname $0)/input || exit 4;"#, cursor: cursor)
        let draft = try #require(run.drafts.first)
        #expect(draft.failures.isEmpty, "\(draft.reasons)")
        #expect(draft.records("training.completion").map(\.key) == ["1"])
        let start = try #require(Instant("2026-03-01T08:00:00Z"))
        let end = try #require(Instant(until))
        #expect(draft.coverage("training.completion") == Interval(from: start, to: end))
        #expect(run.cursors.first??.contains(until) == true)
        // An incomplete run begins where this one did, not an hour before each time.
        let cut = try await Self.collect(
            Array(late.prefix(2)), manifest: manifest, parameters: [:], cursor: cursor)
        #expect(cut.cursors.first??.contains("2026-03-01T09:00:00Z") == true)
    }

    @Test func `a secret that a plug-in prints into a gap does not go on record`() async throws {
        let folder = try Folder()
        try folder.write("token", "hunter2\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.path + "/token")
        let gap =
            #"{"type":"gap","stream":"badges","scope":"site a","reason":"401 for Bearer hun\u0007ter2"}"#
        let run = try await Self.collect(
            [Self.start, gap, Self.end(0)], check: #"{"ok":true,"identity":"hunter2"}"#,
            secrets: ["token": .file(folder.path + "/token")])
        let draft = try #require(run.drafts.first)
        #expect(!"\(draft)".contains("hunter2"))
        #expect(draft.failures.contains { $0.scope == "site a" && $0.reason.contains("withheld") })
        #expect(draft.coverageCount == 0)
    }

    @Test(arguments: [(true, 1), (false, 0)])
    func `a key that comes again hides nothing only where it says the same`(isSame: Bool, covered: Int)
        async throws
    {
        let data = #"{"active":\#(isSame),"holder_id":"p-9","id":"b-1"}"#
        let again = #"{"type":"record","stream":"badges","data":\#(data)}"#
        let run = try await Self.collect([Self.start, Self.record, again, Self.end(2)])
        let draft = try #require(run.drafts.first)
        #expect(draft.records("badge.record").count == 1 && draft.coverageCount == covered)
        #expect(draft.setAside.map(\.mayHideRecord) == [!isSame])
    }

    // MARK: Templates

    private static func template(_ name: String) -> String {
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
            + "/Examples/plugins/\(name)/plugin"
    }

    @Test func `the template in shell works as it is`() async throws {
        let path = Self.template("shell")
        let digest = try #require(ExecConnector.digest(of: path))
        let drafts = try await Collected.by(
            PluginConnector(), .sample(["sha256": digest, "host": "here"], command: [path]))
        let draft = try #require(drafts.first)
        #expect(draft.failures.isEmpty, "\(draft.reasons)")
        #expect(draft.records("host.account").contains { $0.key == "here/root" })
        #expect(draft.coverage("host.account") != nil)
    }

    @Test func `a plug-in has no more memory than it is given, and leaves no core`() async throws {
        let hungry = "head -c 200000000 /dev/zero | tail -n 1 > /dev/null || exit 9;"
        let parameters = ["site": "north", "max_memory": "67108864"]
        let run = try await Self.collect(
            [Self.start, Self.record, Self.end(1)], parameters: parameters, read: hungry)
        #expect(run.drafts.first?.reasons.contains { $0.contains("max_memory") } == true)
        #expect(run.drafts.first?.coverageCount == 0)
        let modest = try await Self.collect(
            [Self.start, Self.record, Self.end(1)], parameters: parameters,
            read: #"[ "$(ulimit -c)" = 0 ] && [ "$(ulimit -v)" = 65536 ] || exit 9;"#)
        #expect(modest.drafts.first?.failures.isEmpty == true, "\(modest.drafts.first?.reasons ?? [])")
    }

    @Test func `a program that uses up its processor time is ended`() async {
        let run = await Program(
            executable: "/bin/sh", arguments: ["-c", "while :; do :; done"], timeLimit: .seconds(600),
            limits: Program.Limits(memory: 1 << 30, processor: .seconds(1))
        ).run()
        #expect(run.end == .signalled(24))
    }
}
