import ArgumentParser
import Formats
import PackageCommands
import Reports
import Workspaces

/// `assay source test NAME`
struct SourceTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Show what a source would bring, without recording anything.",
        discussion: """
            The system is asked in earnest, with the source's own settings and secrets. Values of fields that are \
            marked personal are not shown. Exits 1 when anything failed or would be set aside.
            """)

    @Argument(help: "The source.")
    var name: Identifier

    @Option(help: "Records shown of each kind.")
    var show = 3

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        let opened = try workspace.open()
        let trials = try await opened.tryOut(name, clock: time.clock)
        switch output.format {
        case .table: trials.forEach(table)
        case .json: try Console.print(.array(trials.map(\.json)))
        }
        if trials.contains(where: { !$0.failures.isEmpty || $0.setAsideCount > 0 }) {
            throw ExitStatus.findings
        }
    }

    private func table(_ trial: SourceTrial) {
        let kinds = trial.kinds.map(\.text).joined(separator: ", ")
        let total = trial.total.map { " of \($0) that the source counts" } ?? ""
        var lines = ["  asked: \(trial.query)"]
        lines += trial.coverage.map { "  would cover: \($0)" }
        lines += trial.samples.prefix(max(0, show)).map { "  \($0)" }
        lines += trial.setAside.prefix(10).map { "  would be set aside: \($0)" }
        if trial.setAsideCount > 10 { lines.append("  and \(trial.setAsideCount - 10) more") }
        lines += trial.failures.map { "  not covered: \($0)" }
        let heading = "\(kinds): \(trial.records) records\(total), \(trial.pages) pages, \(trial.mode)"
        for line in ([heading] + lines).flatMap({ $0.hanging(by: 4) }) { Console.print(line) }
    }
}
