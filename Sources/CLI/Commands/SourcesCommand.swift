import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay sources`
struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "How fresh every source is, and until when its evidence reaches.",
        discussion: """
            A kind is fresh when it was read whole within the time that its source promises ("freshness"), silent when \
            that is longer ago, never when it was not read whole yet, retired once the program says that it was given \
            up. Whole is what did not fail and says that it is all there is. Exits 1 when any is silent or never: let \
            it run where somebody is told; "assay source unit assay-sources.timer" prints a timer. With --open it lists \
            the records of one source that are open instead, each by the key that a line with "value":null needs to \
            end it; keys of kinds that have personal fields are withheld.
            """)

    @Argument(help: "Only this source.")
    var source: Identifier?

    @Flag(name: .customLong("open"), help: "List the source's open records, by kind and key.")
    var listsOpen = false

    @Flag(
        name: .customLong("show-personal"),
        help: "With --open: show keys of kinds that have fields marked personal.")
    var showsPersonal = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
        if listsOpen, source == nil {
            throw ValidationError("--open lists the records of one source: name it")
        }
        if showsPersonal, !listsOpen { throw ValidationError("--show-personal is for --open") }
    }

    func run() throws {
        let opened = try workspace.open()
        if listsOpen, let source {
            return try list(try opened.openRecords(of: source, includePersonal: showsPersonal))
        }
        var all = try opened.sourceStatus(clock: time.clock)
        if let source {
            let known = try opened.currentProgram().sources.map(\.id)
            guard known.contains(source) else {
                throw WorkspaceError.unknownSource(source, known: known)
            }
            all.removeAll { $0.source != source }
        }
        switch output.format {
        case .table: for line in SourceTable(all).lines { Console.print(line) }
        case .json: try Console.print(.array(all.map(Self.json)))
        }
        if all.contains(where: \.state.isAlarming) { throw ExitStatus.findings }
    }

    private func list(_ records: [OpenRecord]) throws {
        if output.format == .json {
            return try Console.print(
                .array(
                    records.map { record in
                        .object([
                            ("kind", .string(record.kind.text)),
                            ("key", record.key.map { .string($0.text) } ?? .null),
                            ("since", .string(record.since.description)),
                        ])
                    }))
        }
        var table = Columns(["kind", "since", "key"])
        for record in records.prefix(Self.mostListed) {
            table.add([
                record.kind.text, record.since.description, record.key?.text ?? "withheld (personal)",
            ])
        }
        for line in table.lines { Console.print(line) }
        if records.count > Self.mostListed {
            Console.print("… and \(records.count - Self.mostListed) more: --format json")
        }
    }

    private static let mostListed = 50

    private static func json(_ one: SourceStatus) -> JSON {
        .object([
            ("source", .string(one.source.text)), ("kind", .string(one.kind.text)),
            ("state", .string(one.state.rawValue)),
            ("retired", one.retired.map { .string($0.description) } ?? .null),
            ("lastWhole", one.lastWhole.map { .string($0.description) } ?? .null),
            ("coveredUntil", one.coveredUntil.map { .string($0.description) } ?? .null),
            ("promise", .string(one.promise.description)), ("runs", .integer(Int64(one.runs))),
            ("failedRuns", .integer(Int64(one.failedRuns))),
            ("failure", one.failure.map { .string($0) } ?? .null),
        ])
    }
}
