import ArgumentParser
import Catalog
import Formats
import Foundation
import PackageCommands
import Workspaces

/// `assay catalog map FILE…`
struct CatalogMapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Propose which criteria existing policies are about, from what their texts cite.",
        discussion: """
            Reads text or Markdown (save other documents as text) and finds citations of 45 CFR Part 164, of criteria \
            and of NIST CSF 2.0. What they are related to is a proposal: a citation does not show that anything is \
            done. Nothing is written, and nothing counts as covered. Exits with 1 when a passage cites nothing, or the \
            Security Rule is not cited as a whole.
            """)

    @Argument(help: "Files of the policies.", completion: .file())
    var files: [String]

    @OptionGroup var output: FormatOptions

    func run() throws {
        let texts = try files.map { file in
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw WorkspaceError.unreadable(
                    path: file, "not a readable text in UTF-8; save the document as text")
            }
            return (name: file, text: text)
        }
        let map = PolicyMap(texts, library: try .builtin())
        switch output.format {
        case .table: print(map)
        case .json: try Console.print(map.json)
        }
        if !map.unmapped.isEmpty || !map.uncited.isEmpty { throw ExitStatus.findings }
    }

    private func print(_ map: PolicyMap) {
        for passage in map.passages where !passage.citations.isEmpty {
            Console.print("\(passage.file):\(passage.line): \(passage.heading)")
            for citation in passage.citations {
                let criteria = citation.criteria.map { $0.id.text + ($0.strength == .partial ? "~" : "") }
                let parts = citation.parts
                let title =
                    citation.item.map { ", \($0.title)" }
                    ?? (parts > 0
                        ? ", with the \(parts) provision\(parts == 1 ? "" : "s") below it"
                        : ", not in the catalogue")
                let proposed =
                    criteria.isEmpty ? "no criterion" : "proposed: \(criteria.joined(separator: " "))"
                Console.print(
                    Wrapped.lines("\(proposed)", first: "  \(citation.id)\(title)\n      ", indent: 6))
            }
        }
        if !map.unmapped.isEmpty {
            Console.print("Passages that cite nothing; say yourself what they are about:")
            for passage in map.unmapped {
                Console.print("  \(passage.file):\(passage.line): \(passage.heading)")
            }
        }
        if !map.uncited.isEmpty {
            Console.print("Of the Security Rule, no file cites:")
            for requirement in map.uncited {
                Console.print("  \(requirement.citation)  \(requirement.title)")
            }
        }
        let count = map.passages.reduce(0) { $0 + $1.citations.count }
        Console.print(
            "\(count) citations in \(map.passages.count) passages. Proposals (~ in part), made from citations only: none is counted as covered."
        )
    }
}

extension PolicyMap {
    fileprivate var json: JSON {
        .object([
            ("proposals", .bool(true)), ("passages", .array(passages.map(Self.json))),
            ("uncited", .array(uncited.map { .string($0.citation.description) })),
        ])
    }

    private static func json(_ passage: Passage) -> JSON {
        .object([
            ("file", .string(passage.file)), ("line", .integer(Int64(passage.line))),
            ("heading", .string(passage.heading)),
            (
                "citations",
                .array(
                    passage.citations.map { citation in
                        .object([
                            ("id", .string(citation.id.text)), ("line", .integer(Int64(citation.line))),
                            ("known", .bool(citation.item != nil || citation.parts > 0)),
                            ("criteria", .array(citation.criteria.map { .string($0.id.text) })),
                        ])
                    })
            ),
        ])
    }
}
