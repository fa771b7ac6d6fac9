import Catalog
import Examples
import Formats
import Programs
import Testing

@testable import Templates

@Suite struct TemplateProgramTests {
    private static let every: Set<Catalog.Category> = Set(Catalog.Category.allCases)
    private static let usual: Set<Catalog.Category> = [.availability, .confidentiality]

    private func scope(
        _ template: String, _ role: String = "business-associate", _ categories: Set<Catalog.Category>
    ) throws -> TemplateScope {
        let list = try TemplateList.builtin()
        return TemplateScope(
            template: try #require(list.templates.first { $0.name == template }),
            role: try #require(list.roles.first { $0.name == role }), categories: categories,
            questions: list.questions)
    }

    private func program(_ scope: TemplateScope) throws -> Program {
        let files = TemplateProgram(
            scope: scope, organization: "Sample: \"Clinic\"", domain: "clinic.example",
            zone: "America/New_York", from: "2026-01-01", to: "2027-01-01", hipaa: try .builtin()
        ).files
        return try Program(
            reading: files.filter { $0.path != "README.md" }.map {
                ProgramFile(path: $0.path, bytes: $0.bytes)
            })
    }

    @Test(arguments: [
        ("{}", CatalogError.Reason.wrongShape(expected: "a list"), "templates"),
        (
            #"{"templates":[{"name":"one"}]}"#, CatalogError.Reason.wrongShape(expected: "a text"),
            "templates[0].title"
        ),
        (
            #"{"templates":[],"roles":[],"questions":[{"category":"speed"}]}"#,
            CatalogError.Reason.unknownWord(
                "speed", expected: Catalog.Category.allCases.map(\.rawValue).joined(separator: ", ")),
            "questions[0].category"
        ),
    ])
    func `a list that lacks what it must have is refused with its place`(
        _ text: String, _ reason: CatalogError.Reason, _ path: String
    ) throws {
        let file = try CatalogFile(name: "list.json", bytes: Array(text.utf8))
        #expect(throws: CatalogError(reason, file: "list.json", path: path)) { try TemplateList(file) }
    }

    @Test func `the full set has eighty-eight controls, each with tests and a policy`() throws {
        let all = ControlSection.all
        #expect(all.count == 88 && Set(all.map(\.id)).count == 88)
        #expect(all.filter { $0.modules == ["base"] }.count == 71)
        for section in all {
            #expect(!section.tests.isEmpty && !section.criteria.isEmpty, "\(section.id)")
            #expect(PolicySection.all.contains { $0.id == section.policy }, "\(section.id)")
        }
        let tests = all.flatMap(\.tests)
        #expect(Set(tests).count == tests.count)
        let linked = Set(PolicySection.all.flatMap { $0.statements.flatMap(\.tests) })
        #expect(linked == Set(tests), "a test that no policy asks for, or the reverse")
    }

    @Test
    func `what can reach patients' care is marked, and changes are examined for hazards before and after`()
        throws
    {
        let program = try self.program(try scope("healthcare-saas", "business-associate", Self.every))
        #expect(program.controls.filter(\.isClinical).map(\.id.text) == ["PRC-01", "PRC-02", "PRC-03"])
        let procedure = try #require(program.procedures.first { $0.policy?.value == "change-management" })
        for step in [
            "A requirement names its purpose", "what could harm a patient", "A release is approved",
            "After release",
        ] {
            #expect(procedure.text.value.contains(step), "\(step)")
        }
        let served = program.controls.filter { $0.id.text.hasPrefix("CHG-") }.flatMap(\.criteria).map(\.value)
        #expect(served.contains("CC8.1"))
    }

    /// Every choice of categories besides Security.
    private static func choices() throws -> [Set<Catalog.Category>] {
        try TemplateList.builtin().questions.map(\.category).reduce([[]]) { chosen, category in
            chosen + chosen.map { $0.union([category]) }
        }
    }

    @Test(
        arguments: ["healthcare-saas", "imaging-ai", "billing-analytics"],
        ["covered-entity", "business-associate", "subcontractor"])
    func `choices of scope check with nothing but notes about drafts`(template: String, role: String) throws {
        let all = try Self.choices()
        #expect(all.count == 16)
        let day = try #require(CalendarDate("2026-11-21"))
        // The roles of whoever owes more differ in controls of their own only; the ends of the scale are enough.
        let choices = role == "business-associate" ? all : [[], Self.usual, Self.every]
        for chosen in choices {
            let findings = try program(scope(template, role, chosen)).lint(
                kinds: .builtin(), criteria: .builtin(), hipaa: .builtin(), on: day)
            // The control "encryption at rest" is in every template, and asks who holds two roles.
            let units = findings.filter { $0.rule == "personal-unit" }
            #expect(units.count == 1 && units.allSatisfy { $0.message.contains("idp.membership.subject_id") })
            let others = findings.filter { $0.severity != .note || $0.rule != "draft" }
                .filter { $0.rule != "personal-unit" }
            #expect(others.isEmpty, "\(role) \(chosen): \(others.prefix(5).map(\.description))")
            // The system, policies, procedures, standards, decisions, commitments, CUECs, CSOCs and vendors.
            #expect(findings.count == 9 + units.count)
        }
    }

