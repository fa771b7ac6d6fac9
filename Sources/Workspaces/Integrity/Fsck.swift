import Assessment
import Evidence
package import Formats
import Ledger
import Storage

extension Workspace {
    /// Checks everything that is stored: the checkpoint and its signature, every hash of the tree, every signature of an
    /// entry, every payload against the log, and the index against both.
    ///
    /// - Parameter now: the time to which anchors are too old, or are not.
    package func fsck(
        now: Instant, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> FsckReport {
        for _ in 0..<Self.readings {
            let (report, size) = try checked(now, progress)
            // What was erased meanwhile is named by the state that was checked, and is not there any more.
            if report.found.isEmpty || !wasErased(since: size) { return report }
        }
        throw ErasedMeanwhile.reading
    }

    /// False where that cannot be read.
    private func wasErased(since size: Int?) -> Bool {
        guard let size else { return false }
        let kinds = try? database.read { try erasedKinds(since: size, $0) }
        return kinds?.isEmpty == false
    }

    /// One check, and how long the log was at its beginning; nil where that cannot be read.
    private func checked(
        _ now: Instant, _ progress: (_ done: Int, _ all: Int) -> Void
    ) throws -> (report: FsckReport, size: Int?) {
        // What needs nothing of the rest is looked at meanwhile.
        var damage = OrderedWork { (_: Void) in Result { try database.damage() } }
        try damage.give(()) { _ in }
        var columns = OrderedWork { (_: Void) in Result { try columnCondition() } }
        try columns.give(()) { _ in }
        let read = try database.read { database -> (check: Fsck, size: Int?) in
            var check = Fsck(workspace: self, database: database)
            check.stage { try $0.keyFiles() }
            check.setting()
            check.stage { try $0.log() }
            check.stage { try $0.batches(progress) }
            check.stage { try $0.program() }
            check.stage { try $0.assessments() }
            check.stage { try $0.keys() }
            check.stage { try $0.anchors() }
            check.status(now)
            try columns.finish { check.columns($0) }
            try damage.finish { check.database(try $0.get()) }
            return (check, try? LogTable.size(database))
        }
        // Of now, and not of the state that was checked: others may be recording.
        var check = read.check
        check.stage { try $0.leftovers() }
        return (check.report, read.size)
    }
}

/// The check while it goes on.
struct Fsck {
    let workspace: Workspace
    let database: any Reading
    var report = FsckReport()
    /// What each entry is.
    var types: [Int: Identifier] = [:]
    var tombstones = Tombstones()

    init(workspace: Workspace, database: any Reading) {
        self.workspace = workspace
        self.database = database
    }

    /// Notes what is wrong with the database, the file that holds everything but payloads and keys.
    mutating func fault(_ what: String) {
        note(
            what,
            remedy: "\(workspace.path)/assay.db: restore it from a backup, then import again what came since")
    }

    /// - Parameter remedy: nil where the fault says it itself.
    mutating func note(_ what: String, remedy: String?) {
        report.found.append(FsckFault(what: what, remedy: remedy))
    }

    /// A row that cannot be read at all ends its own check; the others go on.
    mutating func stage(_ body: (inout Fsck) throws -> Void) {
        do {
            try body(&self)
        } catch {
            fault("database: \(error)")
        }
    }

    // MARK: Database and keys

    mutating func database(_ damage: [String]) {
        // What follows from it comes behind it.
        let others = report.found
        report.found = []
        for what in damage { fault("database: \(what)") }
        report.found += others
    }

    /// Compares the files beside the database with the log that they belong to.
    mutating func keyFiles() throws {
        let path = workspace.path + "/keys"
        let name = workspace.origin
        for purpose in KeyPurpose.allCases {
            let file = purpose == .log ? workspace.logKey : workspace.collectorKey
            if let fault = file.fault { note("\(fault)", remedy: nil) }
            for left in KeyLeftovers.files(beside: file, purpose, in: workspace.path) {
                if left.isOfChange {
                    report.remarks.append(
                        "\(left.path): \(left.what); the next \"assay log rotate\" tidies up, or \(left.remedy)"
                    )
                } else {
                    note("\(left.path): \(left.what)", remedy: "\(left.path): \(left.remedy)")
                }
            }
        }
        if let newest = try LogTable.checkpoint(database),
            (try? Checkpoint.open(Array(newest.utf8), verifiers: [workspace.logVerifier], origin: name))
                == nil
        {
            note(
                "\(path)/log.key: the newest checkpoint is not signed with this key",
                remedy: "\(path)/log.key: restore it from a backup")
        }
        if let mark = try workspace.beginning(), mark != name.text {
            note(
                "\(path)/begun: does not name the log \(name)",
                remedy: "\(path)/begun: remove it; the next command writes it anew")
        }
    }

