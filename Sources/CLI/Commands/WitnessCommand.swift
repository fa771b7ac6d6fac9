import ArgumentParser
import Formats
import Foundation
import Ledger
import PackageCommands
import Workspaces

/// `assay witness …`
struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract:
            "Watch the logs of others: sign each checkpoint that continues the one before (C2SP tlog-witness).",
        discussion: "For an auditor or a sister company; it sees sizes and hashes, never evidence.",
        subcommands: [Init.self, Serve.self, Forget.self])

    struct FolderOptions: ParsableArguments {
        @Option(help: "Folder with the witness's key and what it has signed.") var folder: String
        var key: String { folder + "/witness.key" }
        var state: String { folder + "/state" }
    }

    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key for a new witness and print its vkey.")
        @Option(help: "Name of the witness, such as witness.auditor.example.") var name: Identifier
        @OptionGroup var place: FolderOptions

        func run() throws {
            var generator = SystemRandomNumberGenerator()
            let signer = try NoteSigner(
                name: name, key: try SigningKey.generate(using: &generator), algorithm: .ed25519Cosignature)
            try WitnessFiles.create(Array("\(signer.privateText)\n".utf8), at: place.key)
            Console.print(signer.verifier.vkey)
        }
    }

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer add-checkpoint requests over HTTP; put it behind a proxy with a certificate.",
            discussion: """
                A connection on which no whole request comes for 30 seconds is closed, and so are further ones while 64 \
                are open.
                """)
        @Option(help: "File with the vkeys of the logs to watch, one a line.") var logs: String
        @Option(help: "Address to listen on.") var host = "127.0.0.1"
        @Option(help: "Port; 0 lets the system choose.") var port = 8470
        @OptionGroup var place: FolderOptions

        func run() async throws {
            let signer = try NoteSigner(privateText: try WitnessFiles.secret(place.key))
            let lines = try GivenFile.text(logs).split(separator: "\n").filter { !$0.hasPrefix("#") }
            let verifiers = try lines.map { try NoteVerifier(vkey: String($0)) }
            let server = try WitnessServer(
                signer: signer, logs: verifiers, folder: place.state, clock: .system)
            try await server.run(host: host, port: port) { port in
                Console.print(
                    "witness \(signer.name) for \(verifiers.count) keys on http://\(host):\(port)/")
            }
        }
    }

    struct Forget: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget what was signed for a log whose owner has recovered from a loss.",
            discussion:
                "The old checkpoint is kept in the folder as proof. Ask for the log's recovery entry first.")
        @Argument(help: "Name of the log.") var log: Identifier
        @OptionGroup var place: FolderOptions

        func run() throws {
            guard let old = try FolderWitnessStore(folder: place.state).forget(log) else {
                Console.print("Nothing was ever signed for \(log).")
                throw ExitStatus.findings
            }
            Console.print("Forgotten: \(old.size) entries of \(log), root \(old.root.hex)")
        }
    }
}
