import Evidence
import Formats
import Testing

@testable import Intake

/// What the numbers of OCSF stand for where no word says it, and which of its findings are none of ours.
@Suite struct OCSFTests {
    private static func imported(_ findings: String...) throws -> Imported {
        let list = findings.map { finding in
            """
            {"severity":"High","time":1772355600,"metadata":{"event_code":"public","product":{"name":"Scan"}},
            "cloud":{"account":{"uid":"1"}},\(finding)}
            """
        }
        return try Imported.from(Array("[\(list.joined(separator: ","))]".utf8))
    }

    private static func reasons(_ imported: Imported) -> [String] {
        imported.summaries.flatMap(\.notTested).map { "\($0.count) \($0.reason)" }
    }

    private static let check = #""class_uid":2004,"status_code":"PASS","resources":[{"uid":"bucket"}]"#

    private static func hole(_ more: String) -> String {
        #""class_uid":2002,"vulnerabilities":[{"cve":{"uid":"CVE-2026-1"}}]\#(more)"#
    }

    @Test(
        arguments: [
            ("", false), (#","status_id":1"#, false), (#","status_id":2"#, false), (#","status_id":4"#, true),
            (#","status_id":99"#, false),
        ])
    func `only what is resolved is fixed`(_ status: String, _ isFixed: Bool) throws {
        let imported = try Self.imported(Self.hole(status))
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(imported.values("scan.finding").map { $0["fixed"] } == [.bool(isFixed)])
        #expect(imported.values("scan.run").map { $0["high"] } == [.integer(isFixed ? 0 : 1)])
    }

    @Test func `a vulnerability that was suppressed is counted, and neither open nor fixed`() throws {
        let imported = try Self.imported(Self.hole(#","status_id":3"#))
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(imported.values("scan.finding").isEmpty)
        #expect(imported.covered.contains { $0.kind == "scan.finding" })
        #expect(Self.reasons(imported) == ["1 suppressed"])
    }

    @Test func `only a file that speaks of vulnerabilities is a scan for them`() throws {
        let configuration = try Self.imported(Self.check)
        #expect(configuration.isClean && configuration.covered.map(\.kind) == ["config.finding"])
        #expect(configuration.counts == ["config.finding": 1])
        let none = try Imported.from(Array("[]".utf8), as: "ocsf")
        #expect(none.counts.isEmpty && none.covered.isEmpty, "\(none.counts)")
        for more in ["", #","status_id":3"#, #","status_id":4"#] {
            let both = try Self.imported(Self.check, Self.hole(more))
            #expect(both.values("scan.run").map { $0["completed"] } == [.bool(true)], "\(more)")
        }
        let untold = try Self.imported(Self.check, #""class_uid":2002,"vulnerabilities":[]"#)
        #expect(untold.values("scan.run").map { $0["completed"] } == [.bool(false)])
    }

    @Test(
        arguments: [
            (#""status_id":3"#, "fail"), (#""status_id":1"#, "pass"), (#""status_id":2"#, "not-tested"),
            (#""status_id":0"#, "not-tested"), (#""status":"Fail","status_id":1"#, "fail"),
            (#""status":"","status_id":3"#, "fail"), (#""status":"Unknown","status_id":1"#, "not-tested"),
        ])
    func `how a check ended is told by its number where there is no word`(
        _ compliance: String, _ result: String
    ) throws {
        let imported = try Self.imported(Self.check, #""class_uid":2003,"compliance":{\#(compliance)}"#)
        let results = imported.values("config.finding").compactMap { $0["result"]?.string }
        #expect(results.count == 2 && results.contains("pass") && results.contains(result), "\(results)")
    }

    @Test(
        arguments: [
            (#""status_code":"New","compliance":{"status":"FAILED","status_id":3}"#, "fail"),
            (#""status_code":"New","compliance":{"status_id":3}"#, "fail"),
            (#""compliance":{"status":"Non Compliant","status_id":3}"#, "fail"),
            (#""compliance":{"status":"Non Compliant"}"#, "fail"),
            (#""status_code":"PASS","compliance":{"status":"FAIL"}"#, "fail"),
            (#""compliance":{"status":"Pass","status_id":3}"#, "fail"),
            (#""status_code":"New","compliance":{"status":"Pass","status_id":1}"#, "pass"),
            (#""status_code":"MANUAL","compliance":{"status":"Pass"}"#, "not-tested"),
            (#""status_code":"New","compliance":{"status_id":1}"#, "not-tested"),
        ])
    func `a check failed if anything says so, whatever word stands beside it`(
        _ members: String, _ result: String
    ) throws {
        for number in [2003, 2004] {
            let imported = try Self.imported(#""class_uid":\#(number),\#(members)"#)
            let results = imported.values("config.finding").map { $0["result"] }
            #expect(results == [.string(result)], "\(number)")
        }
    }

    @Test(arguments: ["null", "{}", "[]", #"{"status":null,"status_id":null}"#, #"{"standards":["x"]}"#])
    func `a detection with a compliance that holds no result is no check`(_ compliance: String) throws {
        for number in [2001, 2004] {
            let alarm = #""class_uid":\#(number),"finding_info":{"title":"a"},"compliance":\#(compliance)"#
            let imported = try Self.imported(Self.check, alarm)
            #expect(imported.values("config.finding").count == 1, "\(number)")
            #expect(Self.reasons(imported) == ["1 detections that are no checks"])
        }
    }

    @Test func `a detection that is no check is counted, and no rule`() throws {
        let alarm = #""class_uid":2004,"status_id":1,"finding_info":{"title":"a machine talks to a miner"}"#
        let alone = try Self.imported(alarm)
        #expect(alone.values("config.finding").isEmpty)
        #expect(alone.reasons.contains { $0.contains("no check that was carried out") }, "\(alone.reasons)")
        let beside = try Self.imported(Self.check, alarm)
        #expect(beside.isClean, "\(beside.reasons)")
        #expect(beside.values("config.finding").count == 1)
        #expect(Self.reasons(beside) == ["1 detections that are no checks"])
        let stated = try Self.imported(#""class_uid":2004,"compliance":{"status":"Fail"}"#)
        #expect(stated.values("config.finding").map { $0["result"] } == [.string("fail")])
    }
}
