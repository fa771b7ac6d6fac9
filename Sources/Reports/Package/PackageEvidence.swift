import Assessment
import Evidence
import Formats
import Ledger
import Programs

/// What the payloads of a package tell and what they do not.
struct PackagedEvidence {
    private(set) var items = 0
    private(set) var batches = 0
    /// The kinds of all facts that are told.
    private(set) var kinds: Set<Identifier> = []
    /// By kind, the facts that do not tell all their fields; and the kinds of facts that tell none of them.
    private(set) var lacking: [Identifier: LackingFacts] = [:]
    private(set) var emptied: Set<Identifier> = []
    /// Where records are withheld whole.
    private(set) var withheldPlaces: Set<WithheldPlace> = []
    private(set) var withheldFields = 0
    private(set) var withheldRecords = 0
    private(set) var erased: [ErasedItem] = []
    /// The first item that tells a personal field which should be withheld.
    private(set) var personal: (leaf: Int, item: Int)?
    private(set) var tombstones = Tombstones()
    /// What was erased although it still had to be kept.
    private var early: [LoggedErasure] = []
    private(set) var erasedKinds = ErasedKinds()
    /// Batches that were recorded after what the assessment knows of, or behind it.
    var unjudged = 0
    /// Whether the package leaves out what the workspace had.
    var withholds: Bool { withheldFields > 0 || withheldRecords > 0 }
    var isWhole: Bool { !withholds && erased.isEmpty }

    /// What is to be said of what is missing; empty when nothing is.
    var claims: [Claim] {
        var claims: [Claim] = []
        if withheldFields > 0 || withheldRecords > 0 {
            claims.append(
                Claim(
                    .personalData, .withheld,
                    "\(withheldFields) fields and \(withheldRecords) whole records; digests stand in their place"
                ))
        }
        let leaves = Set(erased.compactMap { tombstones.leaf(of: $0) }).sorted()
        if !leaves.isEmpty {
            claims.append(
                Claim(
                    .erased, .erased,
                    ErasureText.claim(erased.count, by: leaves, early: early) + erasedKinds.remark))
        }
        return claims
    }

    /// Takes in an entry that tells of an erasure or a hold.
    mutating func add(
        tombstone entry: LogEntry, leaf: Int, recorded: (_ batch: Int) throws -> Instant?
    ) rethrows {
        tombstones.add(entry.statement, leaf: leaf)
        erasedKinds.add(entry.statement, leaf: leaf)
        let erasure = try LoggedErasure(entry.statement, leaf: leaf, recorded: recorded)
        if let erasure, erasure.isEarly { early.append(erasure) }
    }

    /// Ends a batch.
    mutating func endBatch() {
        erasedKinds.endBatch()
        batches += 1
    }

    /// Notes where a record is withheld.
    mutating func add(_ place: WithheldPlace) { withheldPlaces.insert(place) }

    /// Takes in the next items of a batch, of which so many came before, the last fact among them of this kind.
    mutating func add(_ found: PackagedItems, leaf: Int, first: Int, behind kind: Identifier?) {
        items += found.count
        kinds.formUnion(found.kinds)
        for (kind, facts) in found.lacking {
            if lacking[kind] == nil { lacking[kind] = facts } else { lacking[kind]?.add(facts) }
        }
        emptied.formUnion(found.emptied)
        withheldFields += found.withheldFields
        withheldRecords += found.withheldRecords
        erased += found.erased.map { ErasedItem(leaf: leaf, item: first + $0.place, hash: $0.hash) }
        erasedKinds.add(found, leaf: leaf, first: first, behind: kind, tombstones)
        if personal == nil, let place = found.personal { personal = (leaf, first + place) }
    }
}

extension PackageVerification {
    /// Every batch against its population, each read once.
    ///
    /// - Parameter extent: which batches are kept as columns; nil keeps none.
    mutating func checkBatches(
        gathering extent: Result<GatheredColumns.Extent, any Error>? = nil
    ) throws -> String {
        // Of a program that cannot be read, its own check tells.
        let personal = manifest?.profile == .buyer ? try? labels([]).personal : nil
        var batches = PackagedBatches(
            reader, members: try PackagedMembers(reader, profile: manifest?.profile),
            withholding: WithholdingRule(manifest, personal: personal), wholeKinds: wholeKinds,
            gathering: extent.map { extent in Result { try ColumnGathering(extent.get()) } })
        var disposals: [(leaf: Int, entry: LogEntry)] = []
        try log.forEach(where: {
            $0 == ErasureStatement.predicateType || $0 == HoldStatement.predicateType
        }) { disposals.append(($0, $1)) }
        for (leaf, entry) in disposals {
            try batches.add(tombstone: entry, leaf: leaf, recorded: statedTime(ofEntry:))
        }
        // Of an assessment that is not there, the check of the result tells.
        let assessed = try? assessment()
        var unjudged = 0
        try log.forEach(
            where: BatchStatement.isBatch,
            prepare: { [batchStatements] in batchStatements[$0] ?? BatchStatement($1.statement) }
        ) { leaf, entry, batch in
            // One behind it may have the very time that it knows of.
            if let (place, statement) = assessed, let batch,
                batch.recorded > statement.knownAt || leaf > place
            {
                unjudged += 1
            }
            try batches.add(batch, leaf: leaf, hash: entry.leafHash)
        }
        try batches.drain()
        let (found, members) = (batches.found, batches.members)
        try refuseStrays(in: PackageLayout.batches, where: BatchStatement.isBatch)
        try members.refuseStrays(reader)
        for item in found.erased where found.tombstones.leaf(of: item) == nil {
            throw Failed(
                description:
                    "item \(item.item + 1) of batch \(item.leaf) is gone, and no log entry says that it was erased"
            )
        }
        if let fault = found.erasedKinds.fault { throw Failed(description: fault) }
        try refuseTold(found)
        evidence = found
        evidence.unjudged = unjudged
        columns = batches.columns.map { columns in Result { try columns.get().finish() } }
        return "\(found.items) items in \(found.batches) batches have the population roots in the log"
            + members.remark
    }

