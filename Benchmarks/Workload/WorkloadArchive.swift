import Catalog
package import Evidence
import Formats
package import Storage

/// A statement that the ledger does not take for one about a batch.
struct ArchiveError: Error {
    let kind: Identifier
}

/// The workload as stored columns, as an import leaves them behind: what `columns()` holds in memory, on the disk.
extension SeededEvidence {
    /// - Parameters:
    ///   - store: is empty.
    ///   - progress: rows that were written.
    package func write(to store: any ColumnStore, progress: (_ rows: Int) -> Void = { _ in }) throws {
        let kinds = try Self.kinds()
        var collector = try ColumnCollector(kinds: kinds, knownAt: period.end, in: store)
        var done = 0
        for (leaf, kind) in WorkloadKind.all.enumerated() {
            let coverage = coverage(kind)
            let recorded = coverage.intervals.map(\.end).min() ?? period.start
            guard let batch = try Self.batch(of: kind, recorded: recorded) else {
                throw ArchiveError(kind: kind.name)
            }
            _ = try collector.begin(batch, leaf: leaf, hash: batch.population.root)
            let stretch = { @Sendable (facts: [Fact?]) in
                FactStretch(facts, recorded: recorded, leaf: leaf, kinds: kinds)
            }
            let covered = coverage.intervals.map { Fact.coverage(kind.name, $0) }
            try collector.add(stretch(covered), of: batch, first: 0)
            var first = covered.count
            try stream(kind) { table in
                let chunks = stride(from: 0, to: table.count, by: 4_096).map { start in
                    start..<min(start + 4_096, table.count)
                }
                let made = Parallel.map(chunks) { rows in
                    let facts = rows.flatMap { table.facts($0, knownBy: calendar.end) }
                    return (count: facts.count, stretch: stretch(facts))
                }
                for chunk in made {
                    try collector.add(chunk.stretch, of: batch, first: first)
                    first += chunk.count
                }
                done += table.count
                progress(done)
            }
        }
        _ = try collector.finish()
    }

    /// The columns that were written to a store.
    package func columns(in store: any ColumnStore) throws -> ColumnHistory {
        try ColumnCollector.history(
            in: store, kinds: try Self.kinds(), knownAt: period.end, leaves: Array(WorkloadKind.all.indices))
    }

    private var period: Interval { calendar.period }

    private static func kinds() throws -> KindCatalog {
        try KindCatalog(version: "workload", WorkloadKind.all.map(\.kind))
    }

    /// What a log would say of a collection that brought all facts of a kind.
    private static func batch(of kind: WorkloadKind, recorded: Instant) throws -> BatchStatement? {
        let nothing = String(repeating: "0", count: 64)
        let text = """
            {"source": "collector", "series": {"sequence": 0, "previous": null},
             "collector": {"name": "workload", "version": "1"}, "mode": "changes", "query": "", "parameters": {},
             "kinds": ["\(kind.name)"], "started": "\(recorded)", "ended": "\(recorded)", "recorded": "\(recorded)",
             "pages": 1, "counts": {"received": 0, "facts": 0, "unchanged": 0, "setAside": 0},
             "setAside": [], "failures": [], "population": {"root": "\(nothing)", "count": 0}}
            """
        return try JSON(parsing: Array(text.utf8)).object.flatMap {
            BatchStatement($0, type: BatchStatement.formerType)
        }
    }
}

extension FactTable {
    /// What is known of a row by an instant: the fact, and that the record ceased to exist where the row is its last. Nil
    /// in the place of what is not known.
    fileprivate func facts(_ row: Int, knownBy latest: Int64) -> [Fact?] {
        let own: [Fact?] = [known[row] <= latest ? fact(row) : nil]
        guard let end = deletion(after: row) else { return own }
        return own + [ends[row] <= latest ? end : nil]
    }
}
