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

    @Test func `a finding of an older version names one resource alone`() throws {
        for number in [2002, 2003] {
            let list = ["R1", "R2"].map { name in
                """
                {"class_uid":\(number),"severity_id":5,"time":1772355600,"metadata":{"version":"1.1.0","event_code":"public"},
                "compliance":{"status_id":3},"vulnerabilities":[{"cve":{"uid":"CVE-2026-1"}}],"resource":{"uid":"\(name)"},
                "resources":\(name == "R1" ? "null" : "[]")}
                """
            }
            let imported = try Imported.from(Array("[\(list.joined(separator: ","))]".utf8))
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
            let (kind, name) = number == 2002 ? ("scan.finding", "target") : ("config.finding", "resource")
            #expect(imported.values(kind).compactMap { $0[name]?.string } == ["R1", "R2"])
        }
    }

    @Test func `two findings that name no resource are two`() throws {
        let imported = try Self.imported(
            Self.hole(#","finding_info":{"uid":"u1"}"#), Self.hole(#","finding_info":{"uid":"u2"}"#))
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        #expect(imported.facts.filter { $0.kind == "scan.finding" && $0.value != nil }.count == 2)
    }

    @Test func `a file of vulnerabilities alone says nothing of configuration`() throws {
        let alarm = #""class_uid":2004,"finding_info":{"title":"a machine talks to a miner"}"#
        for imported in [try Self.imported(Self.hole("")), try Self.imported(Self.hole(""), alarm)] {
            #expect(imported.isClean, "\(imported.reasons)")
            #expect(imported.covered.map(\.kind) == ["scan.finding"])
            #expect(imported.drafts.allSatisfy { !$0.kinds.contains("config.finding") })
        }
        for text in ["[]", #"{"class_uid":6003,"time":1772355600}"#, "[{"] {
            let empty = try Imported.from(Array(text.utf8), as: "ocsf")
            #expect(empty.drafts.contains { $0.kinds.contains("config.finding") }, "\(text)")
            #expect(empty.covered.isEmpty && !empty.reasons.isEmpty, "\(text)")
        }
    }

    @Test(
        arguments: [
            (#""severity_id":6"#, "", "critical"), (#""severity_id":5"#, "", "critical"),
            (#""severity_id":4"#, "", "high"), (#""severity_id":3"#, "", "medium"),
            (#""severity_id":2"#, "", "low"), (#""severity_id":1"#, "", "low"),
            (#""severity_id":0"#, "", "medium"), (#""severity":"Unknown","severity_id":5"#, "", "critical"),
            (#""severity":"Low","severity_id":5"#, "", "low"),
            (#""severity_id":2"#, #","severity":"Critical""#, "critical"),
            (#""severity_id":4"#, #","severity":"urgent""#, "high"),
        ])
    func `how bad it is is told by the number where no word says it`(
        _ members: String, _ own: String, _ severity: String
    ) throws {
        let start =
            #"\#(members),"time":1772355600,"metadata":{"event_code":"public"},"resources":[{"uid":"r"}]"#
        let hole = """
            {"class_uid":2002,"vulnerabilities":[{"cve":{"uid":"CVE-2026-1"}\(own)}],\(start)}
            """
        let found = try Imported.from(Array(hole.utf8), as: "ocsf").values("scan.finding")
        #expect(found.map { $0["severity"] } == [.string(severity)])
        if !own.isEmpty { return }
        let check = #"{"class_uid":2003,"compliance":{"status_id":3},\#(start)}"#
        let checked = try Imported.from(Array(check.utf8), as: "ocsf").values("config.finding")
        #expect(checked.map { $0["severity"] } == [.string(severity)])
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
