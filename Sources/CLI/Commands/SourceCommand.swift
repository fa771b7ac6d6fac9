import ArgumentParser

/// `assay source`
struct SourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Try a source, or let the system run them.",
        subcommands: [SourceTestCommand.self, SourceUnitCommand.self])
}
