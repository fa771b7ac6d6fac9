import Examples
import Formats
import Foundation
import Testing

/// Each template as a customer meets it, on the evidence of the invented company.
@Suite struct TemplateTests {
    private static let every = "availability,confidentiality,processing-integrity,privacy"

    @Test(arguments: [
        ("healthcare-saas", "covered-entity", every, 84), ("imaging-ai", "covered-entity", every, 88),
        ("billing-analytics", "business-associate", "availability,confidentiality,processing-integrity", 77),
    ])
    func `a template checks clean and judges the evidence of a company`(
        template: String, role: String, categories: String, controls: Int
    ) async throws {
        let desk = try Desk()
        try await desk.expect(0, "example", "example", "--seed", "42")
        let written = try await desk.expect(
            0, "init", "program", "--template", template, "--role", role, "--categories", categories,
            "--organization", "Example Imaging (synthetic data)", "--domain", "example-imaging.example",
            "--zone", "UTC")
        #expect(written.says("Wrote \(controls) controls"))
        // The evidence is invented and was recorded at times of its own.
        let path = "program/organization.yaml"
        let head = String(decoding: try desk.scratch.read(path), as: UTF8.self)
        let year = head.replacing(#/from: .*\nto: .*/#, with: "from: 2025-07-01\nto: 2026-07-01")
        try desk.scratch.write(path, Array(year.replacing("\nzone:", with: "\nsynthetic: true\nzone:").utf8))

        let checked = try await desk.expect(0, "check", "program")
        #expect(checked.says("no errors", "Without a test", "access-control: 8"))
        try await desk.expect(0, "apply", "program", "--clock", "2025-05-26T00:00:00Z")
        try await desk.expect(1, "import", "example/evidence/1-before-update.jsonl")
        try await desk.expect(1, "import", "example/evidence/2-after-update.jsonl")
        let result = try await desk.json(1, "assess")

        let judged = try #require(result["controls"]?.array)
        #expect(judged.count == controls)
        let conclusions = Dictionary(
            uniqueKeysWithValues: judged.compactMap { control in
                control["control"]?.string.map { ($0, control["conclusion"]?.string ?? "") }
            })
        // What the company's evidence shows, and what it says nothing about.
        #expect(conclusions["IAM-02"] == "ineffective")
        #expect(conclusions["CHG-01"] == "effective with exceptions")
        #expect(conclusions["PHI-02"] == "no evidence" && conclusions["RSK-04"] == "no evidence")
        #expect(conclusions["INC-06"] == (role == "covered-entity" ? "no evidence" : nil))
        try await desk.expect(0, "fsck")
    }

    @Test func `the full set takes the place of the starter, in the same workspace, as the README has it`()
        async throws
    {
        let desk = try Desk()
        let (name, domain) = ("Your Company", "your-company.example")
        try await desk.expect(0, "init", "program", "--organization", name, "--domain", domain)
        try await desk.expect(0, "apply", "program")
        #expect(
            try await desk.expect(2, "init", "program", "--template", "healthcare-saas").says("not empty"))
        try await desk.expect(
            0, "init", "full", "--template", "healthcare-saas", "--role", "business-associate",
            "--organization", name, "--domain", domain)
        try await desk.expect(0, "check", "full")
        #expect(try await desk.expect(0, "apply", "full").says("removed.", "Applied; log entry 1."))
        try await desk.expect(1, "assess")
        try await desk.expect(0, "report", "readiness", "--out", "readiness.html")
        try await desk.expect(1, "report", "readiness", "--gate")
        try await desk.expect(0, "report", "type-2", "--out", "report.html")
        try await desk.expect(0, "package", "--out", "full.assay", "--report")
    }

    @Test func `what cannot be chosen is refused with what can`() async throws {
        let desk = try Desk()
        let template = try await desk.expect(2, "init", "x", "--template", "healthcare-sas")
        #expect(template.says("did you mean \"healthcare-saas\"?"))
        let role = try await desk.expect(2, "init", "x", "--template", "imaging-ai", "--role", "auditor")
        #expect(role.says("there is no role \"auditor\"", "covered-entity"))
        let category = try await desk.expect(
            2, "init", "x", "--template", "imaging-ai", "--categories", "privcy")
        #expect(category.says("did you mean \"privacy\"?"))
    }

    @Test func `kinds are listed and told field by field`() async throws {
        let desk = try Desk()
        let all = try await desk.json(0, "kinds")
        #expect(try #require(all["kinds"]?.array).count > 100)
        let one = try await desk.expect(0, "kinds", "idp.account")
        #expect(one.says("a second factor is enforced", "known by   identity provider"))
        #expect(one.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
        // A field says what fills it where that is not what fills its kind.
        let login = try await desk.expect(0, "kinds", "auth.event")
        #expect(login.says("filled by  ", "(filled by: cloudtrail)", "(filled by: microsoft)"))
        #expect(login.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(try await desk.expect(2, "kinds", "idp.acount").says("did you mean \"idp.account\"?"))
    }
}
