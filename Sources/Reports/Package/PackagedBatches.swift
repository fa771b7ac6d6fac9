import Evidence
import Formats
import Ledger

/// The batches of a package on their way through all cores, and what was found in those that have come through.
///
/// Most batches are short, and a core for each would wait longer than it works: short ones go in groups. A long one is
/// read in pieces, each worked on by another core, and never sits in memory.
struct PackagedBatches {
    private struct Batch: Sendable {
        let leaf: Int
        let path: String
        let statement: BatchStatement
        let hash: Digest
        let list: MemberList?
        let question: PackagedItems.Question
    }

    private struct Outcome: Sendable {
        let batch: Batch
        /// What was found, and what keeps it from being proven.
        let items: Result<(found: PackagedItems, fault: PayloadError?), any Error>
    }

    /// A group has so many bytes, or is one batch.
    private static let groupBytes = 1 << 16
    private static let groupCount = 32

    private let reader: PackageReader
    private let rule: WithholdingRule
    private let wholeKinds: [Identifier: Set<Identifier>]
    private(set) var found = PackagedEvidence()
    private(set) var members: PackagedMembers
    private(set) var columns: Result<ColumnGathering, any Error>?
    private var work: OrderedWork<[Batch], [Outcome]>
    private var group: [Batch] = []
    private var groupSize = 0

    /// - Parameters:
    ///   - rule: what the package may withhold, and what it must.
    ///   - wholeKinds: by source, the kinds whose records are followed from batch to batch.
    ///   - columns: what keeps the facts; nil where nobody wants them.
    init(
        _ reader: PackageReader, members: PackagedMembers, withholding rule: WithholdingRule,
        wholeKinds: [Identifier: Set<Identifier>], gathering columns: Result<ColumnGathering, any Error>?
    ) {
        self.reader = reader
        self.members = members
        self.rule = rule
        self.wholeKinds = wholeKinds
        self.columns = columns
        work = OrderedWork { group in
            group.map { batch in
                Outcome(
                    batch: batch,
                    items: Result {
                        try PackagedItems.short(
                            try reader.bytes(batch.path), batch.statement.population, batch.question)
                    })
            }
        }
    }

    /// Notes what was erased, and the holds that stood then. All of it must be known before the first batch.
    ///
    /// - Parameter recorded: when the entry of a batch says that it was recorded.
    mutating func add(
        tombstone entry: LogEntry, leaf: Int, recorded: (_ batch: Int) throws -> Instant?
    ) rethrows {
        try found.add(tombstone: entry, leaf: leaf, recorded: recorded)
    }

    /// Takes the next batch of the log. What is wrong with it may be told later, in the order of the log.
    ///
    /// - Parameters:
    ///   - statement: nil where the entry does not say what a batch must.
    ///   - hash: of the entry, as a leaf of the log.
    mutating func add(_ statement: BatchStatement?, leaf: Int, hash: Digest) throws {
        let path = PackageLayout.path(PackageLayout.batches, leaf: leaf)
        let batch: Batch
        let size: Int
        do {
            (batch, size) = try prepared(statement, leaf: leaf, hash, path)
        } catch {
            try drain()
            throw Self.failed(path, error)
        }
        if size > Self.groupBytes {
            try drain()
            try naming(path) { try $0.readLong(batch) }
            return
        }
        group.append(batch)
        // A list is in memory as long as its batch is.
        groupSize += size + (batch.list?.codes.count ?? 0) * Digest.length
        if groupSize >= Self.groupBytes || group.count == Self.groupCount { try give() }
    }

    /// Waits for every batch.
    mutating func drain() throws {
        try give()
        var outcomes: [[Outcome]] = []
        try work.finish { outcomes.append($0) }
        try take(outcomes)
    }

    private mutating func prepared(
        _ statement: BatchStatement?, leaf: Int, _ hash: Digest, _ path: String
    ) throws -> (batch: Batch, size: Int) {
        guard let statement else { throw RecordError.notABatch(leaf: leaf) }
        let list = try members.list(of: statement, reader)
        let question = PackagedItems.Question(
            key: members.key(of: statement.source), list: list, open: wholeKinds[statement.source] ?? [],
            personal: rule.personal, gather: try? columns?.get().gather(statement, leaf: leaf))
        let batch = Batch(
            leaf: leaf, path: path, statement: statement, hash: hash, list: list,
            question: question)
        return (batch, try reader.size(path))
    }

