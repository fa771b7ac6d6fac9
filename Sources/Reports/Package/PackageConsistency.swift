import Assessment
import Evidence
import Formats
import Ledger
import Programs

/// Where a package must agree with itself beyond its hashes: its signer could have sealed anything.
extension PackageVerification {
    /// An entry is of a type that this version knows, was not recorded before the one ahead of it, and nobody assessed
    /// with knowledge of a later time.
    ///
    /// - Parameter batch: what it says, if it is a batch.
    static func checkTime(
        _ entry: LogEntry, at leaf: Int, _ batch: BatchStatement?, behind last: inout Instant
    ) throws {
        let recorded = try recorded(leaf, entry.statement, batch)
        if recorded < last {
            throw Failed(
                description:
                    "log entry \(leaf) says that it was recorded at \(recorded), before the entry ahead "
                    + "of it, which says \(last)")
        }
        last = recorded
    }

    private static func recorded(
        _ leaf: Int, _ statement: Statement, _ batch: BatchStatement?
    ) throws -> Instant {
        let recorded: Instant?
        switch statement.predicateType {
        case BatchStatement.predicateType, BatchStatement.formerType: recorded = batch?.recorded
        case ProgramStatement.predicateType: recorded = ProgramStatement(statement)?.recorded
        case AnchorStatement.predicateType: recorded = AnchorStatement(statement)?.recorded
        case RecoveryStatement.predicateType: recorded = RecoveryStatement(statement)?.recorded
        case KeyEvent.predicateType: recorded = KeyEvent(statement)?.recorded
        case AssessmentStatement.predicateType:
            let assessment = AssessmentStatement(statement)
            if let assessment, assessment.knownAt > assessment.recorded {
                throw Failed(
                    description:
                        "log entry \(leaf) is an assessment of \(assessment.recorded) with what was known at "
                        + "\(assessment.knownAt), which is later")
            }
            recorded = assessment?.recorded
        case ErasureStatement.predicateType: recorded = ErasureStatement(statement)?.recorded
        case HoldStatement.predicateType: recorded = HoldStatement(statement)?.recorded
        case ExportStatement.predicateType: recorded = ExportStatement(statement)?.recorded
        case DrawStatement.predicateType: recorded = DrawStatement(statement)?.recorded
        default:
            throw Failed(
                description:
                    "log entry \(leaf) is of the type \(statement.predicateType), which is not known here")
        }
        guard let recorded else {
            throw Failed(description: "log entry \(leaf) lacks a part of a \(statement.predicateType)")
        }
        return recorded
    }

    /// Every file in a folder is the payload of an entry of this type.
    func refuseStrays(in folder: String, where isOfType: (Identifier) -> Bool) throws {
        var expected: Set<Identifier> = []
        for leaf in log.leaves(where: isOfType) {
            expected.insert(Identifier(PackageLayout.path(folder, leaf: leaf)))
        }
        for path in reader.paths where path.utf8.starts(with: folder.utf8) {
            if !expected.contains(Identifier(path)) {
                throw Failed(description: "\(path) is the payload of no entry of the log")
            }
        }
    }

    /// Only a package for auditors holds personal fields, and only one for buyers withholds them.
    func refuseOthersLabels(_ manifest: PackageManifest) throws {
        let (profile, personal, withheld) = (
            manifest.profile, manifest.personalFields, manifest.withheldFields
        )
        if profile != .auditor, !personal.isEmpty {
            throw Failed(
                description:
                    "the manifest says that personal fields are told (\(Self.list(personal))), which only "
                    + "a package for auditors does")
        }
        if profile != .buyer, !withheld.isEmpty {
            throw Failed(
                description:
                    "the manifest says that fields are withheld (\(Self.list(withheld))), which only a "
                    + "package for buyers does")
        }
    }

    /// What the manifest says of the content is what the content says.
    func checkLabels(_ manifest: PackageManifest) throws {
        let labels = try labels(evidence.kinds)
        if labels.isSynthetic != manifest.isSynthetic {
            throw Failed(
                description: labels.isSynthetic
                    ? "the manifest does not say that the organization is synthetic"
                    : "the manifest says that the organization is synthetic, the program does not")
        }
        let holds = manifest.profile == .auditor ? labels.personalFields : []
        if holds.map({ Identifier($0) }) != manifest.personalFields.map({ Identifier($0) }) {
            throw Failed(
                description:
                    "the manifest's list of personal fields (\(Self.list(manifest.personalFields))) is not "
                    + "the one of the evidence (\(Self.list(holds)))")
        }
        let withholds = manifest.profile == .buyer ? try withheldNames(manifest) : []
        if withholds.map({ Identifier($0) }) != manifest.withheldFields.map({ Identifier($0) }) {
            throw Failed(
                description:
                    "the manifest's list of withheld fields (\(Self.list(manifest.withheldFields))) is not "
                    + "the one of the evidence (\(Self.list(withholds)))")
        }
        // A package for buyers tells no personal field, whatever its maker says.
        if manifest.profile == .buyer, let told = evidence.personal {
            throw Failed(
                description:
                    "item \(told.item + 1) of batch \(told.leaf) tells a field that is marked personal")
        }
    }

    /// What a package for buyers withholds: of records that are withheld whole only the manifest tells the kind, which
    /// must be one that can stand there.
    private func withheldNames(_ manifest: PackageManifest) throws -> [String] {
        let whole = manifest.withheldKinds.filter { kind in
            evidence.withheldPlaces.contains { $0.allows(kind) }
        }
        return try labels(evidence.kinds.union(whole)).personalFields
    }

    /// What is to be said of a package whose facts are of these kinds.
    func labels(_ kinds: Set<Identifier>) throws -> PackageLabels {
        try PackageLabels(kinds: kinds, changes: try begunProgram?.get().history.changes ?? [])
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}
