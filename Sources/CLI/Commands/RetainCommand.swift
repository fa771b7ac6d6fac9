import ArgumentParser
import Formats
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay retain`
struct RetainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain",
        abstract: "List how long records are kept and which are due to be erased; erase those.",
        discussion: """
            Records are kept for six years from their last effect (45 CFR 164.316(b)(2)(i)), longer where a retention \
            class or an agreement of the program says so. Nothing is erased without --erase; what a legal hold covers \
            never is. Each erasure is an entry of the log.
            """)

    @Flag(help: "Erase what is due, leaving tombstones.") var erase = false
    @Option(
        help: "With --erase: who asked for it, a role or an id of the program's register; no e-mail address.")
    var by: String?
    @Option(help: "With --erase: why; the text stays in the log for good, so name no person.")
    var reason: String?
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var clock: ClockOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
        guard erase else {
            if by != nil || reason != nil { throw ValidationError("--by and --reason are for --erase") }
            return
        }
        try KeptWords.require([by, reason], "--by and --reason")
        try KeptWords.requireRole(by, "--by")
        try KeptWords.requireNoAddress(reason, "--reason")
    }

    func run() throws {
        let opened = try workspace.open()
        if erase, let by, let reason {
            let done = try opened.eraseDue(by: by, reason: reason, clock: clock.clock)
            for (state, items, leaves) in done.erased {
                let entries = leaves.map(String.init).joined(separator: ", ")
                Console.say(
                    "Erased \(state.due.count) records of \(state.kind) (\(items) items); tombstone: log entry \(entries)"
                )
            }
            if done.erased.isEmpty { Console.say("Nothing is due that no hold covers.") }
            JournalText.tell(done.isJournalEmpty)
            if !done.erased.isEmpty { try SpoolText.tell(opened) }
        }
        let states = try opened.retention(clock: clock.clock)
        switch output.format {
        case .table: printTable(states)
        case .json: try printJSON(states)
        }
    }

    private func printTable(_ states: [RetentionState]) {
        var table = Columns(["kind", "records", "years", "due", "next due", "hold"])
        for state in states {
            table.add([
                state.kind.text, String(state.records), String(state.term.years), String(state.due.count),
                state.next.map { String($0.description.prefix(10)) } ?? "-", state.hold?.name.text ?? "-",
            ])
        }
        for line in table.lines { Console.print(line) }
        let due = states.filter { $0.hold == nil }.map(\.due.count).reduce(0, +)
        if due > 0, !erase {
            Console.print("\(due) records may be erased: assay retain --erase --by WHO --reason WHY")
        }
    }

    private func printJSON(_ states: [RetentionState]) throws {
        try Console.print(
            .array(
                states.map { state in
                    .object([
                        ("kind", .string(state.kind.text)), ("records", .integer(Int64(state.records))),
                        ("years", .integer(Int64(state.term.years))), ("basis", .string(state.term.basis)),
                        ("due", .array(state.due.map { .string($0.text) })),
                        ("next", state.next.map { .string($0.description) } ?? .null),
                        ("hold", state.hold.map { .string($0.name.text) } ?? .null),
                    ])
                }))
    }
}
