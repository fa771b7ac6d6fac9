import Assessment
import Evidence
package import Formats
import Ledger

/// What came of the tests of an assessment, one by one, when a package withholds what some of them read.
package struct RepeatedTests: Sendable {
    /// These gave the same conclusion, rows and exceptions.
    package let same: [Identifier]
    package let different: [Identifier]
    /// Not tried: these read fields that are withheld, as `kind.field`, sorted.
    package let untried: [(test: Identifier, fields: [String])]
    /// So many items were erased, which may be why a test came out otherwise.
    package let erasedItems: Int
}

/// Which fields the facts of a package withhold.
struct WithheldFields {
    private let personal: PersonalFields
    private let lacking: Set<Identifier>
    /// Without any field, a record counts as one that could not be read.
    private let emptied: Set<Identifier>
    /// Whole records are withheld, and nobody learns of which kind.
    private let isAny: Bool

    init(_ personal: PersonalFields, in evidence: PackagedEvidence) {
        self.personal = personal
        lacking = evidence.lacking
        emptied = evidence.emptied
        isAny = evidence.withheldRecords > 0
    }

    /// Those that a test depends on, as `kind.field`, sorted.
    func read(by test: ControlTest) -> [String] {
        let whole = test.evidenceKinds.filter { isAny || emptied.contains($0) }
        let reads = test.fieldsRead.filter { lacking.contains($0.kind) }
        let all = whole.union(reads.filter { $0.field == nil }.map(\.kind))
        let names = all.union(reads.map(\.kind)).flatMap { kind in
            personal.fields(of: kind)
                .filter { all.contains(kind) || reads.contains(FieldRead(kind: kind, field: Identifier($0))) }
                .map { Identifier("\(kind).\($0)") }
        }
        return Set(names).sorted().map(\.text)
    }
}

extension PackageVerification {
    var withheldFields: WithheldFields {
        get throws { WithheldFields(try labels([]).personal, in: evidence) }
    }

    /// Compares the tests that can be repeated with what the packaged result says of them; nil when all can be.
    ///
    /// - Parameter result: the result of the given tests alone.
    func repeatTests(
        of input: AssessmentInput, _ result: (AssessmentInput) throws -> AssessmentResult
    ) throws -> RepeatedTests? {
        let withheld = try withheldFields
        let untried = input.tests.map { (test: $0.id, fields: withheld.read(by: $0)) }
            .filter { !$0.fields.isEmpty }
        if untried.isEmpty { return nil }
        let stated = try AssessmentResult.testDigests(of: try reader.stream(PackageLayout.result))
        guard stated.count == input.tests.count else {
            throw PackageError.unreadable(
                "\(PackageLayout.result) tells of \(stated.count) tests, and \(input.tests.count) were in force"
            )
        }
        let left = Set(untried.map(\.test))
        let tried = input.only { !left.contains($0.id) }
        let found = try Dictionary(
            zip(tried.tests.map(\.id), result(tried).testDigests), uniquingKeysWith: { first, _ in first })
        var (same, different): ([Identifier], [Identifier]) = ([], [])
        for (test, digest) in zip(input.tests, stated) where !left.contains(test.id) {
            if found[test.id] == digest { same.append(test.id) } else { different.append(test.id) }
        }
        return RepeatedTests(
            same: same, different: different, untried: untried, erasedItems: evidence.erased.count)
    }
}
