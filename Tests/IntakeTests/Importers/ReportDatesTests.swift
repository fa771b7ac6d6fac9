import Evidence
import Formats
import Testing

@testable import Intake

/// When what a report tells of was done: each run at its own time, and what is of no one time is a gap.
@Suite struct ReportDatesTests {
    private static func sarif(_ times: String?...) -> String {
        let runs = times.enumerated().map { number, time in
            let ended = time.map { #","endTimeUtc":"\#($0)""# } ?? ""
            return #"""
                {"tool":{"driver":{"name":"S\#(number)"}},"invocations":[{"executionSuccessful":true\#(ended)}],
                "results":[]}
                """#
        }
        return #"{"version":"2.1.0","runs":[\#(runs.joined(separator: ","))]}"#
    }

    /// The tests of two hosts.
    private static func xccdf(_ times: String...) -> String {
        let results = times.enumerated().map { number, time in
            """
            <TestResult end-time="\(time)"><target>h\(number)</target><rule-result idref="r"><result>pass</result>
            </rule-result></TestResult>
            """
        }
        return """
            <Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="b">\(results.joined())</Benchmark>
            """
    }

    private static func ocsf(_ times: String...) -> String {
        let checks = times.enumerated().map { number, time in
            """
            {"class_uid":2003,"time_dt":"\(time)","metadata":{"event_code":"public"},"compliance":{"status_id":1},
            "resources":[{"uid":"r\(number)"}]}
            """
        }
        return "[\(checks.joined(separator: ","))]"
    }

    private static let january = "2026-01-01T00:00:00Z"
    private static let morning = "2026-03-01T09:00:00Z"
    private static let evening = "2026-02-28T18:00:00Z"

    private static func runs(_ imported: Imported) -> [String] {
        imported.facts.filter { $0.kind == "scan.run" }.compactMap { fact in
            guard case .event(let at, let value) = fact.shape else { return nil }
            return "\(at) \(value["completed"]?.bool == true)"
        }
    }

    @Test func `each run of a document has its own time`() throws {
        for order in [[Self.january, Self.morning], [Self.morning, Self.january]] {
            let imported = try Imported.from(Array(Self.sarif(order[0], order[1]).utf8))
            #expect(Self.runs(imported) == order.map { "\($0) true" })
        }
    }

    @Test(
        arguments: [
            (sarif(january, morning), sarif(morning, evening)),
            (xccdf(january, morning), xccdf(evening, morning)),
            (ocsf(morning, january), ocsf(morning, evening)),
        ])
    func `parts that lie further apart than a report holds cover nothing`(
        _ apart: String, _ together: String
    ) throws {
        let mixed = try Imported.from(Array(apart.utf8))
        #expect(mixed.reasons.count == 1, "\(mixed.reasons)")
        #expect(mixed.reasons.allSatisfy { $0.contains("from \(Self.january) to \(Self.morning)") })
        #expect(mixed.covered.isEmpty)
        let patient = try Imported.from(Array(apart.utf8)) { $0.freshness = .days(90) }
        #expect(patient.isClean && !patient.covered.isEmpty, "\(patient.reasons)")
        let close = try Imported.from(Array(together.utf8))
        #expect(close.isClean && !close.covered.isEmpty, "\(close.reasons)")
    }

    @Test func `what an OCSF file tells beside its checks is of any time`() throws {
        let check = Self.ocsf(Self.morning)
        let text = String(check.dropLast()) + #",{"class_uid":6003,"time_dt":"\#(Self.january)"}]"#
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons)")
    }

    @Test func `a scan that took long is one`() throws {
        let sample = try #require(ImportSample.all.first { $0.format == "nmap" }).text
        let text = sample.replacing(#"start="1772355600""#, with: #"start="1772055600""#)
        try #require(text != sample)
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons)")
    }

    @Test func `a host of Nessus was scanned when its scan ended`() throws {
        let sample = try #require(ImportSample.all.first { $0.format == "nessus" }).text
        let start = try #require(sample.firstRange(of: "<ReportHost")).lowerBound
        let end = try #require(sample.firstRange(of: "</Report>")).lowerBound
        let other = String(sample[start..<end]).replacing("09:00:00", with: "08:00:00")
            .replacing("\"h1\"", with: "\"h2\"")
        let text = sample.replacing("</Report>", with: other + "</Report>")
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(Self.runs(imported) == ["\(Self.morning) true", "2026-03-01T08:00:00Z true"])
    }

    @Test func `a scan of which nobody knows when it was is not one that was completed`() throws {
        let sample = try #require(ImportSample.all.first { $0.format == "osv" })
        #expect(Self.runs(try Imported.from(sample.bytes)) == ["\(noon) false"])
        let told = try Imported.from(sample.bytes) { $0.at = Instant(Self.morning) }
        #expect(Self.runs(told) == ["\(Self.morning) true"])
        let ahead = try Imported.from(Array(Self.sarif("2031-01-01T00:00:00Z").utf8))
        #expect(Self.runs(ahead) == ["\(noon) false"])
        #expect(ahead.reasons.contains { $0.contains("set the clock right") }, "\(ahead.reasons)")
    }

    @Test func `one run of several that does not say when it was is told`() throws {
        for (text, runs) in [
            (Self.sarif(Self.morning, nil), ["\(Self.morning) true", "\(noon) false"]),
            (Self.sarif(nil, Self.morning), ["\(noon) false", "\(Self.morning) true"]),
        ] {
            let imported = try Imported.from(Array(text.utf8))
            #expect(Self.runs(imported) == runs)
            #expect(imported.reasons == ["holds a run that does not say when it was made; give --at TIME"])
            let told = try Imported.from(Array(text.utf8)) { $0.at = Instant(Self.evening) }
            #expect(told.isClean, "\(told.reasons)")
        }
    }
}
