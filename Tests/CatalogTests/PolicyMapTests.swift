import Formats
import Testing

@testable import Catalog

@Suite struct PolicyMapTests {
    private func map(_ text: String) throws -> PolicyMap {
        PolicyMap([(name: "hipaa.md", text: text)], library: try .builtin())
    }

    @Test func `citations lead to criteria, passage by passage`() throws {
        let map = try map(
            """
            # Access
            We end access when people leave (45 CFR §164.308(a)(3)(ii)(C)), and give
            each a name of their own; see 164.312(a)(2)(i).
            # Devices
            Laptops are encrypted.
            # Monitoring
            See CC7.2 and DE.CM-01.
            """)
        #expect(map.passages.map(\.line) == [1, 4, 6])
        let access = map.passages[0].citations
        #expect(access.map(\.id) == ["164.308(a)(3)(ii)(C)", "164.312(a)(2)(i)"])
        #expect(access.map(\.line) == [2, 3])
        #expect(access[0].criteria.map(\.id) == ["CC6.2", "CC6.3", "CC6.4"])
        #expect(map.unmapped.map(\.heading) == ["Devices"])
        #expect(map.passages[2].citations.map(\.id) == ["CC7.2", "DE.CM-01"])
        #expect(map.passages[2].citations[0].criteria.map(\.id) == ["CC7.2"])
    }

    @Test(arguments: [
        ("(164.308(a)(1)(ii)(A)).", ["164.308(a)(1)(ii)(A)"]), ("45 CFR 164.312(d);", ["164.312(d)"]),
        ("\"CC6.1\", [A1.2]", ["CC6.1", "A1.2"]), ("PR.AA-05 PR.AT", ["PR.AA-05", "PR.AT"]),
        ("version 164.3, 10.5 and A4 paper", []), ("164.308(x)(y)", []), ("CC6 and CC6.1.2", []), ("", []),
    ])
    func `what looks like a citation is one`(text: String, expected: [String]) throws {
        let found = try map(text).passages.flatMap(\.citations).map(\.id.text)
        #expect(found == expected)
    }

    @Test func `a standard named as a whole stands for what is below it`() throws {
        let found = try #require(try map("see 164.308(a)(4)").passages.first?.citations.first)
        #expect(found.item == nil && found.parts == 4)
        #expect(found.criteria.map(\.id.text).contains("CC6.3"))
        #expect(Set(found.criteria.map(\.id)).count == found.criteria.count)
    }

    @Test func `what the catalogue does not hold is told as unknown, and proposes nothing`() throws {
        let found = try map("see 164.399(a) and CC99.9").passages.flatMap(\.citations)
        #expect(found.count == 2 && found.allSatisfy { $0.item == nil && $0.criteria.isEmpty })
    }

    @Test func `what nothing cites of the Security Rule is listed`() throws {
        #expect(try map("nothing").uncited.contains { $0.citation.description == "164.312(b)" })
        let some = try map("164.308(a)(1) and 164.312(b)").uncited.map(\.citation.description)
        #expect(!some.contains("164.312(b)") && !some.contains("164.308(a)(1)(ii)(A)"))
        #expect(some.contains("164.312(d)"))
    }

    @Test func `each question of an insurer names evidence that exists`() throws {
        let library = try Library.builtin()
        let kinds = try KindCatalog.builtin()
        let questions = library.underwriting.questions
        #expect(Set(questions.map(\.id)).count == questions.count && questions.count > 20)
        for question in questions {
            #expect(question.question.hasSuffix("?") && !question.beyond.isEmpty, "\(question.id)")
            #expect(!question.evidence.isEmpty || question.id == "end-of-life", "\(question.id)")
            for evidence in question.evidence {
                let kind = try #require(kinds.kind(evidence.kind), "\(question.id): \(evidence.kind)")
                guard let field = evidence.field else { continue }
                #expect(kind.fields.contains { $0.name == field.text }, "\(question.id): \(field)")
            }
            for criterion in question.criteria { #expect(library.item(criterion) != nil, "\(criterion)") }
        }
        #expect(questions.filter { !$0.testKinds.isEmpty }.map(\.testKinds) == [["sod"]])
        #expect(!library.underwriting.stated.isEmpty)
    }

    @Test func `provisions beside HIPAA are cited, dated and related to criteria`() throws {
        let library = try Library.builtin()
        #expect(Set(library.laws.provisions.map(\.jurisdiction)) == Set(Jurisdiction.allCases))
        for provision in library.laws.provisions {
            let item = try #require(library.item(provision.id))
            #expect(provision.id.text.hasPrefix(provision.jurisdiction.rawValue + "-"))
            #expect(!library.links(from: item).isEmpty, "\(provision.id)")
            #expect(!provision.citation.isEmpty && !provision.gist.isEmpty)
        }
        let clock = try #require(library.item("FTC-318.4"))
        #expect(clock.facts.map(\.value) == ["16 CFR 318.4", "60 calendar days from discovery"])
        #expect(library.links(from: clock).map(\.id) == ["P6.6"])
    }
}
