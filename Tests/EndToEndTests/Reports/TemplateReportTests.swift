import Formats
import Foundation
import Testing

/// Reports on a program that began as a template: what nobody has adopted shows as a draft, what somebody wrote down
/// comes from the documents.
@Suite struct TemplateReportTests {
    /// The covered entity's program with the invented company's evidence, three incidents, and some documents adopted.
    private func desk(_ change: (Desk) throws -> Void = { _ in }) async throws -> Desk {
        let desk = try Desk()
        try await desk.expect(0, "example", "example", "--seed", "42")
        try await desk.expect(
            0, "init", "program", "--template", "healthcare-saas", "--role", "covered-entity",
            "--organization",
            "Example Imaging (synthetic data)", "--domain", "example-imaging.example", "--zone", "UTC")
        try edit(desk, "organization.yaml") { text in
            text.replacing(#/from: .*\nto: .*/#, with: "from: 2025-07-01\nto: 2026-07-01")
                .replacing("\nzone:", with: "\nsynthetic: true\njurisdictions: [FTC, WA]\nzone:")
        }
        try edit(desk, "controls/bcp.yaml") { text in
            text.replacing(
                "tests: [backup-", with: "compensating: [BCP-02]\ntests: [backup-", maxReplacements: 1)
        }
        try edit(desk, "registers/commitments.yaml") { adopt($0, "uptime", "reviewed: 2026-05-04") }
        try edit(desk, "registers/cuecs.yaml") {
            adopt($0, "customer-accounts", "instruction: Administration guide, chapter 4")
        }
        try edit(desk, "registers/csocs.yaml") {
            adopt($0, "data-centre-entry", "shown: Section IV, CC6.4\nresult: no-exceptions")
        }
        try edit(desk, "registers/vendors.yaml") { text in
            adopt(
                text.replacing("To be named: the cloud provider", with: "Example Cloud (synthetic)"),
                "cloud-provider",
                "reviewed: 2026-02-01\nreport: { form: soc2-type-2, from: 2025-04-01, to: 2026-03-31 }")
        }
        try edit(desk, "registers/decisions.yaml") {
            adopt($0, "automatic-logoff", "decided: 2025-07-01\nreview: 2026-12-01")
        }
        try desk.scratch.write("program/registers/responses.yaml", Array(Self.responses.utf8))
        try desk.scratch.write("program/registers/engagements.yaml", Array(Self.engagements.utf8))
        try edit(desk, "organization.yaml") {
            $0.replacing(
                "\ndescription:", with: "\nclinical: Readings wait, and are told by telephone.\ndescription:")
        }
        try change(desk)
        try await desk.expect(0, "apply", "program", "--clock", "2025-05-26T00:00:00Z")
        try await desk.expect(1, "import", "example/evidence/1-before-update.jsonl")
        try await desk.expect(1, "import", "example/evidence/2-after-update.jsonl")
        try desk.scratch.write("incidents.jsonl", Array(Self.incidents.utf8))
        try await desk.expect(0, "import", "incidents.jsonl")
        return desk
    }

    private func edit(_ desk: Desk, _ path: String, _ change: (String) -> String) throws {
        let before = String(decoding: try desk.scratch.read("program/" + path), as: UTF8.self)
        let after = change(before)
        try #require(after != before, "\(path) was not changed")
        try desk.scratch.write("program/" + path, Array(after.utf8))
    }

    /// Takes the mark of a draft from one document and adds what somebody found out.
    private func adopt(_ text: String, _ id: String, _ lines: String) -> String {
        text.components(separatedBy: "\n---\n").map { document in
            document.contains(": \(id)\n") ? document.replacing("draft: true", with: lines) : document
        }.joined(separator: "\n---\n")
    }

    private static let responses = """
        response: late-leavers
        control: IAM-02
        text: The personnel system told the directory late.
        owner: it-operations
        action: Removal begins with the notice of termination.
        due: 2026-08-31
        ---
        response: one-change
        test: change-peer-review
        from: 2025-07-01
        to: 2025-10-01
        text: An urgent repair; it was reviewed on the next day.
        owner: engineering
        """

    private static let engagements = """
        engagement: soc2-fy2026
        form: type-2
        firm: Northgate Assurance (synthetic)
        period: this-year
        licence: State board, number 12345
        peer_reviewed: 2024-06-01
        independence: Declared in the letter.
        scoped: 2025-05-20
        ---
        engagement: readiness-2025
        form: readiness
        firm: Harbour Counsel (synthetic)
        privileged: true
        ---
        engagement: hitrust-2026
        form: hitrust
        firm: Harbour Assessors (synthetic)
        level: i1
        """

    private static let incidents = """
        {"batch":{"source":"tickets","mode":"snapshot","kinds":["incident.record"],"at":"2026-06-30T06:00:00Z"}}
        {"kind":"incident.record","key":"inc-1","at":"2026-06-30T06:00:00Z","value":{"severity":"sev2","opened_at":"2025-11-04T08:00:00Z","contained":true,"phi":false}}
        {"kind":"incident.record","key":"inc-2","at":"2026-06-30T06:00:00Z","value":{"severity":"sev1","opened_at":"2026-04-10T20:15:00Z","contained":true,"phi":true,"clinical":true}}
        {"kind":"incident.record","key":"inc-old","at":"2026-06-30T06:00:00Z","value":{"severity":"sev3","opened_at":"2025-02-01T00:00:00Z"}}
        {"batch":{"source":"tickets","mode":"changes","kinds":["information.denial"],"at":"2026-06-30T06:00:00Z"}}
        {"coverage":"information.denial","from":"2025-07-01T00:00:00Z","to":"2026-06-30T06:00:00Z"}
        {"kind":"information.denial","id":"denial-1","at":"2026-01-10T10:00:00Z","value":{"asked_by":"individual","outcome":"delayed","exception":"171.203","reason":"identity could not be verified by telephone"}}
        {"kind":"information.denial","id":"denial-2","at":"2026-02-11T10:00:00Z","value":{"asked_by":"provider","outcome":"denied"}}

        """

    private func report(_ desk: Desk, _ arguments: String...) async throws -> String {
        let outcome = try await desk.command("assay", ["report"] + arguments + ["--output", "md"]).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    private func row(_ text: String, _ start: String) throws -> String {
        String(try #require(text.split(separator: "\n").first { $0.hasPrefix(start) }, "no row \(start)"))
    }

    @Test func `documents, drafts, incidents, mitigations and responses come into the report`() async throws {
        let desk = try await desk()
        let text = try await report(desk, "type-2")
        let draft = "Draft: nobody has adopted it yet."
        // Section III.
        #expect(
            try row(text, "| uptime: ").contains("2026-05-04") && !row(text, "| uptime: ").contains(draft))
        #expect(try row(text, "| uptime: ").contains("BCP-05: insufficient evidence"))
        #expect(try row(text, "| ? recovery: ").contains(draft) || row(text, "| recovery: ").contains(draft))
        #expect(text.contains("Example Cloud (synthetic) (cloud-provider)"))
        #expect(text.contains("soc2-type-2, to 2026-03-31; 92 days before our period ends are not covered"))
        #expect(text.contains("Administration guide, chapter 4"))
        #expect(text.contains("Section IV, CC6.4"))
        // The oldest was opened before the period, and nothing says that it was closed.
        #expect(["inc-1", "inc-2", "inc-old"].allSatisfy(text.contains))
        #expect(!text.contains("No source of incident records"))
        // Section IV.
        #expect(text.contains("BCP-02 operated"))
        #expect(text.contains("its failure can reach patients' care") == false)
        // Who examines, and what it means for care.
        #expect(
            text.contains("**Firm:** Northgate Assurance (synthetic)")
                || text.contains("Northgate Assurance (synthetic)"))
        #expect(text.contains("not on file") && text.contains("Declared in the letter."))
        #expect(text.contains("If it is down or wrong: Readings wait"))
        #expect(try row(text, "| inc-2 ").hasSuffix("| yes | yes | yes |"))
        // Section V.
        let assessed = try row(text, "| Every impermissible use or disclosure is assessed")
        #expect(assessed.contains("| 60d | – | 10d | 10d | 45 CFR 164.402"), "\(assessed)")
        #expect(try row(text, "| E-denials-excepted-1").contains("denial-2"))
        #expect(!text.contains("E-denials-excepted-2"))
        #expect(text.contains("SOC 2 and HIPAA side by side, by control"))
        #expect(text.contains("Tested once, told to both: "))
        let answers = try #require(text.components(separatedBy: "### Management's responses").last)
        let leaver = try row(answers, "| leaver-")
        #expect(leaver.contains("All: The personnel system told the directory late."))
        #expect(leaver.contains("Owner: it-operations, due 2026-08-31."))
        let change = try row(answers, "| change-peer-review |")
        #expect(change.contains("E-change-peer-review-1: An urgent repair"))
        #expect(change.contains("without a response."))
        #expect(text.contains("not decided (proposed: implemented)"))
        let notice = try row(text, "| 16 CFR 318.4<br>")
        #expect(notice.contains("60 calendar days from discovery") && notice.contains("INC-03"), "\(notice)")
        #expect(text.contains("| RCW 19.373.040<br>") && !text.contains("Cal. Civ. Code"))
        #expect(
            try row(text, "| Example Cloud (synthetic) (cloud-provider) | vendor, carved out").contains(
                "not stated"))
        #expect(try row(text, "| 164.312(a)(2)(iii) | implemented").contains("2025-07-01"))

        let gaps = try await report(desk, "readiness")
        #expect(gaps.contains("Nobody has decided on 21 addressable specifications"))
        #expect(gaps.contains("The policy Access control is a draft that nobody has adopted."))
        #expect(!gaps.contains("No document that has been adopted states service commitments"))
        #expect(gaps.contains("Privileged and confidential: prepared under counsel"))
        #expect(try row(gaps, "| Acceptance ").contains("not on file: signed letter"))
        let examination = try #require(gaps.components(separatedBy: "soc2-fy2026: ").last)
        #expect(try row(examination, "| Scoping ").contains("over, 2025-05-20"))
        #expect(try row(gaps, "| Period ").contains("over, 2026-07-01"))
        #expect(gaps.contains("HITRUST assessment, validated by Harbour Assessors"))
        #expect(try row(gaps, "| Level ").contains("over, i1"))
        #expect(try row(gaps, "| Access Control | ").contains("IAM-02"))
        // What nobody collects is one gap for all tests that look at it, and says so.
        #expect(try row(gaps, "| 1 |").contains("No evidence of "))
        let gate = try await desk.expect(1, "report", "readiness", "--gate")
        #expect(gate.says("gaps block the period:", "Remedy:"))
        try await desk.expect(2, "report", "hipaa", "--gate")
        let hipaa = try await report(desk, "hipaa")
        #expect(hipaa.contains("not decided (proposed: implemented)"))
        let insurer = try await report(desk, "underwriting")
        #expect(try row(insurer, "| Penetration test<br>").contains("? no evidence: 2 tests in force"))
        #expect(!insurer.contains("not answered: no test"))
        #expect(insurer.contains("hold 3 incidents of the period; 1 touched health information"))
    }

