import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Programs
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
            + "(SIGTERM, Ctrl-C); what is running then is ended and recorded as interrupted. Exits 3 when what a source "
            + "brought could not be stored; the others are asked all the same. With --watch it goes on "
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
        var isUndisturbed = true
        var unstored: UnstoredSources?
        do {
            isUndisturbed = try await Interruption.cancelling {
                if isSkipping {
                    try await opened.recordSkipped(names, into: recording, clock: clock)
                } else {
                    try await opened.collect(names, backfill: start, into: recording, clock: clock)
                }
            }
        } catch let error as UnstoredSources {
            unstored = error
        }
        await recording.bringColumns()
        if !isUndisturbed {
            Console.say(
                "assay: told to end; whatever was running is on record as interrupted, the rest was not asked"
            )
        }
        do {
            try log.finish(output.format)
        } catch let status as ExitCode where unstored == nil {
            throw status
        } catch is ExitCode {
            // That something is not on record weighs more than what is wrong with the rest.
        }
        if let unstored { throw unstored }
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
