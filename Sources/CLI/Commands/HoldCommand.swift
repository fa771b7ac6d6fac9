import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Workspaces

/// `assay hold …`
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Legal holds: what must not be erased, whatever its retention.",
        subcommands: [Place.self, Release.self, List.self])

    struct Place: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Place a hold; it is an entry of the log.")
        @Argument(help: "Name of the matter; no e-mail address.") var name: Identifier
        @Option(help: "Only this kind of evidence, of the catalogue or the program; else all.")
        var kind: Identifier?
        @Option(help: "Who placed it: a role, or an id of the program's register; no e-mail address.")
        var by: String
        @Option(help: "Why; the text stays in the log for good, so name no person.") var reason: String
        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var clock: ClockOptions

        func validate() throws {
            try KeptWords.require([by, reason], "--by and --reason")
            // Whoever releases a hold must say the name that it has.
            try KeptWords.requireNoAddress(name.text, "NAME")
            try KeptWords.requireRole(by, "--by")
            try KeptWords.requireNoAddress(reason, "--reason")
        }

        func run() throws {
            let leaf = try workspace.open().hold(
                .place, name, kind: kind, by: by, reason: reason, clock: clock.clock)
            Console.print("Hold \(name) placed on \(kind?.text ?? "all evidence"): log entry \(leaf)")
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Release a hold; it is an entry of the log.")
        @Argument(help: "Name of the matter.") var name: Identifier
        @Option(help: "Who released it: a role, or an id of the program's register; no e-mail address.")
        var by: String
        @Option(help: "Why; the text stays in the log for good, so name no person.") var reason: String
        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var clock: ClockOptions

        func validate() throws {
            try KeptWords.require([by, reason], "--by and --reason")
            try KeptWords.requireRole(by, "--by")
            try KeptWords.requireNoAddress(reason, "--reason")
        }

        func run() throws {
            let leaf = try workspace.open().hold(
                .release, name, kind: nil, by: by, reason: reason, clock: clock.clock)
            Console.print("Hold \(name) released: log entry \(leaf)")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the holds that stand.")
        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var output: FormatOptions

        func run() throws {
            let holds = try workspace.open().standingHolds()
            switch output.format {
            case .table:
                if holds.isEmpty { Console.print("No hold stands.") }
                for (leaf, hold) in holds {
                    Console.print(
                        "\(hold.name)  \(hold.kind?.text ?? "all evidence")  since \(hold.recorded) "
                            + "(log entry \(leaf)), by \(hold.by): \(hold.reason)")
                }
            case .json:
                try Console.print(
                    .array(
                        holds.map { leaf, hold in
                            .object([
                                ("name", .string(hold.name.text)), ("leaf", .integer(Int64(leaf))),
                                ("kind", hold.kind.map { .string($0.text) } ?? .null),
                                ("recorded", .string(hold.recorded.description)), ("by", .string(hold.by)),
                                ("reason", .string(hold.reason)),
                            ])
                        }))
            }
        }
    }
}
