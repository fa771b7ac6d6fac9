import Formats
import Foundation
import Ledger
import Testing

/// A sample from the command line: populations, draws, and files that others check.
@Suite struct SampleTests {
    private static func probes(_ count: Int) -> String {
        (1...count).map {
            TinyProgram.probe(
                "p-\($0 + 100)", at: "2025-01-\($0 < 9 ? "0" : "")\($0 + 1)T00:00:00Z", up: $0 != 3)
        }
        .joined() + TinyProgram.coverage
    }

    @Test func `the same log gives the same bytes, and a larger sample begins with the smaller one`()
        async throws
    {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        func draw(_ size: String) async throws -> [String] {
            let sample = try await desk.json(0, "sample", "portal-up", "--seed", "s-1", "--size", size)
            return try #require(sample["picks"]?.array).compactMap { $0["id"]?.string }
        }
        try await desk.leavesRecordAlone {
            let once = try await desk.expect(
                0, "sample", "portal-up", "--seed", "s-1", "--size", "5", "--format", "json")
            let twice = try await desk.expect(
                0, "sample", "portal-up", "--seed", "s-1", "--size", "5", "--format", "json")
            #expect(once.output == twice.output)
            let (five, nine) = (try await draw("5"), try await draw("9"))
            #expect(five.count == 5 && Array(nine.prefix(5)) == five)
            let table = try await desk.expect(0, "sample", "portal-up", "--seed", "s-1", "--size", "5")
            for id in five {
                let parts = try #require(try JSON(parsing: Array(id.utf8)).array)
                for part in parts { #expect(table.says(try #require(part.string))) }
            }
            #expect(table.says("20 events", "45.1 % of an endless population"))
        }
    }

    @Test func `the table keeps to a hundred columns, and shortens long keys`() async throws {
        let ids = ["a", "b", "c", "d"].map { $0 + String(repeating: "f0e1d2c3ba", count: 4) }
        let facts = ids.enumerated().map {
            TinyProgram.probe($0.element, at: "2025-01-0\($0.offset + 2)T00:00:00Z", up: true)
        }
        let desk = try await Desk.tiny(facts: facts.joined() + TinyProgram.coverage)
        let table = try await desk.expect(0, "sample", "portal-up", "--seed", "s", "--size", "4")
        #expect(table.output.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(table.output)")
        for id in ids { #expect(table.says(String(id.prefix(12))) && !table.says(id), "\(id)") }
    }

    @Test func `items have the numbers that everything else calls them by`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let table = try await desk.expect(0, "sample", "portal-up", "--seed", "s", "--size", "2")
        for key in ["p-1", "p-2"] {
            let explained = try await desk.expect(0, "explain", "portal-up", key)
            let number = try #require(explained.output.firstMatch(of: /item (\d+) of 3 in the batch/)).1
            #expect(explained.says("log entry 1,"))
            let row = try #require(
                table.output.split(separator: "\n").first { $0.contains(" \(key)  import ") })
            #expect(row.contains(" 1/\(number) "), "\(row)")
        }
    }

