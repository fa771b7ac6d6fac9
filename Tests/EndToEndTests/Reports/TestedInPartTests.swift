import Formats
import Testing

/// A control one of whose tests was in force for a part of the period, or for none of it.
@Suite struct TestedInPartTests {
    /// Two tests of the tiny program, over backups; the second counts from a day on.
    private func desk(from day: String) async throws -> Desk {
        let desk = try Desk()
        let late = TinyProgram.test("portal-late", require: "j.succeeded") + "effective: \(day)\n"
        let program = TinyProgram.file(
            TinyProgram.organization(), TinyProgram.system,
            TinyProgram.control(tests: "portal-up, portal-late"),
            TinyProgram.test(require: "j.succeeded"), late, TinyProgram.period)
        try desk.scratch.write(
            "program/all.yaml", program.replacing("uptime.probe", with: "backup.job"))
        try await desk.expect(0, "apply", "program")
        let facts = ["2025-01-02T12:00:00Z", "2025-01-31T23:59:59.999999Z"].map { at in
            #"{"kind":"backup.job","id":"b-\#(at)","at":"\#(at)","value":{"store":"s","succeeded":true}}"#
                + "\n"
        }
        let coverage = TinyProgram.coverage.replacing("uptime.probe", with: "backup.job")
        try desk.scratch.write("facts.jsonl", facts.joined() + coverage)
        try await desk.expect(0, "import", "facts.jsonl")
        return desk
    }

    @Test func `a test in force for one day is told beside the conclusion, and held nothing over the period`()
        async throws
    {
        let desk = try await desk(from: "2025-01-31")
        let told = "was in force for 3.22 % of the time only, from 2025-01-31 00:00Z to 2025-02-01 00:00Z"
        let assessed = try await desk.expect(0, "assess")
        #expect(assessed.output.contains("  effective\n"))
        #expect(assessed.output.withoutBreaks.contains("OPS-01: test portal-late \(told)"))
        let report = try await desk.expect(0, "report", "type-2", "--output", "md").output
        let row = try #require(
            report.split(separator: "\n").first { $0.hasPrefix("| Test portal-late<br>") })
        #expect(
            row.contains("In force for 3.22 % of the period only, from 2025-01-31 00:00Z to 2025-02-01"),
            "\(row)")
        #expect(report.contains("OPS-01 was tested in part: test portal-late \(told)."))
        let form = try await desk.expect(0, "report", "underwriting", "--output", "md").output
        let answer = try #require(form.split(separator: "\n").first { $0.hasPrefix("| Backups<br>") })
        #expect(
            answer.contains(
                "? held over the period in 1 of 2 tests, without exception; no evidence for 1 (1 was in force for a part of the time only) |"
            ), "\(answer)")
        try await desk.expect(
            0, "report", "type-2", "--output", "oscal", "--out", desk.scratch.path("oscal"))
        let json = try JSON(parsing: try desk.scratch.read("oscal/assessment-results.json"))
        let result = try #require(json["assessment-results"]?["results"]?.array?.first)
        let parts = result["observations"]?.array?.flatMap { $0["props"]?.array ?? [] }.filter {
            $0["name"]?.string == "in-force"
        }
        #expect(parts?.count == 1)
        #expect(parts?.first?["value"]?.string?.hasPrefix("In force for 3.22 % of the period only") == true)
        let remarks = result["findings"]?.array?.compactMap { $0["remarks"]?.string }
        #expect(remarks == ["OPS-01 was tested in part: test portal-late \(told)."])
        let gate = try await desk.expect(1, "report", "readiness", "--gate")
        #expect(!gate.output.contains("portal-late \(told)"))
        let gaps = try await desk.expect(0, "report", "readiness", "--output", "md").output
        #expect(gaps.contains("OPS-01: test portal-late \(told)."))
    }

    @Test func `what was decided in a part of the period is not called undecided, nor hidden`() async throws {
        let desk = try Desk()
        let waiver = """
            waiver: last-run
            test: portal-up
            from: 2025-01-31
            to: 2025-02-02
            approved: 2025-01-01T00:00:00Z
            approver: board
            reason: The store is written anew.

            """
        let program = TinyProgram.file(
            TinyProgram.organization(synthetic: true), TinyProgram.system, TinyProgram.control(),
            TinyProgram.test(require: "j.succeeded") + "effective: 2025-01-31\n", waiver, TinyProgram.period)
        try desk.scratch.write("program/all.yaml", program.replacing("uptime.probe", with: "backup.job"))
        try await desk.expect(0, "apply", "program", "--clock", "2025-01-01T00:00:00Z")
        let job =
            #"{"kind":"backup.job","id":"b","at":"2025-01-31T12:00:00Z","value":{"store":"s","succeeded":false}}"#
        let coverage = TinyProgram.coverage.replacing("uptime.probe", with: "backup.job")
        try desk.scratch.write("facts.jsonl", job + "\n" + coverage)
        try await desk.expect(0, "import", "facts.jsonl")
        let form = try await desk.expect(0, "report", "underwriting", "--output", "md").output
        let answer = try #require(form.split(separator: "\n").first { $0.hasPrefix("| Backups<br>") })
        #expect(
            answer.contains(
                "no evidence: 1 test in force, and none speaks for the period (1 was in force for a part of the time only), with 1 failure under an approved waiver |"
            ), "\(answer)")
    }

    @Test func `a test that is not in force in the period blocks it, and its control does not hold`()
        async throws
    {
        let desk = try await desk(from: "2025-03-01")
        let gap =
            "OPS-01 counts as not tested: it names a test that was not in force in the period: portal-late."
        let gate = try await desk.expect(1, "report", "readiness", "--gate")
        #expect(gate.output.withoutBreaks.contains(gap), "\(gate.output)")
        // As a control of recovery it stands in the launch checklist.
        let program = try String(decoding: desk.scratch.read("program/all.yaml"), as: UTF8.self)
        try desk.scratch.write(
            "program/all.yaml", program.replacing("control: OPS-01", with: "control: BCP-01"))
        try await desk.expect(0, "apply", "program")
        let report = try await desk.expect(0, "report", "readiness", "--output", "md").output
        let row = try #require(report.split(separator: "\n").first { $0.hasPrefix("| Recovery |") })
        #expect(row.hasPrefix("| Recovery | none | none | none | ") && row.contains("BCP-01"), "\(row)")
    }
}

extension String {
    fileprivate var withoutBreaks: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
