import Assessment
import Catalog
import Evidence
import Formats
import Ledger
import Programs
import Testing

@testable import Templates

/// Made-up evidence for one test of the full set, and what must be concluded from it.
struct TemplateCase: Sendable, CustomTestStringConvertible {
    /// Id of the test.
    let test: String
    let title: String
    let expected: Conclusion
    /// Lines of kind, key, time and JSON value, divided by single spaces. A value of null ends the record.
    let evidence: String

    init(_ test: String, _ title: String, _ expected: Conclusion, _ evidence: String) {
        (self.test, self.title, self.expected, self.evidence) = (test, title, expected, evidence)
    }

    var testDescription: String { "\(test): \(title)" }

    /// What the test concludes of July 2025 to June 2026, where all its kinds were watched from 2024 on.
    func conclusion() throws -> Conclusion {
        let section = try #require(ControlSection.all.first { $0.tests.contains(test) })
        let history = try Self.history(of: section)
        let (period, interval) = try history.current.interval(ofPeriod: nil)
        let input = try AssessmentInput(
            history, criteria: CriteriaCatalog.builtin(), period: interval,
            knownAt: Self.instant("2026-08-01"), tolerance: Tolerance(period),
            programDigest: Digest.sha256([]))
        let result = try AssessmentResult(
            input, history: try facts(section.kinds), evidenceDigest: Digest.sha256([]))
        return try #require(result.tests.first { $0.test.id.text == test }).conclusion
    }

    /// The control with its tests alone, applied before everything.
    static func history(of section: ControlSection) throws -> ProgramHistory {
        let text = """
            organization: sample
            name: Sample (synthetic data)
            domain: sample.example
            zone: UTC
            ---
            period: year
            from: 2025-07-01
            to: 2026-07-01
            ---
            \(section.text)

            """
        let program = try Program(reading: [ProgramFile(path: "program.yaml", bytes: Array(text.utf8))])
        var history = ProgramHistory()
        history.add(
            ProgramPlan(from: Program(), to: program).added.map { ProgramChange.apply($0) },
            recorded: try instant("2023-01-01"))
        return history
    }

    private func facts(_ kinds: [String]) throws -> History {
        let catalog = try KindCatalog.builtin()
        let recorded = try Self.instant("2023-01-01")
        let (start, end) = (try Self.instant("2024-01-01"), try Self.instant("2026-08-01"))
        let watched = try #require(Interval(from: start, to: end))
        var facts = Set(kinds).sorted().map { Fact.coverage(Identifier($0), watched) }
        for line in evidence.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            try #require(words.count == 4, "\(line)")
            let kind = try #require(catalog.kind(Identifier(words[0])), "\(line)")
            let (at, value) = (try Self.instant(words[2]), try JSON(parsing: words[3]))
            let isKnown = (value.object?.members ?? []).allSatisfy { member in
                kind.fields.contains { $0.name == member.name }
            }
            #expect(isKnown, "a field that the kind lacks: \(line)")
            let isWhole = kind.fields.allSatisfy { !$0.isRequired || value.isNull || value[$0.name] != nil }
            #expect(isWhole, "a required field is missing: \(line)")
            switch kind.mode {
            case .state: facts.append(.state(kind.name, Identifier(words[1]), from: at, value.object))
            case .event:
                let value = try #require(value.object, "an event without a value: \(line)")
                facts.append(.event(kind.name, Identifier(words[1]), at: at, value))
            }
        }
        var builder = HistoryBuilder(knownAt: end, kinds: catalog.kinds)
        for (index, fact) in facts.enumerated() {
            builder.add(
                RecordedFact(
                    fact: fact, source: "one", recorded: recorded,
                    reference: FactReference(leaf: index, item: 0)))
        }
        return builder.build()
    }

    /// `2026-02-10` or `2026-02-10T10:00`, in UTC.
    static func instant(_ text: String) throws -> Instant {
        try #require(Instant(text.contains("T") ? "\(text):00Z" : "\(text)T00:00:00Z"), "\(text)")
    }
}
