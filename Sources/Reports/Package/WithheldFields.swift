import Assessment
import Evidence
import Formats

/// Which fields the facts of a package withhold.
struct WithheldFields {
    private let personal: PersonalFields
    private let lacking: [Identifier: LackingFacts]
    /// Without any field, a record counts as one that could not be read.
    private let emptied: Set<Identifier>
    /// Whole records are withheld there, and nobody learns of which kind.
    private let places: Set<WithheldPlace>

    init(_ personal: PersonalFields, in evidence: PackagedEvidence) {
        self.personal = personal
        lacking = evidence.lacking
        emptied = evidence.emptied
        places = evidence.withheldPlaces
    }

    /// Those that a test depends on, as `kind.field`, sorted; `kind.*` for a kind without marked fields of which a whole
    /// record may be withheld. A field counts that some fact with a digest left does not tell: no digest says of which
    /// field it is.
    func read(by test: ControlTest) -> [String] {
        let whole = test.evidenceKinds.filter { kind in
            emptied.contains(kind) || places.contains { $0.allows(kind) }
        }
        let reads = test.fieldsRead.filter { lacking[$0.kind] != nil }
        let all = whole.union(reads.filter { $0.field == nil }.map(\.kind))
        var found = Set(all.flatMap { names(of: $0) })
        for read in reads where !all.contains(read.kind) {
            guard let field = read.field, lacking[read.kind]?.tells(field) == false else { continue }
            found.insert(Identifier("\(read.kind).\(field)"))
        }
        return found.sorted().map(\.text)
    }

    /// What stands for a kind as a whole.
    private func names(of kind: Identifier) -> [Identifier] {
        let marked = personal.fields(of: kind)
        return (marked.isEmpty ? ["*"] : marked).map { Identifier("\(kind).\($0)") }
    }
}

extension PackageVerification {
    /// Known once every batch is proven.
    var withheldFields: WithheldFields {
        get throws { WithheldFields(try labels([]).personal, in: evidence) }
    }
}