    @Test func `without a seed the population is shown and nothing drawn`() async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        let shown = try await desk.expect(0, "sample", "portal-up")
        #expect(shown.says("20 events", "(i)", "p-101 to p-120", "Nothing is drawn"))
        let json = try await desk.json(0, "sample", "portal-up")
        #expect(json["draw"]?.isNull == true)
        #expect(json["population"]?["count"]?.integer == 20)
    }

    @Test func `a draw of nothing has no bound, and says so`() async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        let nothing = try await desk.expect(
            0, "sample", "portal-up", "--seed", "s", "--stratify", "month", "--allocate", "2025-01=0")
        #expect(nothing.says("sample      0", "Nothing was drawn, so there is no bound."))
        #expect(!nothing.says("At 95 % confidence"))
        let empty = try await Desk.tiny(facts: TinyProgram.coverage)
        let none = try await empty.expect(0, "sample", "portal-up", "--seed", "s", "--size", "preset")
        #expect(none.says("population  0 events", "Drawn: 0 of 0", "Nothing was drawn, so there is no bound"))
        #expect(!none.says("At 95 % confidence"))
    }

    @Test(
        arguments: [
            #"{"batch":{"source":"other","mode":"changes","query":"q"}}"# + "\n"
                + #"{"kind":"uptime.probe","id":"p-999","at":"some day","value":{}}"# + "\n",
            #"{"batch":{"source":"other","mode":"changes","kinds":["uptime.probe"],"query":"q","failures":"#
                + #"[{"kind":"uptime.probe","scope":"a day of January","reason":"refused"}]}}"# + "\n",
        ])
    func `what was left out long after the period is told`(_ later: String) async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        #expect(try await rest(desk) == "holds")
        try desk.scratch.write("later.jsonl", later)
        try await desk.assay("import", "later.jsonl")
        #expect(try await rest(desk) == "does not hold")
    }

    private func rest(_ desk: Desk) async throws -> String? {
        let sample = try await desk.json(0, "sample", "portal-up")
        return sample["checks"]?.array?.last?["result"]?.string
    }

    @Test func `a file is checked without a workspace, and a changed one is refused`() async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        try desk.scratch.write("key", try await desk.expect(0, "log", "key").output)
        let sample = try await desk.expect(
            0, "sample", "portal-up", "--seed", "s", "--size", "4", "--format", "json")
        try desk.scratch.write("sample.json", sample.output)
        try FileManager.default.removeItem(atPath: desk.scratch.path("workspace"))
        let good = try await desk.expect(0, "sample", "--verify", "sample.json", "--key", "key")
        #expect(good.says("as the log's key has signed it", "4 facts, each proven"))
        #expect(
            try await desk.expect(0, "sample", "--verify", "sample.json").says("signatures", "not checked"))
        try desk.scratch.write(
            "changed.json", sample.output.replacingOccurrences(of: #""seed":"s""#, with: #""seed":"t""#))
        let bad = try await desk.expect(1, "sample", "--verify", "changed.json")
        #expect(bad.says("changed since it was sealed: draw", "FAILED  draw"))
        try await desk.expect(3, "sample", "--verify", "nowhere.json")
    }

    @Test func `months and stated sizes`() async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        let month = try await desk.expect(
            0, "sample", "portal-up", "--seed", "s", "--stratify", "month", "--allocate", "2025-01=3")
        #expect(month.says("Drawn from 2025-01: 3 of 20"))
        let preset = try await desk.expect(0, "sample", "portal-up", "--seed", "s", "--size", "preset")
        #expect(preset.says("5 for 20 occurrences: common practice, not a standard"))
        #expect(preset.says("At 95 % confidence"))
        let other = try await desk.expect(
            3, "sample", "portal-up", "--seed", "s", "--stratify", "source", "--allocate", "elsewhere=3")
        #expect(other.says("no stratum \"elsewhere\""))
    }

    @Test(arguments: [
        ["sample"], ["sample", "portal-up", "--size", "3"], ["sample", "portal-up", "--seed", "s"],
        ["sample", "portal-up", "--seed", "s", "--size", "0"],
        ["sample", "portal-up", "--seed", "s", "--size", "many"],
        ["sample", "portal-up", "--seed", "", "--size", "3"], ["sample", "portal-up", "--verify", "file"],
        ["sample", "portal-up", "--key", "file"], ["sample", "portal-up", "--record", "me"],
        ["sample", "portal-up", "--seed", "s", "--size", "3", "--record", ""],
        ["sample", "portal-up", "--seed", "s", "--size", "3", "--allocate", "a=1"],
    ])
    func `wrong usage is told`(_ arguments: [String]) async throws {
        let desk = try Desk()
        let outcome = try await desk.command("assay", arguments).run()
        #expect(outcome.status == 2, "\(arguments): \(outcome.said)")
    }

    @Test func `every draw on record stands in Section IV with what the test found of its items`()
        async throws
    {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        func draw(_ size: String) async throws -> String {
            try await desk.expect(
                0, "sample", "portal-up", "--seed", "s-1", "--size", size, "--record", "Example Audit"
            ).errors
        }
        let first = try await desk.entries()
        #expect(try await draw("5").contains("log entry \(first);"))
        #expect(try await draw("20").contains("log entry \(first + 1);"))
        #expect(try await draw("5").contains("log entry \(first);"), "the same draw is put on record once")
        #expect(try await desk.entries() == first + 2)

        var report = try await desk.expect(0, "report", "type-2", "--output", "md").output
        #expect(
            report.contains(
                "Sample: 5 of 20 events, drawn at random with a seed of Example Audit, on record as log entry \(first) since "
            ))
        #expect(report.contains("Full population: 20 of 20 events decided"))
        #expect(report.contains("In the sample of 20: 1 exception."))
        #expect(
            report.matches(of: /In the sample of 5: .* With 95 % confidence at most \d+ of the 20 deviate/)
                .count == 1)
        #expect(report.contains("seed \"s-1\"") && report.contains("| 20 | p-"))
        let oscal = try await desk.expect(0, "report", "type-2", "--output", "oscal", "--out", "oscal")
        #expect(oscal.status == 0)
        let results = String(decoding: try desk.scratch.read("oscal/assessment-results.json"), as: UTF8.self)
        #expect(
            results.contains(#""name":"sample-log-entry""#)
                && results.contains("In the sample of 20: 1 exception."))

        try desk.scratch.write("late.jsonl", TinyProgram.probe("p-900", at: "2025-01-30T00:00:00Z"))
        try await desk.expect(0, "import", "late.jsonl")
        report = try await desk.expect(0, "report", "type-2", "--output", "md").output
        #expect(report.contains("The sample of log entry \(first) was drawn from another population"))
        #expect(!report.contains("In the sample of"))

        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "tiny.assay", "--include", "personal")
        #expect(try await desk.verify("verify", "tiny.assay").status == 0)
        let again = try await desk.verify("reperform", "tiny.assay")
        #expect(again.status == 0)
        for (entry, size) in [(first, 5), (first + 1, 20)] {
            let draw = "draw of log entry \(entry) (\(size) of 20, portal-up, with a seed of Example Audit)"
            #expect(again.output.contains("\(draw): made again, and the same"), "\(again.said)")
        }
    }

    @Test func `a draw on record that the evidence does not give is told by drawing again`() async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        try await desk.expect(
            0, "sample", "portal-up", "--seed", "s-1", "--size", "5", "--record", "Example Audit")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "tiny.assay", "--include", "personal")
        var forgery = try Forgery(try SealedBytes(desk, "tiny.assay"))
        try forgery.change(try forgery.leaf(of: "urn:assay:draw:1"), [:], subject: .sha256([]))
        try desk.scratch.write("forged.assay", try forgery.sealed())
        #expect(try await desk.verify("verify", "forged.assay").status == 0)
        let again = try await desk.verify("reperform", "forged.assay")
        #expect(again.status == 1 && again.says("the population has 20 items", "the draw states 20"))
    }

    @Test func `an erasure excuses no draw that came after it`() async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        func erase(_ key: String) async throws {
            try await desk.expect(
                0, "erase", "uptime.probe", key, "--by", "operations", "--reason", "cleanup", "--basis",
                "none",
                "--early")
        }
        func reperformed(forging isForged: Bool) async throws -> Outcome {
            try await desk.expect(1, "assess")
            try await desk.expect(0, "package", "--out", "tiny.assay", "--include", "personal")
            var forgery = try Forgery(try SealedBytes(desk, "tiny.assay"))
            if isForged {
                try forgery.change(try forgery.leaf(of: "urn:assay:draw:1"), [:], subject: .sha256([]))
            }
            try desk.scratch.write("again.assay", try forgery.sealed())
            return try await desk.verify("reperform", "again.assay")
        }
        try await erase("p-105")
        try await desk.expect(
            0, "sample", "portal-up", "--seed", "s-1", "--size", "5", "--record", "Example Audit")
        #expect(try await reperformed(forging: false).status == 0)
        let forged = try await reperformed(forging: true)
        #expect(forged.status == 1 && forged.says("the population has 19 items"), "\(forged.said)")
        try await erase("p-106")
        let later = try await reperformed(forging: false)
        #expect(
            later.status == 0
                && later.says("could not be compared", "erased uptime.probe after it was drawn"),
            "\(later.said)")
    }

    @Test func `a sample knows what the latest assessment on record knew`() async throws {
        let desk = try await Desk.tiny(synthetic: true)
        // Their coverage reaches beyond the day of the import, and that part is set aside.
        try await desk.expect(
            1, "import", "-", "--clock", "2025-01-25T00:00:00Z", input: Self.probes(20))
        let early = try await desk.expect(0, "sample", "portal-up")
        #expect(early.says("as known at 2025-01-25T00:00:00Z", "--known-at from then on"), "\(early.said)")
        let known = "2025-02-05T00:00:00Z"
        try await desk.expect(1, "assess", "--clock", known)
        // A look back is nothing to go by.
        try await desk.expect(1, "assess", "--clock", known, "--known-at", "2025-01-26")
        let later = try await desk.expect(0, "sample", "portal-up")
        #expect(later.says("as known at \(known)") && !later.says("--known-at"), "\(later.said)")
    }

    @Test func `more than there is cannot be drawn`() async throws {
        let desk = try await Desk.tiny(facts: Self.probes(20))
        let outcome = try await desk.expect(3, "sample", "portal-up", "--seed", "s", "--size", "21")
        #expect(outcome.says("the population has 20"))
        #expect(try await desk.expect(3, "sample", "nothing").says("no test is called", "portal-up"))
    }
}
