import Evidence
import Formats
import Foundation

/// The workload as the files that a user would have: a program in YAML, its later edition, and native JSON Lines for
/// `assay import`. With them the whole program can be measured from the command line.
package struct WorkloadFiles {
    private let folder: URL

    /// - Parameter folder: is made if need be.
    package init(_ folder: String) throws {
        self.folder = URL(fileURLWithPath: folder, isDirectory: true)
        for part in ["program", "update"] {
            try FileManager.default.createDirectory(
                at: self.folder.appendingPathComponent(part), withIntermediateDirectories: true)
        }
    }

    /// Writes `program/workload.yaml`, `update/workload.yaml` and `evidence.jsonl`. Facts that were corrected are left out,
    /// and what is late comes with the rest: whoever imports the file learns everything at once.
    package func write(_ evidence: SeededEvidence) throws {
        for (path, text) in Self.programs(evidence.size) {
            try Data(text.utf8).write(to: folder.appendingPathComponent(path))
        }
        let lines = folder.appendingPathComponent("evidence.jsonl")
        try Data().write(to: lines)
        let file = try FileHandle(forWritingTo: lines)
        for kind in WorkloadKind.all {
            var bytes: [UInt8] = []
            for interval in evidence.coverage(kind).intervals {
                bytes += try Self.line([
                    ("coverage", .string(Self.apart(kind.name.text))),
                    ("from", .string(interval.start.description)),
                    ("to", .string(interval.end.description)),
                ])
            }
            try evidence.stream(kind) { table in
                for row in 0..<table.count where table.superseded[row] == FactTable.open {
                    bytes += try Self.line(table.fact(row))
                    if let end = table.deletion(after: row) { bytes += try Self.line(end) }
                }
                try file.write(contentsOf: bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            try file.write(contentsOf: bytes)
        }
        try file.close()
    }

    /// The program's editions by path, each whole: whoever applies a folder takes away what it lacks.
    package static func programs(_ size: WorkloadSize) -> [(path: String, text: String)] {
        let program = WorkloadProgram(size)
        let edition = apart(program.yaml)
        let changed = Dictionary(
            apart(program.update).split(separator: divider).map { (head($0), $0) }, uniquingKeysWith: { $1 })
        let update = edition.split(separator: divider).map { changed[head($0)] ?? $0 }
        return [
            ("program/workload.yaml", edition), ("update/workload.yaml", update.joined(separator: divider)),
        ]
    }

    private static let divider = "\n---\n"

    private static func head(_ document: Substring) -> Identifier {
        Identifier(String(document.prefix { $0 != "\n" }))
    }

    /// The catalogue has a kind `phi.access` with other fields, and no program may declare it again.
    private static func apart(_ text: String) -> String {
        text.replacing(WorkloadKind.access.name.text, with: "workload.access")
    }

    private static func line(_ fact: Fact) throws -> [UInt8] {
        let kind = ("kind", JSON.string(apart(fact.kind.text)))
        switch fact.shape {
        case .state(let from, _, let value):
            return try line([
                kind, ("key", .string(fact.key.text)), ("at", .string(from.description)),
                ("value", value.map { .object($0) } ?? .null),
            ])
        case .event(let at, let value):
            return try line([
                kind, ("id", .string(fact.key.text)), ("at", .string(at.description)),
                ("value", .object(value)),
            ])
        case .coverage: return []
        }
    }

    private static func line(_ members: [(String, JSON)]) throws -> [UInt8] {
        try CanonicalJSON.encode(.object(members)) + [0x0A]
    }
}
