import Evidence
import Formats
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Intake

@Suite struct ExecConnectorTests {
    private static let header = #"{"batch":{"mode":"snapshot","kinds":["k"],"at":"2026-03-01T10:00:00Z"}}"#
    private static let fact = #"{"kind":"k","key":"a","at":"2026-03-01T09:00:00Z","value":{}}"#

    private static func collect(
        _ script: String, _ parameters: [String: String] = [:]
    ) async throws -> [BatchDraft] {
        try await Collected.by(ExecConnector(), .sample(parameters, command: ["/bin/sh", "-c", script]))
    }

    @Test func `a run that ends well covers its kinds`() async throws {
        let drafts = try await Self.collect("echo '\(Self.header)'; printf '%s' '\(Self.fact)'")
        let draft = try #require(drafts.first)
        #expect(drafts.count == 1 && draft.failures.isEmpty && draft.setAside.isEmpty)
        #expect(draft.records("k").count == 1 && draft.coverage("k") != nil)
        let shell = try Data(contentsOf: URL(fileURLWithPath: "/bin/sh"))
        #expect(draft.parameters["sha256"] == Digest.sha256(shell).hex)
        #expect(draft.collector == Collector(name: "exec", version: "1.0"))
    }

    @Test func `a run that ends badly keeps its records and covers nothing`() async throws {
        let drafts = try await Self.collect(
            "echo '\(Self.header)'; echo '\(Self.fact)'; echo one >&2; printf 'no \\033[31mright\\n\\n' >&2; exit 3"
        )
        let draft = try #require(drafts.first)
        #expect(draft.records("k").count == 1 && draft.coverageCount == 0)
        #expect(
            draft.reasons.last == "the program ended with exit code 3; run it by hand to see what it says")
        #expect(draft.failures.map(\.kind) == ["k", nil])
    }

    @Test func `a run beyond its time is ended with all that it started`() async throws {
        let folder = try Folder()
        let script = "echo '\(Self.fact)'; sh -c 'echo $$ > \(folder.path)/pid; sleep 3000' & sleep 3000"
        var drafts: [BatchDraft] = []
        var child: Int32?
        // On a busy machine the program may be ended before it came to anything: then it is given longer.
        for limit in ["1s", "10s", "100s"] where child == nil {
            drafts = try await Self.collect(script, ["timeout": limit])
            let text = try? String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
            child = text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        let draft = try #require(drafts.first)
        #expect(draft.records("k").count == 1)
        #expect(draft.reasons.first?.hasPrefix("the program ran longer than") == true)
        let state = try? String(contentsOfFile: "/proc/\(try #require(child))/stat", encoding: .utf8)
        #expect(state == nil || state?.contains(") Z") == true)
    }

    @Test(arguments: [
        // What it started goes on printing after its own end.
        "(sleep 0.3; echo '\(fact)') &\necho '\(header)'",
        "exec > >(sed -u 's/x/k/')\necho '\(header)'; sleep 0.1; echo '\(fact)'",
    ]) func `what its programs print after its own end belongs to it`(script: String) async throws {
        let drafts = try await Collected.by(
            ExecConnector(), .sample(command: ["/bin/bash", "-c", script]))
        let draft = try #require(drafts.first)
        #expect(drafts.count == 1 && draft.failures.isEmpty, "\(draft.reasons)")
        #expect(draft.records("k").map(\.key) == ["a"] && draft.coverage("k") != nil)
    }

    @Test func `a program whose output is held when the time is up covers nothing`() async throws {
        let drafts = try await Self.collect(
            "echo '\(Self.header)'; echo '\(Self.fact)'; sleep 3000 &", ["timeout": "500ms"])
        let draft = try #require(drafts.first)
        #expect(draft.records("k").count == 1 && draft.coverageCount == 0)
        #expect(
            draft.reasons.contains { $0.contains("it left programs behind that hold its output") },
            "\(draft.reasons)")
    }

    /// Neither of its ends is held by what it leaves behind.
    @Test func `what a program leaves behind ends with it`() async throws {
        let folder = try Folder()
        let drafts = try await Self.collect(
            "sleep 3000 </dev/null >/dev/null 2>&1 & echo $! > \(folder.path)/pid; echo '\(Self.header)'")
        #expect(drafts.first?.failures.isEmpty == true)
        let text = try String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
        let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // It has been told to end, which takes the system a moment.
        var state: String?
        for _ in 0..<500 {
            state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
            if state == nil || state?.contains(") Z") == true { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(state == nil || state?.contains(") Z") == true)
    }

    /// As a connection of ssh does that is kept open for the next one.
    @Test(.timeLimit(.minutes(1))) func `who holds its standard error alone holds up nothing`() async throws {
        let drafts = try await Self.collect(
            "setsid sleep 30 >/dev/null & echo '\(Self.header)'; echo why >&2; exit 3", ["timeout": "20s"])
        #expect(
            drafts.first?.reasons.last
                == "the program ended with exit code 3; run it by hand to see what it says")
    }

    @Test func `a program that ignores being told to end is killed`() async throws {
        let drafts = try await Self.collect("trap '' TERM; while :; do sleep 0.1; done", ["timeout": "200ms"])
        #expect(drafts.first?.reasons.first?.hasPrefix("the program ran longer than") == true)
    }

    @Test func `a flood is stopped at the limit`() async throws {
        let drafts = try await Self.collect("yes '\(Self.fact)'", ["max_output": "1000"])
        let draft = try #require(drafts.first)
        #expect(draft.reasons.first?.contains("more than 1000 bytes") == true)
        #expect(draft.records("k").count == 1 && draft.coverageCount == 0)
    }

    @Test func `garbage is set aside, the rest proceeds`() async throws {
        let drafts = try await Self.collect("printf 'x\\n\\377\\n'; echo '\(Self.fact)'")
        let draft = try #require(drafts.first)
        #expect(draft.setAside.map(\.line) == [1, 2] && draft.records("k").count == 1)
    }

    @Test(arguments: [[], ["/no/such/program"], ["no-such-program-here"], ["/tmp"]])
    func `a program that is not there is a failure`(command: [String]) async throws {
        let drafts = try await Collected.by(ExecConnector(), .sample(command: command))
        #expect(drafts.count == 1 && drafts.first?.failures.count == 1)
        #expect(drafts.allSatisfy { $0.facts.isEmpty })
    }

    @Test(arguments: [["timeout": "soon"], ["timeout": "0s"], ["max_output": "-1"]])
    func `a parameter that cannot be is refused`(parameters: [String: String]) async throws {
        let drafts = try await Self.collect("true", parameters)
        #expect(drafts.first?.failures.map(\.scope) == ["parameters"])
    }

    @Test func `the environment is bare and the input closed`() async throws {
        let names = "$(env | cut -d= -f1 | sort | tr '\\n' ' ')"
        let fact = #"{\"kind\":\"k\",\"key\":\"\#(names)\",\"at\":\"2026-03-01T09:00:00Z\",\"value\":{}}"#
        let drafts = try await Self.collect("echo \"\(fact)\"; cat")
        let keys = drafts.flatMap { $0.records("k") }.map(\.key)
        #expect(keys == ["LC_ALL PATH PWD "] || keys == ["LC_ALL PATH PWD _ "])
    }

    /// It ends well when it is told to end, as a program should.
    @Test func `a run that is interrupted covers nothing, however the program ends`() async throws {
        let folder = try Folder()
        let script = """
            trap 'exit 0' TERM; echo '\(Self.header)'; echo '\(Self.fact)'; touch \(folder.path)/started
            while :; do sleep 0.05; done
            """
        let collecting = Task { try await Self.collect(script) }
        defer { collecting.cancel() }
        // Another process says by a file that it runs; nothing calls back when that is there.
        let deadline = ContinuousClock.now + .seconds(120)
        while !FileManager.default.fileExists(atPath: folder.path + "/started") {
            let isInTime = ContinuousClock.now < deadline
            try #require(isInTime, "the program has not made its file \"started\" within two minutes")
            try await Task.sleep(for: .milliseconds(10))
        }
        collecting.cancel()
        let drafts = try await collecting.value
        let draft = try #require(drafts.first)
        #expect(draft.coverageCount == 0 && draft.reasons.contains("the collection was interrupted"))
    }

    @Test func `an error of the store comes out`() async throws {
        struct Full: Error {}
        await #expect(throws: Full.self) {
            try await ExecConnector().collect(.sample(command: ["true"])) { _ in throw Full() }
        }
    }
}

