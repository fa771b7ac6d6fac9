import ArgumentParser
import Ledger
import PackageCommands
import Workspaces

/// `assay package --out FILE`
struct PackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Seal the newest assessment, with everything it rests on, into one file.",
        discussion: "Fields marked personal leave the workspace only when asked for by name.")

    @Option(help: "The file to write.")
    var out: String

    @Option(help: "What else may be in it: personal.")
    var include: [Extra] = []

    @Flag(name: .customLong("no-anchor"), help: "Do not ask outside clocks and witnesses first.")
    var hasNoAnchor = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions

    enum Extra: String, ExpressibleByArgument, CaseIterable {
        case personal
    }

    func run() async throws {
        let workspace = try workspace.open()
        if !hasNoAnchor, try workspace.anchoring() != nil {
            // Before the export, so that the whole of it is covered; without an answer it is sealed all the same.
            do {
                try workspace.allow(time.clock)
                LogCommand.Anchor.print(
                    try await Network.exchanging {
                        try await workspace.anchor(reason: "export", clock: time.clock, exchange: $0)
                    })
            } catch AnchorError.alarm(let alarm) {
                throw AnchorError.alarm(alarm)
            } catch {
                Console.say("not anchored: \(error)")
            }
        }
        let sealed = try workspace.seal(to: out, includePersonal: include.contains(.personal))
        Console.print("Sealed assessment \(sealed.assessment) into \(out):")
        Console.print("  \(sealed.entries) log entries, \(sealed.batches) batches, \(sealed.bytes) bytes")
        Console.print("  sha256 \(sealed.digest.hex)")
    }
}