    private mutating func give() throws {
        if group.isEmpty { return }
        let group = group
        self.group = []
        groupSize = 0
        var outcomes: [[Outcome]] = []
        try work.give(group) { outcomes.append($0) }
        try take(outcomes)
    }

    private mutating func take(_ outcomes: [[Outcome]]) throws {
        for outcome in outcomes.joined() {
            try naming(outcome.batch.path) { pass in
                let (items, fault) = try outcome.items.get()
                var progress = pass.begin(outcome.batch)
                try pass.take(items, of: outcome.batch, &progress)
                if let fault { throw fault }
                try pass.end(outcome.batch, progress)
            }
        }
    }

    private mutating func readLong(_ batch: Batch) throws {
        var progress = begin(batch)
        var reading = PackagedItems.reading(batch.question)
        try reader.read(batch.path) { piece in
            try reading.append(piece) { _, items in try take(items, of: batch, &progress) }
        }
        try reading.finish(batch.statement.population) { _, items in
            try take(items, of: batch, &progress)
        }
        try end(batch, progress)
    }

    // MARK: One batch, in the order of its items

    /// How far a batch was taken in.
    private struct Progress {
        var count = 0
        var last: FactOutline?
        /// The first record that is withheld behind the last fact.
        var withheld: Int?
    }

    private mutating func begin(_ batch: Batch) -> Progress {
        change { try $0.begin(batch.statement, leaf: batch.leaf, hash: batch.hash) }
        return Progress()
    }

    private mutating func take(
        _ items: PackagedItems, of batch: Batch, _ progress: inout Progress
    ) throws {
        let first = progress.count
        if let place = items.misplaced(behind: progress.last) {
            throw PackageVerification.Failed(
                description: "line \(first + place + 1) is not in the order of the population")
        }
        let behind = progress.last?.kind
        try takeWithheld(items, first: first, &progress)
        progress.last = items.last ?? progress.last
        progress.count += items.count
        found.add(items, leaf: batch.leaf, first: first, behind: behind)
        members.add(items, of: batch.statement.source)
        if let rows = items.rows { change { try $0.add(rows, of: batch.statement, first: first) } }
    }

    /// Notes where records are withheld, which their neighbours tell, also those in other pieces of the batch.
    private mutating func takeWithheld(
        _ items: PackagedItems, first: Int, _ progress: inout Progress
    ) throws {
        try rule.check(items, first: first)
        let withheld = items.withheld
        let trailing = withheld.trailing.map { first + $0 }
        guard let fact = items.first?.fact else {
            progress.withheld = progress.withheld ?? trailing
            return
        }
        if let line = progress.withheld ?? withheld.leading.map({ first + $0 }) {
            try note(WithheldPlace(behind: progress.last, before: fact), line: line)
        }
        for (place, line) in withheld.between.sorted(by: { $0.value < $1.value }) {
            try note(place, line: first + line)
        }
        progress.withheld = trailing
    }

    private mutating func note(_ place: WithheldPlace, line: Int) throws {
        try rule.check(place, line: line)
        found.add(place)
    }

    private mutating func end(_ batch: Batch, _ progress: Progress) throws {
        if let line = progress.withheld {
            try note(WithheldPlace(behind: progress.last, before: nil), line: line)
        }
        try members.finish(batch.statement, batch.list)
        let counted = batch.statement.counts.facts
        if counted != progress.count {
            throw PackageVerification.Failed(
                description: "holds \(progress.count) items, but \(counted) were counted")
        }
        found.endBatch()
    }

    /// Changes what was gathered so far. That it cannot be gathered is no fault of the package's proofs.
    private mutating func change(_ body: (inout ColumnGathering) throws -> Void) {
        guard case .success(var gathered) = columns else { return }
        // Else it would be copied.
        columns = nil
        columns = Result {
            try body(&gathered)
            return gathered
        }
    }

    // MARK: Faults

    /// Says of an error which file it is about.
    private mutating func naming(
        _ path: String, _ body: (inout PackagedBatches) throws -> Void
    ) throws {
        do {
            try body(&self)
        } catch {
            throw Self.failed(path, error)
        }
    }

    private static func failed(_ path: String, _ error: any Error) -> PackageVerification.Failed {
        PackageVerification.Failed(description: "\(path): \(error)")
    }
}
