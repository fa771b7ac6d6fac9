import ArgumentParser
import Assessment
import Formats
import Foundation
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay explain TEST [KEY]`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell why a verdict is what it is: rule, facts, batch, log entry.",
        discussion: """
            Without a key, lists what the test has looked at. Fields marked personal are withheld. With --sql, prints \
            the test as a script for SQLite and DuckDB that holds the evidence it reads and arrives at the same verdicts.
            """)

    @Argument(help: "Id of the test.")
    var test: Identifier

    @Argument(help: "Key as the exceptions list it; behind \"--\" where it begins with a hyphen.")
    var key: Identifier?

    @Option(
        help: "Only the verdict at this instant: a date (midnight in the organization's zone) or a time.",
        transform: Moment.stated)
    var at: Moment?

    @Flag(name: .customLong("show-personal"), help: "Show fields that are marked personal.")
    var showsPersonal = false

    @Flag(help: "Print the test as SQL over the evidence it reads.")
    var sql = false

    @Option(
        name: .customLong("output"),
        help: "With --sql: write the script and a CSV file a table to this folder.")
    var folder: String?

    @Option(
        help:
            "With --sql: \"personal\" writes out fields that are marked personal, where the test reads them.")
    var include: [Inclusion] = []

    /// What is written out only when it is asked for.
    enum Inclusion: String, ExpressibleByArgument, CaseIterable {
        case personal
    }

    @OptionGroup var period: PeriodOptions
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
        if !sql, folder != nil || !include.isEmpty {
            throw ValidationError("--output and --include belong to --sql")
        }
        if sql, key != nil || at != nil {
            throw ValidationError("--sql writes the whole test: leave out the key and --at")
        }
        if at != nil, key == nil {
            throw ValidationError("--at goes with a key; \"assay explain \(test)\" lists the keys")
        }
    }

    func run() throws {
        let opened = try workspace.open()
        let zone = try opened.currentProgram().zone
        let request = try period.request(zone: zone, clock: time.clock)
        if sql { return try writeSQL(opened, request) }
        guard let key else {
            return try list(try opened.outcome(of: test, request, clock: time.clock))
        }
        let explanation = try opened.explain(
            ExplainRequest(
                assessment: request, test: test, key: key, at: at?.instant(in: zone),
                includePersonal: showsPersonal),
            clock: time.clock)
        switch output.format {
        case .table: Console.print(explanation.text(Console.style), terminator: "")
        case .json: try Console.print(explanation.json)
        }
    }

    private func writeSQL(_ opened: Workspace, _ request: AssessmentRequest) throws {
        let twin = try opened.sqlTwin(
            of: test, request, includesPersonal: include.contains(.personal), clock: time.clock)
        guard let folder else { return Console.print(twin.script, terminator: "") }
        let place = URL(fileURLWithPath: folder, isDirectory: true)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        var files = [("\(test).sql", twin.script), ("\(test)-files.sql", twin.fileScript)]
        files += twin.tables.map { ("\($0.name).csv", $0.csv) }
        for (name, text) in files {
            let file = place.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            // They hold evidence.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        }
        Console.print(
            "Wrote \(folder)/\(test).sql, which holds everything, and \(twin.tables.count) tables as CSV.")
    }

    /// Every key with all its verdicts, the worst first.
    private func list(_ outcome: TestOutcome) throws {
        var verdicts: [Identifier: Set<Verdict>] = [:]
        for row in outcome.rows.rows { verdicts[row.key, default: []].insert(row.verdict) }
        let sorted = verdicts.mapValues { $0.sorted { $0.rank < $1.rank } }
            .sorted { ($0.value[0].rank, $0.key) < ($1.value[0].rank, $1.key) }
        if output.format == .json {
            let lists = sorted.map { ($0.key.text, JSON.array($0.value.map { .string($0.rawValue) })) }
            return try Console.print(.object(lists))
        }
        let units = outcome.units
        Console.print(
            "\(outcome.test.id): \(outcome.conclusion.rawValue); \(units.passing) passing, \(units.failing) failing, "
                + "\(units.waived) waived, \(units.unknown) unknown, \(units.pending) pending")
        var table = Columns(["", "key", "verdicts"])
        for (key, all) in sorted.prefix(50) {
            // What belongs to nobody in particular has no key, and is asked for as "".
            let name = key.text.isEmpty ? "\"\"" : key.text
            table.add([String(all.map(\.sign)), name, all.map(\.word).joined(separator: ", ")])
        }
        for line in table.lines { Console.print(line) }
        if sorted.count > 50 { Console.print("… and \(sorted.count - 50) more: --format json") }
    }
}
