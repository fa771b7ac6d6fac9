import ArgumentParser
import PackageCommands

/// The auditor's and buyer's program: it verifies and re-runs packages, and does nothing else.
struct AssayVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assay-verify",
        abstract: "Check and re-run Assay packages, offline.",
        version: "0.1.0",
        subcommands: [VerifyCommand.self, ReperformCommand.self, AbsenceCommand.self])
}

await Tool.run(AssayVerify.self, name: "assay-verify")