    /// What the log says was erased must be gone: the record's subject was told that it is. Every item that is gone has its
    /// tombstone, so that equal numbers are the same items.
    private func refuseTold(_ found: PackagedEvidence) throws {
        if found.tombstones.count == found.erased.count { return }
        let gone = Set(found.erased)
        guard let told = found.tombstones.all.first(where: { !gone.contains($0) }) else { return }
        throw Failed(
            description:
                "item \(told.item + 1) of batch \(told.leaf) is still told, though log entry "
                + "\(found.tombstones.leaf(of: told) ?? 0) says that it was erased")
    }

    /// What the assessment is made from.
    func assessmentExtent() throws -> GatheredColumns.Extent {
        let (leaf, statement) = try assessment()
        let program = try program(before: leaf, knownAt: statement.knownAt).history
        return GatheredColumns.Extent(
            end: leaf, knownAt: statement.knownAt, kinds: try program.evidenceKinds())
    }

    /// Begins with what needs nothing but the log, so that cores work on it while signatures are checked.
    mutating func beginRest() {
        let entries = Result {
            var entries: [(leaf: Int, entry: LogEntry)] = []
            try log.forEach(where: { $0 == ProgramStatement.predicateType }) { entries.append(($0, $1)) }
            return entries
        }
        begunProgram = Begun { [reader] in
            var collector = ProgramCollector()
            var agreement = PlanAgreement()
            for (leaf, entry) in try entries.get() {
                let path = PackageLayout.path(PackageLayout.program, leaf: leaf)
                let changes = try collector.add(leaf: leaf, entry: entry, payload: try reader.bytes(path))
                if let statement = ProgramStatement(entry.statement),
                    let fault = agreement.fault(statement, changes)
                {
                    throw Failed(description: "log entry \(leaf): \(fault)")
                }
            }
            return (history: collector.finish().history, otherPlans: agreement.others)
        }
        begunResult = Begun { [reader] in try PackagedResult(reader) }
    }

    func checkProgram() throws -> String {
        guard let (program, others) = try begunProgram?.get() else { throw Failed(description: "no log") }
        try refuseStrays(in: PackageLayout.program) { $0 == ProgramStatement.predicateType }
        if let manifest, evidence.batches > 0 || evidence.items > 0 { try checkLabels(manifest) }
        return "\(program.current.documents.count) documents in force, all versions match the log"
            + (others > 0
                ? "; \(Wording.count(others, "plan")) of collections with kinds or cadences that this version reads otherwise"
                : "")
    }

    func checkResult() throws -> String {
        let (leaf, statement) = try assessment()
        guard let result = try begunResult?.get() else { throw Failed(description: "no log") }
        guard result.digest == statement.result else {
            throw Failed(description: "result.json is not the result that log entry \(leaf) states")
        }
        guard try result.summary.get() == statement.summary else {
            throw Failed(description: "log entry \(leaf) states a summary that is not the one of its result")
        }
        return
            "result.json is what log entry \(leaf) states (sha256 \(statement.result.hex.prefix(16))…), \(statement.subject)"
            + unjudged + (try remark(onAssessmentsBeside: leaf, statement))
    }

    /// What is to be said of batches that the result knows nothing of; empty when there are none.
    private var unjudged: String {
        switch evidence.unjudged {
        case 0: ""
        case 1: "; 1 batch recorded after that is not judged"
        case let count: "; \(count) batches recorded after that are not judged"
        }
    }

    /// Who seals an assessment that another of the same period has replaced shows what they would rather have found. A look
    /// back replaces nothing, and is itself replaced by what knew more before it.
    ///
    /// - Returns: what is to be said of later ones that do not replace it; empty when there are none.
    private func remark(onAssessmentsBeside leaf: Int, _ statement: AssessmentStatement) throws -> String {
        var others = 0
        var lookBacks = 0
        try log.forEach(where: { $0 == AssessmentStatement.predicateType }) { place, entry in
            let other = AssessmentStatement(entry.statement)
            if let other, statement.isReplaced(at: leaf, by: other, at: place) {
                let what =
                    place > leaf
                    ? "a later assessment of the same period than entry \(leaf)"
                    : "an assessment of the same period that knew more than entry \(leaf)"
                throw Failed(description: "log entry \(place) is \(what), which is in the package")
            }
            if place <= leaf || other?.result == statement.result { return }
            if other?.period == statement.period { lookBacks += 1 } else { others += 1 }
        }
        var said = ""
        let counts = [(others, "of other periods"), (lookBacks, "of it that knew less")]
        for (count, what) in counts where count > 0 {
            said += "; the log has \(Wording.count(count, "later assessment")) \(what)"
        }
        return said
    }
}