    @Test func `nothing pretends to be reviewed, decided or shown`() throws {
        let program = try program(scope("imaging-ai", "covered-entity", Self.every))
        #expect(program.policies.allSatisfy { $0.isDraft && $0.reviewed == nil })
        #expect(program.procedures.allSatisfy { $0.isDraft && $0.reviewed == nil })
        #expect(program.standards.allSatisfy { $0.isDraft && $0.reviewed == nil })
        #expect(program.decisions.count == 22)
        #expect(program.decisions.allSatisfy { $0.isDraft && $0.decided == nil && !$0.controls.isEmpty })
        #expect(program.commitments.allSatisfy { $0.isDraft && $0.reviewed == nil })
        #expect(program.vendors.allSatisfy { $0.isDraft && $0.report == nil })
        #expect(program.subserviceControls.allSatisfy { $0.isDraft && $0.result == nil })
        #expect(program.userEntityControls.allSatisfy { $0.isDraft && $0.instruction == nil })
        #expect(program.controls.allSatisfy { $0.nature == .manual || $0.standard != nil })
    }

    @Test func `a draft that was adopted must keep what it promises`() throws {
        let files = TemplateProgram(
            scope: try scope("healthcare-saas", "business-associate", Self.usual), organization: "Sample",
            domain: "clinic.example", zone: "America/New_York", from: "2026-01-01", to: "2027-01-01",
            hipaa: try .builtin()
        ).files
        let program = try Program(
            reading: files.filter { $0.path != "README.md" }.map { file in
                let text = String(decoding: file.bytes, as: UTF8.self)
                return ProgramFile(
                    path: file.path,
                    bytes: Array(
                        file.path.hasPrefix("registers/decisions")
                            ? text.utf8 : text.replacing("\ndraft: true", with: "").utf8))
            })
        let rules = Set(
            try program.lint(kinds: .builtin(), criteria: .builtin(), hipaa: .builtin()).map(\.rule))
        #expect(
            rules == [
                "csoc-uncovered", "cuec-uncovered", "draft", "personal-unit", "policy-never-reviewed",
                "register-never-reviewed", "vendor-report-missing",
            ])
    }

    @Test(
        arguments: [
            ("healthcare-saas", "business-associate", usual, 74),
            ("healthcare-saas", "covered-entity", usual, 80),
            ("healthcare-saas", "covered-entity", every, 84),
            ("imaging-ai", "subcontractor", usual, 78), ("imaging-ai", "covered-entity", every, 88),
            ("billing-analytics", "business-associate", usual.union([.processingIntegrity]), 77),
        ] as [(String, String, Set<Catalog.Category>, Int)])
    func `role and categories decide how many controls there are`(
        template: String, role: String, categories: Set<Catalog.Category>, count: Int
    ) throws {
        let scope = try scope(template, role, categories)
        #expect(scope.extent.controls == count)
        #expect(try program(scope).controls.count == count)
        #expect(try program(scope).tests.count == scope.extent.tests)
    }

    @Test func `Security cannot be left out, and a category costs what it adds`() throws {
        let scope = try scope("healthcare-saas", "business-associate", Self.usual)
        #expect(scope.without(.security).categories.contains(.security))
        #expect(scope.extent.criteria == 33 + 3 + 2)
        #expect(scope.cost(of: .processingIntegrity).controls == 3)
        #expect(scope.cost(of: .processingIntegrity).criteria == 5)
        #expect(scope.cost(of: .availability).controls == 2)
        #expect(scope.cost(of: .availability).criteria == 3)
        #expect(scope.cost(of: .privacy).criteria == 18)
    }

    @Test func `statements keep the links to tests in scope, and those without are listed`() throws {
        let scope = try scope("healthcare-saas", "business-associate", Self.usual)
        let program = try program(scope)
        let policies = program.policies
        #expect(policies.count == 25 - 3)
        let linked = Set(policies.flatMap(\.statements).flatMap(\.tests).map(\.value))
        #expect(linked == Set(program.tests.map(\.id.text)))
        let untested = program.untestedStatements.map { "\($0.policy) \($0.statement.number)" }
        #expect(untested.contains("access-control 8") && untested.count > 15)
        #expect(program.documents(of: .procedure).count == policies.count)
    }

    @Test func `figures keep law, contract and company apart`() throws {
        let program = try program(scope("healthcare-saas", "covered-entity", Self.every))
        let limit = try #require(program.test("customers-notified-limit")?.limits.first)
        #expect(limit.law?.description == "60d" && limit.contract?.description == "1d")
        #expect(limit.inForce.description == "1d")
        #expect(program.tests.filter { !$0.limits.isEmpty }.count > 80)
    }
}
