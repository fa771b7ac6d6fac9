import ArgumentParser
import Formats
import Intake
import Ledger
import PackageCommands
import Workspaces

extension LogCommand {
    /// `assay log rotate`
    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a new key in the place of the log's, in an entry and a checkpoint signed by both.",
            discussion: """
                What the old key signed stays good; its private half is removed. Give auditors the new trust file \
                (assay log trust). With --passphrase, ASSAY_PASSPHRASE says where the passphrase is: file:PATH, \
                exec:COMMAND or env:NAME.
                """)

        @Option(help: "Why; it is put on record, where it stays for good.")
        var reason: String

        @Flag(help: "Change the key that signs what is collected, not the log's.")
        var collector = false

        @Flag(help: "Seal the new key's file under the passphrase.")
        var passphrase = false

        @Option(help: "Take a key that is kept elsewhere: env:NAME, file:PATH or exec:COMMAND.")
        var from: String?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var time: ClockOptions

        func validate() throws {
            try KeptWords.requireNoAddress(reason, "--reason")
            if passphrase, from != nil { throw ValidationError("give --passphrase or --from, not both") }
            if let from, SecretReference(from) == nil {
                throw ValidationError("--from takes env:NAME, file:PATH or exec:COMMAND")
            }
        }

        func run() throws {
            let workspace = try workspace.open()
            let reference = from.flatMap { SecretReference($0) }
            let protection =
                reference.map { KeyProtection.reference($0) } ?? (passphrase ? .passphrase : .mode)
            let (key, leaf) = try workspace.rotate(
                collector ? .collector : .log, reason: reason, protection: protection, clock: time.clock)
            Console.print("From entry \(leaf + 1) on this key is in use:")
            Console.print(key.vkey)
            Console.print("Give auditors the new trust file: assay log trust")
        }
    }

    /// `assay log seal`
    struct Seal: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the private keys under a passphrase; only signing asks for it.",
            discussion: """
                ASSAY_PASSPHRASE says where it is: file:PATH, exec:COMMAND or env:NAME. A key that is kept elsewhere \
                stays there.
                """)

        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            for (key, isSealed) in try workspace.open().sealKeys() {
                Console.print(isSealed ? "sealed \(key.hint)" : "\(key.hint) is kept elsewhere, not sealed")
            }
        }
    }

    /// `assay log trust`
    struct Trust: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the trust file for auditors: all keys with their terms, witnesses and clocks.",
            discussion: "Hand it over another way than the packages, and again after each change.")

        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            try Console.print(try workspace.open().trustFile().json)
        }
    }
}
