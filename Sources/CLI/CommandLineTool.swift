import ArgumentParser
import PackageCommands
import Workspaces

/// The `assay` tool.
package enum CommandLineTool {
    package static func run() async -> Never {
        await Tool.run(Assay.self, name: "assay")
    }
}

struct Assay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assay",
        abstract: "Continuous SOC 2 and HIPAA assurance from sealed, re-runnable evidence.",
        discussion: """
            A program (a folder of YAML) says what you promise; sources bring evidence; an assessment says, for \
            every control and every day, what held, what did not, and what nobody knows.

            Exit status: 0 fine, 1 findings, 2 wrong usage, 3 could not run.
            """,
        version: Workspace.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Program",
                subcommands: [
                    InitCommand.self, CheckCommand.self, ApplyCommand.self, ExportCommand.self,
                    ExampleCommand.self,
                ]),
            CommandGroup(
                name: "Reference",
                subcommands: [CatalogCommand.self, GlossaryCommand.self, RulesCommand.self]),
            CommandGroup(
                name: "Evidence",
                subcommands: [
                    CollectCommand.self, ImportCommand.self, SourcesCommand.self, SourceCommand.self,
                    IdentitiesCommand.self, IndexCommand.self, KindsCommand.self,
                ]),
            CommandGroup(
                name: "Assessment",
                subcommands: [
                    AssessCommand.self, ExplainCommand.self, SampleCommand.self, ReportCommand.self,
                    CELCommand.self,
                ]),
            CommandGroup(
                name: "Proof",
                subcommands: [
                    PackageCommand.self, VerifyCommand.self, ReperformCommand.self, AbsenceCommand.self,
                    LogCommand.self,
                    FsckCommand.self, EraseCommand.self, RetainCommand.self, HoldCommand.self,
                    WitnessCommand.self,
                ]),
        ])
}
