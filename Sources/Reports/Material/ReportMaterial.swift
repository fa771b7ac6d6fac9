package import Assessment
package import Catalog
package import Evidence
package import Formats
package import Ledger
package import Programs

/// Which report is written.
package enum ReportKind: String, Sendable, Hashable, CaseIterable {
    case readiness
    case typeOne = "type-1"
    case typeTwo = "type-2"
    case hipaa
    case bridgeLetter = "bridge-letter"
    case leadership
    case securityPractices = "security-practices"
    case productSummary = "product-summary"
    case underwriting

    /// What an assessment on record is packaged with: Type I when it is as of one instant, else Type II.
    package init(packagedWith assessment: AssessmentStatement) {
        self = assessment.period.isInstant ? .typeOne : .typeTwo
    }

    package var title: String {
        switch self {
        case .readiness: "Readiness assessment"
        case .typeOne: "SOC 2 Type I: management's part of the report"
        case .typeTwo: "SOC 2 Type II: management's part of the report"
        case .hipaa: "HIPAA safeguards: evidence report"
        case .bridgeLetter: "Bridge letter (draft)"
        case .leadership: "For those who lead: where security stands"
        case .securityPractices: "Recognized security practices: record of the time before"
        case .productSummary: "Assurance summary, by product"
        case .underwriting: "Cyber insurance: answers from evidence"
        }
    }

    /// The earlier knowledge that it is compared with; nil where there is none.
    ///
    /// - Parameter since: asked for; a Type II report compares with the end of its period.
    package func comparison(of input: AssessmentInput, since: Instant?) -> Instant? {
        let isOver = self == .typeTwo && input.period.end < input.knownAt
        guard let since = since ?? (isOver ? input.period.end : nil), since < input.knownAt else {
            return nil
        }
        return since
    }

    /// Whether it tells of the populations of tests.
    var tellsOfPopulations: Bool {
        switch self {
        case .readiness, .typeTwo, .hipaa, .underwriting: true
        case .typeOne, .bridgeLetter, .leadership, .securityPractices, .productSummary: false
        }
    }

    /// Whether there is more to it than pages to read: tables to work with.
    package var hasWorkbook: Bool { hasOSCAL || self == .underwriting }

    /// Whether it is a plan or result of tests that other programs take in.
    package var hasOSCAL: Bool {
        switch self {
        case .readiness, .typeOne, .typeTwo, .hipaa: true
        case .bridgeLetter, .leadership, .securityPractices, .productSummary, .underwriting: false
        }
    }

    /// What the report is meant to become part of; nil when it is management's alone.
    var examination: String? {
        switch self {
        case .typeOne: "Type I"
        case .typeTwo: "Type II"
        case .readiness, .hipaa, .bridgeLetter, .leadership, .securityPractices, .productSummary,
            .underwriting:
            nil
        }
    }
}

/// Everything that a report is written from; a report is a function of this value and nothing else.
package struct ReportMaterial: Sendable {
    package let kind: ReportKind
    package let result: AssessmentResult
    package let resultDigest: Digest
    package let program: Program
    package let history: ProgramHistory
    package let kinds: KindCatalog
    package let hipaa: HIPAACatalog
    package let csf: CSFCatalog
    package let hitrust: HITRUSTCatalog
    package let laws: HealthPrivacyLaws
    package let underwriting: UnderwritingQuestions
    package let crosswalk: Crosswalk
    /// Of each test in the result, by its id.
    package let populations: [Identifier: ReportPopulation]
    /// Of each control that a Type I report has one for, by its id.
    package let designItems: [Identifier: DesignItem]
    package let inventory: [InventoryItem]
    package let incidents: [IncidentRecord]
    /// Whether a source of incidents is known at all; without one, no list of them says that there were none.
    package let hasIncidentSource: Bool
    /// Of log entries that exceptions and items rest on.
    package let proofs: [Int: BatchProof]
    /// What changed since an earlier time of knowledge; nil when that was not asked for.
    package let restatement: Restatement?
    package let checkpoint: Checkpoint
    /// What is not in the evidence any more.
    package let erasures: [LoggedErasure]
    package let names: KeyNames

    package init(
        kind: ReportKind, result: AssessmentResult, resultDigest: Digest, program: Program,
        history: ProgramHistory, kinds: KindCatalog, library: Library,
        populations: [Identifier: ReportPopulation], designItems: [Identifier: DesignItem],
        inventory: [InventoryItem], incidents: [IncidentRecord], hasIncidentSource: Bool,
        proofs: [Int: BatchProof], restatement: Restatement?, checkpoint: Checkpoint,
        erasures: [LoggedErasure], names: KeyNames
    ) {
        self.kind = kind
        self.result = result
        self.resultDigest = resultDigest
        self.program = program
        self.history = history
        self.kinds = kinds
        hipaa = library.hipaa
        csf = library.csf
        hitrust = library.hitrust
        laws = library.laws
        underwriting = library.underwriting
        crosswalk = library.crosswalk
        self.populations = populations
        self.designItems = designItems
        self.inventory = inventory
        self.incidents = incidents
        self.hasIncidentSource = hasIncidentSource
        self.proofs = proofs
        self.restatement = restatement
        self.checkpoint = checkpoint
        self.erasures = erasures
        self.names = names
    }

    var organization: String { program.organization?.name ?? checkpoint.origin.text }
    var isSynthetic: Bool { program.organization?.isSynthetic ?? false }
    var period: Interval { result.input.period }
    /// The period as people speak of it.
    var periodName: String { Wording.period(period, in: program.zone) }
    var isInstant: Bool { period.isInstant }
    /// The control's document, as it stands in the newest version of the program.
    func document(_ control: Identifier) -> Control? { program.control(control) }
    /// What was erased of that which the tests look at, a sentence each kind.
    var erasedTold: [String] {
        let kinds = result.tests.reduce(into: Set<Identifier>()) { $0.formUnion($1.test.evidenceKinds) }
        return ErasureText.sentences(erasures, of: kinds)
    }
    var erasedBlocks: [Block] { erasedTold.map { .paragraph($0) } }
    func test(_ id: Identifier) -> TestOutcome? { result.tests.first { $0.test.id == id } }
}
