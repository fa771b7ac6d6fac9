import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Programs
import Reports
import Synchronization
import Workspaces

/// `assay collect [SOURCE…]`
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Run the program's sources and record what they bring.",
        discussion:
            "What cannot be read is recorded as a failure, never as fine. Runs that the plan called for since the last one, "
            + "and that nobody did, are recorded as skipped. Exits 1 when anything failed, or when it is told to end "
            + "(SIGTERM, Ctrl-C); what is running then is ended and recorded as interrupted. With --watch it goes on "
            + "and runs each source as often as its \"every\" says, for no longer than its \"limit\", until it is told to end, "
            + "which is no fault then."
    )

    @Argument(help: "Sources to run; else all.")
    var sources: [Identifier] = []

    @Flag(help: "Stay, and run all sources in their time; missed runs are put on record.")
    var watch = false

    @Flag(help: "Collect nothing: only put on record the runs that the plan called for and nobody did.")
    var skipped = false

    @Option(
        help: """
            With --watch: go on until this time and not beyond it: a date (midnight in the organization's zone) or a \
            time with its zone.
            """,
        transform: Moment.stated)
    var until: Moment?

    @Option(
        help:
            "Read the history that the named sources keep, from this date or time on; what it cannot show is put on record.",
        transform: Moment.stated)
    var backfill: Moment?

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
        if watch, !sources.isEmpty { throw ValidationError("--watch runs all sources: name none") }
        if watch, skipped { throw ValidationError("--watch puts skipped runs on record anyway") }
        if backfill != nil, skipped {
            throw ValidationError("--skipped collects nothing, --backfill does: say one")
        }
        if watch, output.format == .json { throw ValidationError("--watch prints lines, not JSON") }
        if backfill != nil, sources.isEmpty || watch {
            throw ValidationError("--backfill is for sources that you name, and not for --watch")
        }
        if !watch, until != nil { throw ValidationError("--until is for --watch") }
        if watch, time.simulated != nil, until == nil {
            throw ValidationError("with --clock nobody waits in earnest: say --until when to end")
        }
    }

    func run() async throws {
        let opened = try workspace.open()
        let lock = try CollectionLock(opened)
        defer { withExtendedLifetime(lock) {} }
        if watch { return try await watch(opened) }
        let log = ReceiptLog(isQuiet: output.format == .json)
        let recording = try Recording(opened, clock: time.clock) { log.add($0) }
        let start = try backfill.map { $0.instant(in: try opened.currentProgram().zone) }
        let (names, clock, isSkipping) = (sources, time.clock, skipped)
        let isUndisturbed = try await Interruption.cancelling {
            if isSkipping {
                try await opened.recordSkipped(names, into: recording, clock: clock)
            } else {
                try await opened.collect(names, backfill: start, into: recording, clock: clock)
            }
        }
        await recording.bringColumns()
        if !isUndisturbed {
            Console.say(
                "assay: told to end; whatever was running is on record as interrupted, the rest was not asked"
            )
        }
        try log.finish(output.format)
        if !isUndisturbed || skipped && !log.isEmpty { throw ExitStatus.findings }
    }

    private func watch(_ workspace: Workspace) async throws {
        var (clock, sleep) = (Clock.system, { @Sendable span in try await Task.sleep(for: span) })
        if let start = time.simulated { (clock, sleep) = Clock.moving(from: start) }
        let recording = try Recording(workspace, clock: clock) { receipts in
            for receipt in receipts {
                let statement = receipt.statement
                Console.print(
                    "\(statement.recorded) \(statement.source): log entry \(receipt.leaf), "
                        + "\(statement.counts.facts) new facts, \(statement.counts.setAside) set aside, "
                        + "\(statement.failures.count) failures")
                if receipt.notOpen > 0 {
                    Console.print("  \(ReceiptLog.warning(receipt.notOpen, statement.source))")
                }
                for failure in statement.failures {
                    Console.print("  not covered: \(failure.scope): \(failure.reason)")
                }
            }
        }
        let end = try until.map { $0.instant(in: try workspace.currentProgram().zone) }
        let (pace, pause) = (clock, sleep)
        let hasSpoken = Mutex(false)
        let isUndisturbed = try await Interruption.cancelling {
            try await workspace.receiving(
                clock: pace, sleep: pause,
                report: { Console.print("  \($0): not listening: \($1)") },
                while: { receivers in
                    try await workspace.watch(
                        into: recording, receivers: receivers, clock: pace, until: end, sleep: pause,
                        report: { event in
                            let isFirst = hasSpoken.withLock { spoken in
                                defer { spoken = true }
                                return !spoken
                            }
                            switch event {
                            case .collected(let source, let next): Console.print("  \(source): next \(next)")
                            // Said once: whoever starts a watch between two runs should not wonder whether it hangs.
                            case .waiting(let next) where isFirst:
                                Console.print("Nothing is due before \(next); watching.")
                            case .waiting, .missed: break
                            }
                        })
                })
        }
        if !isUndisturbed { Console.print("Told to end; whatever was running is on record as interrupted.") }
    }
}

extension Recording {
    /// Brings the columns up to date, and says so when it cannot: nothing is lost, the next assessment takes longer.
    func bringColumns() {
        guard let reason = refreshColumns() else { return }
        Console.say("The columns are behind the record, which is complete; run \"assay index\": \(reason)")
    }
}