    @Test func `what is issued, signed and left out of a report is told by product`() async throws {
        let desk = try await desk { desk in
            try edit(desk, "registers/engagements.yaml") { text in
                text.replacing(
                    "scoped: 2025-05-20",
                    with:
                        "scoped: 2025-05-20\nsystems: [customer-platform]\nissued: 2026-07-10\nbridged: 2026-09-30"
                )
            }
            try edit(desk, "organization.yaml") { text in
                text + "\n---\nsystem: side-product\ntitle: Side product\ndescription: Not examined yet.\n"
            }
            try edit(desk, "registers/vendors.yaml") { text in
                text.replacing(
                    "vendor: cloud-provider\n",
                    with: "vendor: cloud-provider\nphi: true\nsystems: [customer-platform]\n")
            }
        }
        let early = try await report(desk, "product-summary", "--known-at", "2026-07-05T00:00:00Z")
        #expect(early.contains("Type II report not issued; Northgate Assurance (synthetic) is engaged"))
        let text = try await report(desk, "product-summary", "--known-at", "2026-07-15T00:00:00Z")
        let whole = try await report(desk, "type-2", "--known-at", "2026-07-15T00:00:00Z")
        #expect(
            whole.contains("Type II report issued 2026-07-10 by Northgate Assurance (synthetic); its opinion")
        )
        #expect(!whole.contains("No report has been issued") && !whole.contains("report not issued"))
        let letter = try await report(desk, "bridge-letter", "--known-at", "2026-07-15T00:00:00Z")
        #expect(!letter.contains("Do not sign") && letter.contains("**Customers:** remain responsible for"))
        let unissued = try await report(desk, "bridge-letter", "--known-at", "2026-07-05T00:00:00Z")
        #expect(unissued.contains("No report on record: "))
        let parts = text.components(separatedBy: "\n## ")
        let own = try #require(parts.first { $0.hasPrefix("The platform that our customers use") })
        #expect(
            own.contains(
                "Type II report issued 2026-07-10 by Northgate Assurance (synthetic), period 2025-07-01 to 2026-06-30 (UTC); read its opinion there"
            ))
        #expect(own.contains("Not in it: Side product."))
        #expect(own.contains("carved out; read their own reports): Example Cloud (synthetic)"))
        #expect(own.contains("**Health information:** yes: Example Cloud (synthetic)"))
        #expect(own.contains("signed by management and unaudited, speaks of the time until 2026-09-30"))
        let side = try #require(parts.first { $0.hasPrefix("Side product") })
        #expect(side.contains("Type II report not issued; no firm is on record"))
        #expect(!side.contains("Northgate"))
        let wrong = try desk.scratch.read("program/registers/engagements.yaml")
        try desk.scratch.write(
            "program/registers/engagements.yaml",
            Array(
                String(decoding: wrong, as: UTF8.self).replacing(
                    "customer-platform", with: "customer-platfrom"
                ).utf8))
        let checked = try await desk.command("assay", ["check", "program"]).run()
        #expect(checked.status == 1 && checked.output.contains("customer-platfrom"), "\(checked.said)")
    }

    @Test func `assess tells what made good, what was last, and what is told otherwise now`() async throws {
        let desk = try await desk()
        let period = try await desk.expect(1, "assess")
        #expect(period.says("BCP-01 compensated by BCP-02"))
        let day = try await desk.expect(1, "assess", "--at", "2026-06-30")
        #expect(day.says("Last occurrences of what is judged over time", "change-peer-review"))
        for line in (period.output + day.output).split(separator: "\n") {
            #expect(line.count <= 100, "\(line)")
        }
        try await desk.leavesRecordAlone {
            let changes = try await desk.expect(0, "assess", "--changes-since", "2026-02-20T00:00:00Z")
            #expect(changes.says("Changes since 2026-02-20 00:00Z", "Conclusions that are others now"))
            #expect(changes.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
            let json = try await desk.json(0, "assess", "--changes-since", "2026-02-20T00:00:00Z")
            #expect(try #require(json["tests"]?.array).count > 3)
            let none = try await desk.expect(
                0, "assess", "--changes-since",
                Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)).description)
            #expect(none.says("Nothing is told otherwise."))
        }
        let letter = try await report(desk, "bridge-letter")
        try await desk.expect(1, "assess", "--known-at", "2026-02-20T00:00:00Z")
        #expect(try await report(desk, "bridge-letter") == letter, "a look back changes later reports")
    }
}
