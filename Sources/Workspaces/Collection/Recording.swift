package import Evidence
import Formats
package import Intake
import Programs
import Storage

/// Takes deliveries into the record, several small ones in one transaction. A receipt is an acknowledgement: what it
/// speaks of is durable and logged.
package actor Recording {
    private let workspace: Workspace
    private let clock: Clock
    private var rules: Rules
    private let acknowledge: @Sendable ([BatchReceipt]) -> Void
    private var waiting: [Delivery] = []
    private var waitingFacts = 0
    /// What is recorded and not yet in the columns, by leaf.
    private var fresh: [Int: [Fact]] = [:]
    private var freshFacts = 0
    /// Sources of which a record could not be taken that a later delivery goes on from.
    private var lacking: Set<Identifier> = []

    /// One transaction takes up to this many facts or batches; what is larger goes alone. Memory holds them all.
    private static let factLimit = 20_000
    private static let batchLimit = 64
    /// So many recorded facts are held at most before the columns take them up.
    private static let freshLimit = 50_000

    /// - Parameter acknowledge: called after each transaction with what it made durable.
    package init(
        _ workspace: Workspace, clock: Clock, acknowledge: @escaping @Sendable ([BatchReceipt]) -> Void
    ) throws {
        self.workspace = workspace
        self.clock = clock
        rules = try workspace.database.read { try Rules(workspace, clock: clock, $0) }
        self.acknowledge = acknowledge
    }

    /// What the program in force says of how to record.
    private struct Rules {
        /// The log entry of the program; nil while there is none.
        private let leaf: Int?
        private let isSynthetic: Bool
        let recorder: BatchRecorder

        init(_ workspace: Workspace, clock: Clock, _ database: any Storage.Reading) throws {
            leaf = try ProgramTable.newest(.program, database)
            let program = try workspace.program(database).history
            recorder = BatchRecorder(try workspace.recording(program), blobs: workspace.blobs)
            isSynthetic = program.current.organization?.isSynthetic ?? false
            if clock.isSimulated, !isSynthetic { throw WorkspaceError.simulatedClock("--clock") }
        }

        func isInForce(_ database: any Storage.Reading) throws -> Bool {
            try ProgramTable.newest(.program, database) == leaf
        }

        func require(_ delivery: Delivery) throws {
            if delivery.recorded != nil, !isSynthetic {
                throw WorkspaceError.simulatedClock("\"recorded\" in a batch header")
            }
        }
    }

    /// Takes a batch; it is durable after the next acknowledgement.
    package func take(_ delivery: Delivery) throws {
        try rules.require(delivery)
        waiting.append(delivery)
        waitingFacts += delivery.draft.facts.count
        if waitingFacts >= Self.factLimit || waiting.count >= Self.batchLimit { try flush() }
    }

    /// Makes everything taken so far durable, by the program that is in force then: a watch goes on for months.
    package func flush() throws {
        guard !waiting.isEmpty else { return }
        var (lacking, rules) = (lacking, rules)
        let receipts = try workspace.database.write { database -> [BatchReceipt] in
            if try !rules.isInForce(database) {
                rules = try Rules(workspace, clock: clock, database)
            }
            return try waiting.map { given in
                try rules.require(given)
                let delivery = Self.honest(given, lacking)
                let recorded = delivery.recorded ?? clock.now()
                let receipt = try rules.recorder.record(delivery.draft, recorded: recorded, database)
                if !delivery.isContinued {
                    lacking.remove(delivery.draft.source)
                } else if receipt.setAside.contains(where: \.mayHideRecord) {
                    lacking.insert(delivery.draft.source)
                }
                return receipt
            }
        }
        self.lacking = lacking
        self.rules = rules
        waiting.removeAll(keepingCapacity: true)
        waitingFacts = 0
        acknowledge(receipts)
        for receipt in receipts {
            let facts = receipt.facts
            fresh[receipt.leaf] = facts
            freshFacts += facts.count
        }
        // Should it fail, the next one reads the payloads instead.
        if freshFacts >= Self.freshLimit { refreshColumns() }
    }

    /// Lets go of what was taken and could not be made durable: it would keep out what comes behind it.
    func forget() {
        waiting.removeAll(keepingCapacity: true)
        waitingFacts = 0
    }

    /// Without what it says is covered where an earlier part of it lacks a record.
    private static func honest(_ delivery: Delivery, _ lacking: Set<Identifier>) -> Delivery {
        guard lacking.contains(delivery.draft.source),
            delivery.draft.facts.contains(where: \.fact.isCoverage)
        else { return delivery }
        return delivery.asChanges(
            "an earlier part",
            "records of it could not be taken, so what is said to be covered does not count")
    }

    /// Brings the columns up to date with what was recorded; call it once everything is. Gives the reason when that
    /// is not possible: the evidence is recorded all the same, and the next refresh catches up.
    @discardableResult
    package func refreshColumns() -> String? {
        guard !fresh.isEmpty else { return nil }
        defer {
            fresh = [:]
            freshFacts = 0
        }
        do {
            try workspace.refreshColumns(recorded: fresh)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