/// Gathers acknowledgements and prints them: large batches as they come, then a table by source.
final class ReceiptLog: Sendable {
    private struct Totals {
        var batches = 0
        var received = 0
        var facts = 0
        var unchanged = 0
        var setAside = 0
        var notOpen = 0
        var failures: [(kind: Identifier?, scope: String, reason: String)] = []
        /// What was skipped before is no fault of this run.
        var isFaulty = false
        /// The first of what was set aside.
        var aside: [SetAside] = []

        var asideInOrder: [SetAside] { aside.sorted { ($0.line ?? .max) < ($1.line ?? .max) } }

        /// One line for all kinds that the same thing has happened to.
        var uncovered: [String] {
            var order: [Identifier] = []
            var kinds: [Identifier: [String]] = [:]
            for failure in failures {
                let what = Identifier("\(failure.scope): \(failure.reason)")
                if kinds[what] == nil { order.append(what) }
                kinds[what, default: []] += failure.kind.map { [$0.text] } ?? []
            }
            let lines = order.prefix(20).map { what in
                let names = kinds[what, default: []].joined(separator: ", ")
                return names.isEmpty ? what.text : "\(names): \(what)"
            }
            return lines + (order.count > 20 ? ["and \(order.count - 20) more"] : [])
        }
    }

    private let isQuiet: Bool
    /// Guards the totals; acknowledgements come from the recording's own executor.
    private let totals = Mutex<[Identifier: Totals]>([:])
    private static let largeBatch = 10_000

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    func add(_ receipts: [BatchReceipt]) {
        for receipt in receipts {
            let statement = receipt.statement
            if !isQuiet, statement.counts.received >= Self.largeBatch {
                Console.print(
                    "recorded \(statement.counts.facts) facts of \(statement.source) as log entry \(receipt.leaf)"
                )
            }
            totals.withLock { totals in
                var own = totals[statement.source] ?? Totals()
                own.batches += 1
                own.received += statement.counts.received
                own.facts += statement.counts.facts
                own.unchanged += statement.counts.unchanged
                own.setAside += statement.counts.setAside
                own.notOpen += receipt.notOpen
                own.isFaulty =
                    own.isFaulty || statement.counts.setAside > 0
                    || statement.mode != .skipped && !statement.failures.isEmpty
                own.failures += statement.failures.map { ($0.kind, $0.scope, $0.reason) }
                if own.aside.count < 20 { own.aside += receipt.setAside.prefix(20 - own.aside.count) }
                totals[statement.source] = own
            }
        }
    }

    /// Nothing has been put on record.
    var isEmpty: Bool { totals.withLock { $0.isEmpty } }

    /// Prints the summary; throws the status for findings when something failed or was set aside.
    func finish(_ format: OutputFormat) throws {
        let all = totals.withLock { $0 }.sorted { $0.key < $1.key }
        switch format {
        case .table: printTable(all)
        case .json: try printJSON(all)
        }
        if all.contains(where: \.value.isFaulty) { throw ExitStatus.findings }
    }

    private func printTable(_ all: [(key: Identifier, value: Totals)]) {
        var table = Columns([
            "source", "batches", "received", "new facts", "unchanged", "set aside", "failures",
        ])
        for (source, own) in all {
            table.add([
                source.text, String(own.batches), String(own.received), String(own.facts),
                String(own.unchanged),
                String(own.setAside), String(own.failures.count),
            ])
        }
        for line in table.lines { Console.print(line) }
        for (source, own) in all {
            for record in own.asideInOrder {
                let place = record.line.map { "line \($0): " } ?? ""
                Console.print("set aside, \(source): \(place)\(record.reason)")
            }
            if own.setAside > own.aside.count {
                Console.print("set aside, \(source): and \(own.setAside - own.aside.count) more")
            }
            if own.notOpen > 0 {
                for line in Self.warning(own.notOpen, source).hanging(by: 2) { Console.print(line) }
            }
            for gap in own.uncovered {
                for line in "not covered, \(source): \(gap)".hanging(by: 2) { Console.print(line) }
            }
        }
    }

    /// What is said of ends that end nothing.
    static func warning(_ count: Int, _ source: Identifier) -> String {
        let what =
            count == 1
            ? "1 record was ended that was not open" : "\(count) records were ended that were not open"
        return
            "warning, \(source): \(what): a key may be misspelt; \"assay sources \(source) --open\" lists those "
            + "that are"
    }

    private static func json(_ record: SetAside) -> JSON {
        .object([
            ("line", record.line.map { .integer(Int64($0)) } ?? .null), ("reason", .string(record.reason)),
        ])
    }

    private func printJSON(_ all: [(key: Identifier, value: Totals)]) throws {
        try Console.print(
            .array(
                all.map { source, own in
                    .object([
                        ("source", .string(source.text)), ("batches", .integer(Int64(own.batches))),
                        ("received", .integer(Int64(own.received))), ("facts", .integer(Int64(own.facts))),
                        ("unchanged", .integer(Int64(own.unchanged))),
                        ("setAside", .integer(Int64(own.setAside))),
                        ("notOpen", .integer(Int64(own.notOpen))),
                        ("setAsideRecords", .array(own.asideInOrder.map(Self.json))),
                        ("failures", .array(own.failures.map { .string($0.reason) })),
                    ])
                }))
    }
}
