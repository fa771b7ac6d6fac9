import ArgumentParser
import Evidence
import Formats
import Intake
import PackageCommands
import Reports
import Workspaces

/// `assay import FILE…`
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Record evidence from files: scanner reports, logs, rosters, native JSON Lines.",
        discussion: """
            The format is told by the content; --as says it otherwise. Folders are gone through, .gz, .zst, zip and \
            tar are opened, "-" reads standard input. What a report did not test, or what cannot be read of it, is \
            recorded as not covered, never as fine. A line "recorded" is an acknowledgement: what it counts is durable \
            and logged.

            Formats: \(Importers.names.joined(separator: ", ")).
            """)

    @Argument(help: "Files, folders, or - for standard input.")
    var files: [String]

    @Option(name: .customLong("as"), help: "Format of the files; else told by their content.")
    var kind: String?

    @Option(help: "Source that the facts come from; else named after tool and target.")
    var source: Identifier?

    @Option(help: "When the reports were made, for those that do not say: 2026-03-01T09:00:00Z.")
    var at: String?

    @Option(help: "Stretch FROM/TO for which you assert that the files hold every event.")
    var covers: String?

    @Option(help: "JSON file that says what the columns of a CSV file mean.")
    var mapping: String?

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
        if let kind, !Importers.names.contains(kind) {
            throw ValidationError(
                "unknown format \"\(kind)\"; there are \(Importers.names.joined(separator: ", "))")
        }
        if kind == "csv", mapping == nil {
            throw ValidationError("--as csv needs --mapping FILE, which says what the columns mean")
        }
        if let at, Instant(at) == nil {
            throw ValidationError("--at needs a time such as 2026-03-01T09:00:00Z")
        }
        if let source, source.text.isEmpty {
            throw ValidationError("--source needs a name; leave it out to name the source after the tool")
        }
        if covers != nil, interval == nil {
            throw ValidationError(
                "--covers needs two times, such as 2026-03-01T00:00:00Z/2026-04-01T00:00:00Z")
        }
    }

    private var interval: Interval? {
        guard let parts = covers?.split(separator: "/"), parts.count == 2,
            let from = Instant(String(parts[0])),
            let to = Instant(String(parts[1]))
        else { return nil }
        return Interval(from: from, to: to)
    }

    private func setting(_ opened: Workspace) throws -> ImportSetting {
        var setting = opened.importSetting(clock: time.clock)
        setting.format = kind
        setting.source = source
        setting.at = at.flatMap { Instant($0) }
        if let at = setting.at, at > time.clock.now() + .minutes(5) {
            throw ValidationError("--at \(at) is in the future; give the time at which the reports were made")
        }
        setting.covers = interval
        setting.declared = try opened.declaredFreshness()
        if output.format != .json {
            setting.progress = { Console.progress("\($0), MB:", $1 >> 20, $2 >> 20) }
        }
        if let mapping {
            let bytes = try GivenFile.bytes(mapping)
            do {
                setting.mapping = try ColumnMapping(parsing: bytes)
            } catch {
                throw ValidationError("\(mapping): \(error)")
            }
        }
        return setting
    }

    func run() async throws {
        let opened = try workspace.open()
        let setting = try setting(opened)
        let log = ReceiptLog(isQuiet: output.format == .json)
        let recording = try Recording(opened, clock: time.clock) { log.add($0) }
        let others = ImportedFiles()
        do {
            for file in files {
                for summary in try await opened.importFile(file, setting, into: recording, beside: others)
                where output.format != .json {
                    Console.print(summary.line)
                }
            }
            try await opened.coverImported(setting, by: others, into: recording)
            if setting.covers != nil {
                for line in others.unasserted.flatMap({ "assay: \($0)".hanging(by: 2) }) { Console.say(line) }
            }
        } catch {
            if !log.isEmpty {
                Console.say("The import broke off. What follows is on record all the same:")
                try? log.finish(output.format)
            }
            throw error
        }
        await recording.bringColumns()
        try log.finish(output.format)
    }
}