    /// Whether it can be read who is asked to vouch for the log: of a setting that is gone, or has lost its policy,
    /// nobody would be asked, and no trust file would tell.
    mutating func setting() {
        let remedy = AnchoringFile.remedy(AnchoringFile.path(workspace.path))
        do {
            if try workspace.anchoring() != nil { return }
            // Of rows that cannot be read is told where the anchors are checked.
            guard let lost = try? workspace.lostAnchoring(database) else { return }
            note(lost, remedy: remedy)
        } catch {
            note("\(error)", remedy: remedy)
        }
    }

    // MARK: Evidence

    mutating func batches(_ progress: (_ done: Int, _ all: Int) -> Void) throws {
        var check = IndexCheck(
            EvidenceReader(database, blobs: workspace.blobs), saltKey: workspace.saltKey)
        var isWhole = true
        do {
            try check.run(database, progress: progress)
        } catch {
            // What was found until then is told all the same.
            fault("database: \(error)")
            isWhole = false
        }
        for found in check.faults {
            switch found {
            case .index: fault("\(found)")
            case .batch: note("\(found)", remedy: nil)
            }
        }
        if !check.saltIsRight {
            let path = workspace.path + "/keys/salt"
            note(
                "\(path): the records on file were not named with it",
                remedy: "\(path): restore it from a backup")
        }
        report.items = check.items
        if isWhole { erasures(check.erased) }
        report.batches = check.leaves.count
        compare(check.leaves, named: "batch", BatchStatement.isBatch)
    }

    /// Whatever is gone must be told of by an entry, and whatever an entry tells of must be gone.
    private mutating func erasures(_ found: [ErasedItem]) {
        for item in found {
            if let tombstone = tombstones.leaf(of: item) {
                report.erased.append((item, tombstone))
            } else {
                fault("batch \(item.leaf): item \(item.item + 1) is gone, and no log entry tells why")
            }
        }
        let gone = Set(found)
        for item in tombstones.all where !gone.contains(item) {
            fault(
                "batch \(item.leaf): item \(item.item + 1) is still there, though log entry "
                    + "\(tombstones.leaf(of: item) ?? 0) says that it was erased")
        }
    }

    /// A payload that nothing needs any more may hold what was erased.
    mutating func leftovers() throws {
        if tombstones.isEmpty { return }
        do {
            // A backup of the database would bring back what was erased: it is no remedy here.
            for blob in try workspace.leftoverBlobs() {
                note(
                    "blob \(blob): nothing refers to it, and it may hold what was erased; run "
                        + "\"assay erase --finish\"",
                    remedy: nil)
            }
        } catch StorageError.busy {
            report.warnings.append(
                "blobs: another process was recording for too long, and payloads that nothing refers to could not be "
                    + "told from its own; run \"assay fsck\" again")
        }
    }

    // MARK: Columns

    mutating func columns(_ condition: Result<ColumnCondition, any Error>) {
        do {
            report.columns = try condition.get()
        } catch {
            // Whatever is wrong with log or program has been told already.
            report.columns = .foreign("what they are made from cannot be read")
        }
    }

    // MARK: Program and assessments

    mutating func program() throws {
        let rows = try ProgramTable.rows(.program, database)
        do {
            _ = try workspace.program(database)
        } catch {
            fault("program: \(error)")
        }
        for row in rows {
            let entry = try? LogTable.entry(row.leaf, database)
            let statement = entry.flatMap { ProgramStatement($0.statement) }
            if statement?.recorded != row.recorded {
                fault("index: the program row \(row.leaf) differs from the log")
            }
        }
        compare(rows.map(\.leaf), with: ProgramStatement.predicateType, named: "program")
    }

