import Formats
import TestSupport
import Testing

/// Evidence that does not fit.
@Suite struct EvidenceFaultTests {
    /// Lines that are set aside, each with a word of the reason.
    private static let bad: [(line: String, reason: String)] = [
        (#"{"kind":"uptime.probe","id":"b-1","at":"2025-01-03T00:00:00Z","value":{"service":"p","#, "JSON"),
        ("not JSON at all", "JSON"),
        (TinyProgram.probe("b-2", at: "2999-01-01T00:00:00Z").trimmed, "future"),
        (
            TinyProgram.probe("b-3").trimmed.replacing("uptime.probe", with: "uptime.prob"),
            "did you mean \"uptime.probe\"?"
        ),
        (#"{"kind":"uptime.probe","id":"b-4","at":"2025-01-03T00:00:00Z","value":{"service":"p"}}"#, "up"),
        (TinyProgram.probe("b-5").trimmed.replacing("true", with: #""yes""#), "bool"),
        (TinyProgram.probe("b-6", at: "yesterday").trimmed, "time"),
        (TinyProgram.probe("b-7").trimmed.replacing(#""id""#, with: #""key""#), "event"),
        (TinyProgram.probe("b-8").trimmed.replacing(#""id""#, with: #""ident""#), "id, at, from"),
        ("[1,2]", "object"),
        (
            TinyProgram.probe("b-9").trimmed.replacing(
                "}}", with: #","a":"\#(String(repeating: "x", count: 2 << 20))"}}"#), "1 MiB"
        ),
    ]

    @Test func `lines that do not fit are set aside with their number, and the rest goes on`() async throws {
        let desk = try await Desk.tiny()
        var lines = [TinyProgram.probe("good-0").trimmed]
        for (number, bad) in Self.bad.enumerated() {
            lines += [bad.line, TinyProgram.probe("good-\(number + 1)").trimmed]
        }
        try desk.scratch.write("mixed.jsonl", lines.joined(separator: "\n"))

        let outcome = try await desk.expect(1, "import", "mixed.jsonl")
        let told = outcome.output.split(separator: "\n").filter { $0.hasPrefix("set aside") }
        #expect(told.count == Self.bad.count)
        for (position, bad) in Self.bad.enumerated() {
            let number = 2 * position + 2
            let line = told.first { $0.contains("line \(number):") }
            #expect(line?.contains(bad.reason) == true, "line \(number): \(line ?? "not told")")
        }
        // Long lines are not repeated to the reader.
        #expect(outcome.said.utf8.count < 10_000)
        // Of a record with a name and a value that cannot be used, the store may keep that there was one.
        let items = try #require(try await desk.json(0, "fsck")["items"]?.integer)
        #expect(items >= Int64(Self.bad.count + 1) && items <= Int64(2 * Self.bad.count + 1))

        // The same file again brings nothing new.
        let again = try #require(try await desk.json(1, "import", "mixed.jsonl").array?.first)
        #expect(again["received"]?.integer == Int64(2 * Self.bad.count + 1))
        #expect(again["setAside"]?.integer == Int64(Self.bad.count))
        let records = try #require(again["setAsideRecords"]?.array)
        #expect(records.count == Self.bad.count)
        for (position, (record, bad)) in zip(records, Self.bad).enumerated() {
            #expect(record["line"]?.integer == Int64(2 * position + 2), "\(record)")
            #expect(record["reason"]?.string?.contains(bad.reason) == true, "\(record)")
        }
        #expect(again["facts"]?.integer == 0 && again["unchanged"]?.integer == items)
        for (position, _) in Self.bad.enumerated() {
            let explained = try await desk.assay("explain", "portal-up", "good-\(position)")
            #expect(explained.status == 0, "\(explained.said)")
        }
    }

    @Test func `a key that stands twice in a snapshot is set aside once`() async throws {
        let desk = try await Desk.tiny()
        func store(_ key: String, _ encrypted: Bool) -> String {
            #"{"kind":"cloud.store","key":"\#(key)","at":"2025-01-01T00:00:00Z","value":{"encrypted":\#(encrypted)}}"#
                + "\n"
        }
        let header =
            #"{"batch":{"source":"cloud","mode":"snapshot","kinds":["cloud.store"],"at":"2025-01-01T00:00:00Z"}}"#
        let file = header + "\n" + store("a", true) + store("a", false) + store("b", true)
        let outcome = try await desk.expect(1, "import", "-", input: file)
        #expect(outcome.says("set aside", "line 3", "line 2", "twice"))
        // Two stores; what differs may be a third one, so that the snapshot covers nothing.
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 2)
        let same = header + "\n" + store("a", true) + store("a", true) + store("b", true)
        #expect(try await desk.expect(1, "import", "-", input: same).says("set aside", "line 3", "twice"))
        // The coverage of the snapshot is all that is new.
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 3)
    }

    @Test func `a time of recording in a file is refused outside synthetic workspaces`() async throws {
        let desk = try await Desk.tiny()
        let file =
            #"{"batch":{"source":"s","mode":"changes","recorded":"2025-01-05T00:00:00Z"}}"# + "\n"
            + TinyProgram.probe("p-1")
        try await desk.leavesRecordAlone {
            let outcome = try await desk.expect(3, "import", "-", input: TinyProgram.facts + file)
            #expect(outcome.says("recorded", "synthetic: true"))
        }
        let synthetic = try await Desk.tiny(synthetic: true)
        try await synthetic.expect(0, "import", "-", input: file)
    }

    @Test func `an empty line is no finding, and an input without any is told`() async throws {
        let desk = try await Desk.tiny()
        let empty = try await desk.expect(1, "import", "-", input: "")
        #expect(empty.says("not covered"), "\(empty.said)")
        try await desk.expect(0, "import", "-", input: "\n\n" + TinyProgram.probe("p-1") + "\r\n")
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 1)
    }

    @Test func `bytes that are no text at all are set aside`() async throws {
        let desk = try await Desk.tiny()
        var random = Seeded(7)
        var bytes: [UInt8] = (0..<200_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        bytes += Array("\n\(TinyProgram.probe("p-1"))".utf8)
        try desk.scratch.write("noise.jsonl", bytes)
        try await desk.expect(1, "import", "noise.jsonl")
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 1)
    }
}

extension String {
    /// The line without its end.
    fileprivate var trimmed: String { hasSuffix("\n") ? String(dropLast()) : self }
}
