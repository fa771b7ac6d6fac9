import ArgumentParser
import Ledger
import PackageCommands
import Workspaces

/// `assay package --out FILE`
struct PackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Seal the newest assessment, with everything it rests on, into one file.",
        discussion: "Fields marked personal leave the workspace only when asked for by name.")

    @Option(help: "The file to write.")
    var out: String

    @Option(help: "What else may be in it: personal.")
    var include: [Extra] = []

    @OptionGroup var workspace: WorkspaceOptions

    enum Extra: String, ExpressibleByArgument, CaseIterable {
        case personal
    }

    func run() throws {
        let sealed = try workspace.open().seal(to: out, includePersonal: include.contains(.personal))
        Console.print("Sealed assessment \(sealed.assessment) into \(out):")
        Console.print("  \(sealed.entries) log entries, \(sealed.batches) batches, \(sealed.bytes) bytes")
        Console.print("  sha256 \(sealed.digest.hex)")
    }
}
