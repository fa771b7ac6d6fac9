import Formats
import Testing

@testable import Catalog

@Suite struct RequirementTests {
    @Test func `the Security Rule has its standards and specifications`() throws {
        let rules = try HIPAACatalog.builtin().requirements(of: .security)
        let standards = rules.filter { $0.kind == .standard || $0.kind == .requiredStandard }
        // 308(b)(1) and (2) are one standard seen from two sides.
        #expect(standards.count - 1 == 22)
        let specifications = rules.filter {
            (308...312).contains($0.citation.section) && ($0.kind == .required || $0.kind == .addressable)
        }
        #expect(specifications.count == 36)
        #expect(specifications.count { $0.kind == .required } == 14)
        #expect(specifications.count { $0.kind == .addressable } == 22)
    }

    @Test(arguments: [
        ("164.308(a)(3)(ii)(C)", HIPAARequirement.Kind.addressable, "Termination procedures"),
        ("164.308(a)(1)(ii)(A)", .required, "Risk analysis"),
        ("164.312(b)", .requiredStandard, "Audit controls"),
        ("164.312(a)(1)", .standard, "Access control"),
        ("164.316(b)(2)(i)", .required, "Time limit"),
        ("164.410", .provision, "Notice by a business associate"),
    ])
    func `a requirement has its kind`(id: Identifier, kind: HIPAARequirement.Kind, title: String) throws {
        let requirement = try #require(try HIPAACatalog.builtin().requirement(id))
        #expect(requirement.kind == kind && requirement.title == title)
    }

    @Test(arguments: [
        (
            #"{"version":"1","requirements":[{"citation":"308(a)"}]}"#,
            "requirements[0].citation: expected a citation"
        ),
        (
            #"{"version":"1","requirements":[{"citation":"164.404","title":"T","rule":"breech","kind":"required","gist":"g"}]}"#,
            "requirements[0].rule: \"breech\" is unknown; use security, breach, privacy, enforcement"
        ),
    ])
    func `a broken catalogue of the rules says where it is broken`(text: String, expected: String) {
        let error = #expect(throws: CatalogError.self) {
            try HIPAACatalog(parsing: Array(text.utf8), name: "t.json")
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test func `CSF 2.0 has its categories and subcategories`() throws {
        let csf = try CSFCatalog.builtin()
        #expect(csf.categories.count == 22)
        #expect(Set(csf.categories.flatMap(\.subcategories).map(\.id)).count == 106)
        #expect(try HITRUSTCatalog.builtin().domains.count == 19)
    }

    @Test func `every criterion has a note on its points of focus`() throws {
        let catalog = try CriteriaCatalog.builtin()
        #expect(catalog.criteria.allSatisfy { $0.focus.count > 20 })
        #expect(catalog.principles.count == 17)
        #expect(catalog.edition.version == "TSP100-2017-PoF2022")
    }

    @Test func `a proposed rule is a preset and no requirement`() throws {
        let presets = try ParameterPreset.builtin()
        let proposed = try #require(presets.first { $0.id == "NPRM-2025" })
        #expect(proposed.status == .proposed)
        #expect(proposed.values.contains { $0.control == "IAM-02" && $0.limit == .hours(1) })
        #expect(try Library.builtin().item("NPRM-2025") == nil)
    }
}
