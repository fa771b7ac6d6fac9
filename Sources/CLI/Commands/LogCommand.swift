import ArgumentParser
import Evidence
import Formats
import Foundation
import Ledger
import PackageCommands
import Reports
import Workspaces

/// `assay log …`
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "The transparency log: keys, checkpoint, proofs, export.",
        subcommands: [
            Key.self, Rotate.self, Seal.self, Trust.self, CheckpointNote.self, Proof.self, Absence.self,
            Consistency.self,
            Export.self, Configure.self, Anchor.self, Status.self, Recover.self,
        ])

    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the log's public key (C2SP vkey).")
        @Flag(help: "Print every key there ever was, with the entries that rest on it.") var all = false
        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            let workspace = try workspace.open()
            guard all else { return Console.print(workspace.verificationKey) }
            let terms = try workspace.keys().terms.map { term in
                [
                    term.purpose.rawValue, "\(term.from)-\(term.last.map { String($0) } ?? "")",
                    term.ended?.toTheMinute ?? "in use", term.verifier.hint,
                ]
            }
            for line in Self.lines([["PURPOSE", "ENTRIES", "ENDED", "KEY"]] + terms) { Console.print(line) }
        }

        /// As wide as it takes: a key that were cut short could not be compared.
        private static func lines(_ rows: [[String]]) -> [String] {
            let widths = rows[0].indices.map { place in rows.map { $0[place].count }.max() ?? 0 }
            return rows.map { row in
                let padded = zip(row.dropLast(), widths).map { text, width in
                    text + String(repeating: " ", count: width - text.count)
                }
                return (padded + row.suffix(1)).joined(separator: "  ")
            }
        }
    }

    struct CheckpointNote: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint", abstract: "Print the newest signed checkpoint (C2SP tlog-checkpoint).")
        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            Console.print(try workspace.open().checkpoint(), terminator: "")
        }
    }

    struct Proof: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a proof that an entry is in the log (C2SP tlog-proof).")
        @Argument(help: "Index of the entry.") var leaf: Int
        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            let proof = try workspace.open().proof(leaf: leaf)
            Console.print(String(decoding: proof, as: UTF8.self), terminator: "")
        }
    }

    struct Absence: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a proof that a record was not among those of a collection (JSON).",
            discussion: """
                The proof holds the key that names the records of this source: its holder can find out of any record \
                that they can name whether it stands beside the ones in the proof. "assay-verify absence" checks it. \
                Exits 1 when the record is there.
                """)
        @Argument(help: "Source that was collected.") var source: Identifier
        @Argument(help: "Kind of evidence, such as idp.account.") var kind: Identifier
        @Argument(help: "Key of the record, or id of the event.") var key: Identifier
        @Option(
            help:
                "Log entry of the collection; else the source's newest snapshot of the kind, or its newest collection."
        ) var entry: Int?
        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            do {
                let proof = try workspace.open().absence(of: kind, key, from: source, leaf: entry)
                Console.print(String(decoding: try proof.encoded(), as: UTF8.self))
            } catch AbsenceError.present {
                Console.say("\(kind) \(key) is among the records of this collection.")
                throw ExitStatus.findings
            }
        }
    }

    struct Consistency: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove that the log of an earlier size is the beginning of a later one.")
        @Argument(help: "Earlier size.") var old: Int
        @Argument(help: "Later size; else the present one.") var new: Int?
        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            let (proof, oldRoot, newRoot) = try workspace.open().consistency(old: old, new: new)
            Console.print("\(proof.old) entries, root \(oldRoot.hex)")
            Console.print("\(proof.new) entries, root \(newRoot.hex)")
            for hash in proof.path { Console.print(hash.hex) }
            Console.print("proven: the first \(proof.old) entries are unchanged")
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the log as files that any tlog-tiles program reads (C2SP tlog-tiles).")
        @Argument(help: "Folder to write to.") var folder: String
        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            let count = try workspace.open().exportLog(to: folder)
            Console.print("Wrote \(count) files to \(folder).")
        }
    }
}