@Suite struct FileConnectorTests {
    /// Two batches, the first of which is handed on before the file has been read to its end.
    private static let two = """
        {"batch":{"mode":"snapshot","kinds":["k"],"at":"2026-03-01T10:00:00Z"}}
        {"kind":"k","key":"a","at":"2026-03-01T09:00:00Z","value":{}}
        {"batch":{"mode":"snapshot","kinds":["l"],"at":"2026-03-01T10:00:00Z"}}
        {"kind":"l","key":"a","at":"2026-03-01T09:00:00Z","value":{}}

        """

    @Test(arguments: [false, true]) func `a file that is written to while it is read is not whole`(
        _ isChanged: Bool
    ) async throws {
        let folder = try Folder()
        try folder.write("a.jsonl", Self.two)
        let drafts = Mutex<[BatchDraft]>([])
        try await FileConnector().collect(.sample(["path": folder.path + "/a.jsonl"])) { delivery in
            let isFirst = drafts.withLock { drafts in
                drafts.append(delivery.draft)
                return drafts.count == 1
            }
            guard isChanged, isFirst, let file = FileHandle(forWritingAtPath: folder.path + "/a.jsonl")
            else { return }
            try file.seekToEnd()
            try file.write(contentsOf: Data("\n".utf8))
            try file.close()
        }
        let all = drafts.withLock { $0 }
        let last = try #require(all.last)
        #expect(all.count == 2 && (last.coverage("l") == nil) == isChanged)
        #expect(last.reasons.contains("it changed while it was read; collect again") == isChanged)
    }

