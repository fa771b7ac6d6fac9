import Assessment
import Evidence
import Formats
import Ledger

/// The exceptions of Section IV, each with the sealed facts that it rests on.
struct ExceptionTables {
    let material: ReportMaterial
    /// For paper, where fewer of one test are printed than on a screen.
    let isPrinted: Bool

    func blocks(_ row: TestRow) -> [Block] {
        if row.exceptions.isEmpty { return [] }
        let table = Sheet(
            "Exceptions of \(row.id), each with the sealed facts it rests on",
            columns: ["Exception", "When", "Reason", "Proof"],
            rows: printed(row).map { exception in
                [
                    Cell([exception.id, material.names.name(exception.key, of: row.id)]),
                    Cell(Self.when(exception)),
                    Cell(exception.reason), Cell(material.proof(exception)),
                ]
            })
        return [
            .details(
                "\(Wording.count(row.exceptions.count, "exception")) of \(row.id)",
                id: "exceptions-\(row.id)", rest(row) + [.table(table)])
        ]
    }

    private func printed(_ row: TestRow) -> ArraySlice<ExceptionRow> {
        row.exceptions.prefix(Self.limit(isPrinted: isPrinted))
    }

    /// Most exceptions of one test that stand on paper, and on a screen.
    static func limit(isPrinted: Bool) -> Int { isPrinted ? 25 : 100 }

    /// What is left out is counted where it is left out.
    private func rest(_ row: TestRow) -> [Block] {
        guard printed(row).count < row.exceptions.count else { return [] }
        return [
            .paragraph(
                "The first \(printed(row).count) of \(row.exceptions.count), by date. All of them are in the workbook, sheet Exceptions (assay report --output xlsx)."
            )
        ]
    }

    private static func when(_ exception: ExceptionRow) -> [String] {
        let start = exception.interval.start.toTheMinute
        let end = exception.interval.end.toTheMinute
        return [start == end ? start : "\(start) to \(end)"]
            + [exception.lasting.words].compactMap(\.self)
    }

    /// The log entries that the printed exceptions, and the items of a Type I report, rest on, each once.
    func entries(of rows: [TestRow]) -> [Block] {
        let items = material.designItems.values.flatMap { material.printed($0.references).map(\.leaf) }
        let exceptions = rows.flatMap(printed).flatMap {
            material.printed($0.references.sorted()).map(\.leaf)
        }
        let leaves = Set(exceptions + items)
        let entries = leaves.sorted().compactMap { leaf in material.proofs[leaf].map { (leaf, $0) } }
        if entries.isEmpty { return [] }
        return [
            .heading(
                items.isEmpty
                    ? "Log entries that the exceptions rest on"
                    : "Log entries that the items and exceptions rest on"),
            .table(
                Sheet(
                    "Each entry seals one batch of evidence; its hash is the leaf of the log",
                    columns: [
                        "Log entry", "Batch of", "Recorded", "Items", "Root of its items", "Leaf hash",
                    ],
                    rows: entries.map { leaf, proof in
                        [
                            Cell(leaf), Cell(proof.source.text), Cell(proof.recorded.toTheMinute),
                            Cell(proof.items), Cell(proof.populationRoot.hex), Cell(proof.leafHash.hex),
                        ]
                    })),
        ]
    }
}

extension ReportMaterial {
    /// Most facts that are printed for one exception.
    package static let factLimit = 3

    /// The facts that are printed of those, in log order, that something rests on.
    func printed(_ references: [FactReference]) -> ArraySlice<FactReference> {
        references.prefix(Self.factLimit)
    }

    /// Log entry and item of the facts that an exception rests on.
    func proof(_ exception: ExceptionRow) -> [String] { proof(exception.references.sorted(), of: .fail) }

    /// Log entry and item of the facts that the item of a control rests on.
    func proof(_ item: DesignItem) -> [String] { proof(item.references, of: item.verdict) }

    /// Log entry and item of facts, in log order; without any, why a verdict has none.
    private func proof(_ references: [FactReference], of verdict: Verdict) -> [String] {
        if references.isEmpty {
            switch verdict {
            case .unknown: return ["No fact: nothing was collected of that time."]
            case .pending: return ["No fact: not due, or not collected yet."]
            case .pass, .fail, .tolerated, .waived, .notApplicable:
                return ["No fact: nothing was found where something was required, in time that was covered."]
            }
        }
        var lines = printed(references).map { "log entry \($0.leaf), item \($0.item + 1)" }
        let rest = references.count - lines.count
        if rest > 0 { lines.append("and \(rest) more: assay explain") }
        return lines
    }
}
