import Evidence
import Formats
import TestSupport
import Testing

@testable import Intake

/// Programs that were not written for us: tables, and exit codes of monitoring plug-ins.
@Suite struct ExecFormatTests {
    private static let mapping = """
        {"kind":"hr.employment","key":"id","complete":true,
         "fields":{"person_id":"id","involuntary":{"column":"fired","true":["1"],"false":["0"]}}}
        """

    private static func collect(
        _ script: String, _ format: String, stream: String? = nil, mapping: String = mapping
    ) async throws -> BatchDraft {
        let folder = try Folder()
        try folder.write("mapping.json", mapping)
        var parameters = ["format": format, "mapping": folder.path + "/mapping.json"]
        parameters["stream"] = stream
        let request = CollectionRequest.sample(
            parameters, command: ["/bin/sh", "-c", script], kinds: ["hr.employment"])
        let drafts = try await Collected.by(ExecConnector(), request)
        #expect(drafts.count == 1)
        return try #require(drafts.first)
    }

    @Test(arguments: [
        ("csv", #"printf 'id,fired\np-1,0\n"p,2",1\n'"#),
        ("json", #"printf '[{"id":"p-1","fired":0,"x":null},{"fired":"1","id":"p,2","y":[1]}]'"#),
        ("singer", tap()),
    ])
    func `a table is read by its mapping and covers its kind`(format: String, script: String) async throws {
        let draft = try await Self.collect(script, format)
        #expect(draft.failures.isEmpty && draft.setAside.isEmpty, "\(draft.failures) \(draft.setAside)")
        let records = draft.records("hr.employment")
        #expect(records.map(\.key) == ["p-1", "p,2"])
        #expect(records.map { $0.value["involuntary"] } == [.bool(false), .bool(true)])
        #expect(draft.mode == .snapshot && draft.coverageCount == 1)
        #expect(draft.parameters["program"] == "/bin/sh" && draft.collector.name == "exec")
    }

    @Test func `a table in which a mapped column stands twice is refused`() async throws {
        let draft = try await Self.collect(#"printf 'id,fired,fired\np-1,0,1\n'"#, "csv")
        #expect(draft.failures.contains { $0.reason.contains("the column \"fired\", which the mapping") })
        #expect(draft.facts.isEmpty)
    }

    private static let schema =
        #"{"type":"SCHEMA","stream":"people","schema":{"properties":{"id":{},"fired":{}}},"key_properties":["id"]}"#

    /// A Singer tap of two people, and of what comes besides.
    private static func tap(_ more: String..., schema: String = schema) -> String {
        let lines =
            [schema, #"{"type":"RECORD","stream":"people","record":{"id":"p-1","fired":0,"x":{"y":1}}}"#]
            + more + [
                #"{"type":"RECORD","stream":"people","record":{"id":"p,2","fired":"1"},"version":1}"#,
                #"{"type":"STATE","value":{"people":"p,2"}}"#,
            ]
        return "printf '%s\\n' " + lines.map { "'\($0)'" }.joined(separator: " ")
    }

    private static let otherSchema = #"{"type":"SCHEMA","stream":"teams","schema":{},"key_properties":[]}"#

    @Test(arguments: [
        (tap("oops"), 2, "1 lines of the tap are no messages"),
        (tap(#"{"type":"BATCH","stream":"people","manifest":[]}"#), 2, "point to files (BATCH)"),
        (tap() + "; exit 3", 2, "exit code 3"),
        (tap(otherSchema), 0, "name one by the parameter \"stream\": people, teams"),
        (tap(schema: #"{"type":"STATE","value":{}}"#), 0, "the tap printed no SCHEMA"),
        ("printf '%s' '\(schema)'", 0, "no rows"),
    ])
    func `what a tap leaves open is a gap`(script: String, records: Int, reason: String) async throws {
        let draft = try await Self.collect(script, "singer")
        #expect(draft.records("hr.employment").count == records)
        #expect(
            draft.coverageCount == 0 && draft.reasons.contains { $0.contains(reason) }, "\(draft.reasons)")
    }

    @Test func `a stream that the tap does not have is a gap`() async throws {
        let draft = try await Self.collect(Self.tap(), "singer", stream: "teams")
        #expect(
            draft.facts.isEmpty && draft.reasons.contains { $0.contains("no SCHEMA of the stream teams") })
    }

    @Test func `one of several streams is taken by its name`() async throws {
        let other = #"{"type":"RECORD","stream":"teams","record":{"id":"t-1"}}"#
        let draft = try await Self.collect(Self.tap(Self.otherSchema, other), "singer", stream: "people")
        #expect(draft.records("hr.employment").map(\.key) == ["p-1", "p,2"] && draft.coverageCount == 1)
    }

    @Test func `a program that fails keeps its rows and covers nothing`() async throws {
        let draft = try await Self.collect(#"printf 'id,fired\np-1,0\n'; exit 4"#, "csv")
        #expect(draft.records("hr.employment").count == 1 && draft.coverageCount == 0)
        #expect(draft.mode == .changes && draft.reasons.contains { $0.contains("exit code 4") })
    }

    @Test(arguments: [
        ("printf '{'", "json", "not JSON"), ("printf '[1]'", "json", "no object"),
        ("true", "xml", "must be one of jsonl, csv, json, singer, nagios"),
    ])
    func `what cannot be read is a gap with its reason`(script: String, format: String, reason: String)
        async throws
    {
        let draft = try await Self.collect(script, format)
        #expect(draft.facts.isEmpty && draft.reasons.contains { $0.contains(reason) }, "\(draft.reasons)")
    }

    @Test(arguments: [(0, true as Bool?), (1, true), (2, false), (3, nil), (7, nil)])
    func `the exit code of a monitoring plug-in is a probe of its moment`(code: Int, isUp: Bool?) async throws
    {
        let request = CollectionRequest.sample(
            ["format": "nagios", "service": "portal"],
            command: ["/bin/sh", "-c", "echo 'OK: secret words'; exit \(code)"])
        let draft = try #require(try await Collected.by(ExecConnector(), request).first)
        #expect(draft.records("uptime.probe").first?.value["up"] == isUp.map(JSON.bool))
        #expect(draft.coverageCount == (isUp == nil ? 0 : 1) && draft.failures.isEmpty == (isUp != nil))
        #expect(!"\(draft)".contains("secret words"))
    }

    private static let monitoring = "/usr/lib/nagios/plugins/check_load"

    @Test(
        .enabled(
            if: (try? ByteFile(reading: monitoring)) != nil, "skipped: monitoring-plugins-basic not installed"
        ))
    func `a monitoring plug-in of others is run`() async throws {
        func probe(_ limit: String) async throws -> JSON? {
            let request = CollectionRequest.sample(
                ["format": "nagios", "service": "load"],
                command: [Self.monitoring, "-w", limit, "-c", limit])
            let draft = try await Collected.by(ExecConnector(), request).first
            return draft?.records("uptime.probe").first?.value["up"]
        }
        // No machine that runs tests is without load, and none has that much.
        #expect(try await probe("99999,99999,99999") == .bool(true))
        #expect(try await probe("-1,-1,-1") != .bool(true))
    }
}