    mutating func assessments() throws {
        let rows = try ProgramTable.rows(.assessment, database)
        for row in rows {
            do {
                let bytes = try workspace.blobs.get(row.payload)
                let entry = try LogTable.entry(row.leaf, database)
                let statement = entry.flatMap { AssessmentStatement($0.statement) }
                if statement?.result != Digest.sha256(bytes) {
                    fault("assessment \(row.leaf): the stored result is not the one in the log")
                }
                if statement?.recorded != row.recorded {
                    fault("index: the assessment row \(row.leaf) differs from the log")
                }
            } catch {
                fault("assessment \(row.leaf): \(error)")
            }
        }
        compare(rows.map(\.leaf), with: AssessmentStatement.predicateType, named: "assessment")
    }

    /// Every anchor's note and time stamps are those in the log, and its checkpoint is one of this log's.
    mutating func anchors() throws {
        let rows = try AnchorTable.rows(database)
        report.anchors = rows.count
        var signed: [String: Int] = [:]
        // Of a program that cannot be read is told elsewhere.
        let isSimulated = (try? workspace.hasSimulatedTimes(database)) ?? true
        var wrongTimes: [String] = []
        let before = report.found.count
        // Where they make up no history, that has been told.
        let keys = try? workspace.keys(database)
        for row in rows {
            do {
                let anchor = try StoredAnchor(row, blobs: workspace.blobs, database)
                for witness in anchor.statement.witnesses { signed[witness] = row.size }
                let checkpoint = try opened(anchor.note, keys)
                let root = try MerkleTree.root(size: row.size, reader: DatabaseHashReader(database))
                if checkpoint.size != row.size || checkpoint.root != root {
                    fault("anchor \(row.leaf): its checkpoint is not one of this log")
                }
                for (stamp, reply) in zip(anchor.statement.stamps, anchor.replies) {
                    let info = try TimestampResponse(parsing: reply).info
                    if info.imprint != anchor.statement.note || info.time != stamp.time {
                        fault(
                            "anchor \(row.leaf): the time stamp of \(stamp.authority) is over something else")
                    }
                }
                if !isSimulated, let fault = try workspace.timeFault(anchor, database) {
                    wrongTimes.append(fault)
                }
            } catch {
                fault("anchor \(row.leaf): \(error)")
            }
        }
        compare(rows.map(\.leaf), with: AnchorStatement.predicateType, named: "anchor")
        // What an anchor that cannot be read would have said is not known.
        if report.found.count == before { try compareWitnesses(signed) }
        for what in wrongTimes { note(what, remedy: nil) }
        compare(
            try AnchorTable.recoveries(database), with: RecoveryStatement.predicateType, named: "recovery")
    }

    /// What each witness has signed last is remembered, so that it can be asked for what follows; the anchors tell the same.
    private mutating func compareWitnesses(_ signed: [String: Int]) throws {
        let stored = try AnchorTable.witnessed(database)
        let wrong = Set(stored.keys).union(signed.keys).filter { stored[$0] != signed[$0] }.count
        if wrong > 0 {
            fault("index: of \(wrong) witnesses it is not the last anchor's size that is remembered")
        }
    }

    mutating func status(_ now: Instant) {
        do {
            let status = try workspace.logStatus(database, now: now)
            // A setting that is gone is a fault here.
            report.warnings = status.warnings.filter { $0 != status.lostSetting }
        } catch {
            // Whatever cannot be read has been told already, by the check of it.
            if report.found.isEmpty { fault("log: \(error)") }
        }
    }

    mutating func keys() throws {
        compare(try KeyTable.events(database), with: KeyEvent.predicateType, named: "key")
        let logged = try LoggedKeys(database)
        for purpose in KeyPurpose.allCases {
            do {
                if let key = try KeyTable.required(purpose, database) { try logged.require(key, purpose) }
            } catch {
                fault("keys: \(error)")
            }
        }
    }

    /// The rows of a table must name exactly the log's entries of their type.
    private mutating func compare(_ leaves: [Int], with type: Identifier, named name: String) {
        compare(leaves, named: name) { $0 == type }
    }

    private mutating func compare(
        _ leaves: [Int], named name: String, _ isOfType: (Identifier) -> Bool
    ) {
        let logged = Set(types.filter { isOfType($0.value) }.keys)
        for leaf in logged.subtracting(leaves).sorted() {
            fault("index: no \(name) row for log entry \(leaf)")
        }
        for leaf in Set(leaves).subtracting(logged).sorted() {
            fault("index: the \(name) row \(leaf) has no such log entry")
        }
    }
}