    @Test func `a file is read like the output of a program`() async throws {
        let folder = try Folder()
        try folder.write(
            "a.jsonl", "{\"kind\":\"k\",\"key\":\"a\",\"at\":\"2026-03-01T09:00:00Z\",\"value\":{}}\nx")
        let drafts = try await Collected.by(FileConnector(), .sample(["path": folder.path + "/a.jsonl"]))
        let draft = try #require(drafts.first)
        #expect(draft.records("k").count == 1 && draft.setAside.map(\.line) == [2] && draft.failures.isEmpty)
    }

    @Test(arguments: ["/no/such/file", "/tmp"])
    func `a file that cannot be read is a failure`(path: String) async throws {
        let drafts = try await Collected.by(FileConnector(), .sample(["path": path]))
        #expect(drafts.count == 1 && drafts.first?.failures.count == 1)
    }

    /// Held open at both ends, so that nobody waits at it who opens it all the same.
    @Test func `a pipe is refused before anybody waits at it`() async throws {
        let folder = try Folder()
        let path = folder.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        let held = open(path, O_RDWR | O_NONBLOCK)
        try #require(held >= 0)
        defer { close(held) }
        let read = try await Collected.by(FileConnector(), .sample(["path": path]))
        let run = try await Collected.by(ExecConnector(), .sample(command: [path]))
        for drafts in [read, run] {
            let draft = try #require(drafts.first)
            #expect(drafts.count == 1 && draft.facts.isEmpty && draft.failures.count == 1)
            #expect(
                draft.reasons.first?.hasPrefix("\(path) is no regular file but a pipe, a folder or a device")
                    == true)
        }
        #expect(ExecConnector.digest(of: path) == nil)
    }

    /// Nobody writes into it: who waits for that waits for ever.
    @Test(.timeLimit(.minutes(1))) func `a pipe that nobody holds is refused as well`() throws {
        let folder = try Folder()
        let path = folder.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        let error = try #require(throws: FileError.self) { try ByteFile(reading: path) }
        #expect(error.reason == .irregular && error.description.contains("name a file"))
    }

    @Test func `connectors go by their names`() {
        #expect(
            Connectors.names == [
                "aws", "exec", "file", "fleet", "git", "github", "google", "host", "https", "jamf", "jira",
                "ldap", "microsoft", "okta", "pagerduty", "plugin", "postgresql", "prometheus", "s3", "scim",
                "syslog",
            ])
        #expect(Connectors.names.allSatisfy { Connectors.named($0) != nil } && Connectors.named("x") == nil)
    }
}
