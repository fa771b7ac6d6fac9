import Assessment
import Evidence
import Formats

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
    /// Known once every batch is proven.
    var withheldFields: WithheldFields {
        get throws { WithheldFields(try labels([]).personal, in: evidence) }
    }
}
