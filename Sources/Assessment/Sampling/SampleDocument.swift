package import Evidence
package import Formats
package import Ledger

/// A fact that a drawn unit rests on, with the way from it to its batch.
package struct SampledFact: Sendable {
    package let reference: FactReference
    /// The fact as it was sealed; nil when it is withheld because it says something about a person.
    package let line: PayloadLine?
    package let hash: Digest
    /// Proof that the item is in the batch's population.
    package let proof: InclusionProof

    package init(reference: FactReference, line: PayloadLine?, hash: Digest, proof: InclusionProof) {
        self.reference = reference
        self.line = line
        self.hash = hash
        self.proof = proof
    }
}

/// A batch that holds facts of drawn units, with the way from it to the signed log.
package struct SampledBatch: Sendable {
    package let leaf: Int
    package let entry: LogEntry
    /// Proof that the entry is in the log.
    package let proof: InclusionProof

    package init(leaf: Int, entry: LogEntry, proof: InclusionProof) {
        self.leaf = leaf
        self.entry = entry
        self.proof = proof
    }
}

/// What a population is a function of.
package struct SampleSubject: Sendable {
    package let test: Identifier
    package let title: String
    /// What the test counts: `record`, `event`, `window` or `trigger`.
    package let unit: String
    package let period: Interval
    package let zone: String
    package let knownAt: Instant
    package let programDigest: Digest
    package let evidenceDigest: Digest
    package let isSynthetic: Bool

    package init(
        test: Identifier, title: String, unit: String, period: Interval, zone: String, knownAt: Instant,
        programDigest: Digest, evidenceDigest: Digest, isSynthetic: Bool
    ) {
        self.test = test
        self.title = title
        self.unit = unit
        self.period = period
        self.zone = zone
        self.knownAt = knownAt
        self.programDigest = programDigest
        self.evidenceDigest = evidenceDigest
        self.isSynthetic = isSynthetic
    }
}

/// A population, a sample drawn from it, and everything that proves both without this program's store.
///
///     {"batches":[…],"bounds":[…],"checkpoint":"…","checks":[…],"draw":{…},"facts":[…],
///      "format":"assay-sample/1","picks":[…],"population":{…},"seal":{…},"subject":{…}}
///
/// `seal` is a DSSE envelope around an in-toto statement by the log's key; it names the SHA-256 of the canonical bytes of
/// every other member, so that what was changed can be told by name.
package struct SampleDocument: Sendable {
    package static let format = "assay-sample/1"
    package static let predicateType: Identifier = "urn:assay:sample:1"
    /// Most facts that are proven for one unit. A window can rest on many thousands; how many are left out is told.
    package static let factLimit = 100

    package let subject: SampleSubject
    package let population: UnitPopulation
    package let checks: [PopulationCheck]
    /// Units that became known late.
    package let late: Set<Identifier>
    /// Nil when only the population is shown, because its root must be known before the seed.
    package let draw: SampleDraw?
    /// Where the size came from a practice preset, what to print beside it.
    package let practice: PracticeSize?
    /// How the sizes of the strata were given.
    package let isProportional: Bool
    /// Of every fact that a drawn unit rests on, in log order.
    package let facts: [SampledFact]
    /// Of every batch that holds one of these facts, in log order.
    package let batches: [SampledBatch]
    package let checkpoint: SignedNote

    package init(
        subject: SampleSubject, population: UnitPopulation, checks: [PopulationCheck], late: Set<Identifier>,
        draw: SampleDraw?, practice: PracticeSize?, isProportional: Bool, facts: [SampledFact],
        batches: [SampledBatch], checkpoint: SignedNote
    ) {
        self.subject = subject
        self.population = population
        self.checks = checks
        self.late = late
        self.draw = draw
        self.practice = practice
        self.isProportional = isProportional
        self.facts = facts
        self.batches = batches
        self.checkpoint = checkpoint
    }

    /// The facts that are proven for a unit.
    package static func provenFacts(of unit: SamplingUnit) -> ArraySlice<FactReference> {
        unit.references.prefix(factLimit)
    }

    /// The document with its seal.
    package func sealed(by signer: NoteSigner) throws -> JSON {
        let members = members
        let statement = Statement(
            subjects: try members.map { name, value in
                .init(name: Identifier(name), digest: .sha256(try CanonicalJSON.encode(value)))
            },
            predicateType: Self.predicateType, predicate: JSONObject())
        let envelope = try Envelope(signing: try statement.encoded(), by: [signer])
        return .object(members + [("seal", try JSON(parsing: envelope.encoded))])
    }
}
