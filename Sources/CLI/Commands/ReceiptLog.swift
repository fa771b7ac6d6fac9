import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Reports
import Synchronization

/// Gathers acknowledgements and prints them: large batches as they come, then a table by source.
final class ReceiptLog: Sendable {
    private struct Totals {
        var batches = 0
        var received = 0
        var facts = 0
        var unchanged = 0
        var setAside = 0
        var notOpen = 0
        var failures: [(kind: Identifier?, scope: String, reason: String)] = []
        /// What was skipped before is no fault of this run.
        var isFaulty = false
        /// The first of what was set aside.
        var aside: [SetAside] = []

        var asideInOrder: [SetAside] { aside.sorted { ($0.line ?? .max) < ($1.line ?? .max) } }

        /// One line for all kinds that the same thing has happened to.
        var uncovered: [String] {
            var order: [Identifier] = []
            var kinds: [Identifier: [String]] = [:]
            for failure in failures {
                let what = Identifier("\(failure.scope): \(failure.reason)")
                if kinds[what] == nil { order.append(what) }
                kinds[what, default: []] += failure.kind.map { [$0.text] } ?? []
            }
            let lines = order.prefix(20).map { what in
                let names = kinds[what, default: []].joined(separator: ", ")
                return names.isEmpty ? what.text : "\(names): \(what)"
            }
            return lines + (order.count > 20 ? ["and \(order.count - 20) more"] : [])
        }
    }

    private let isQuiet: Bool
    /// Guards the totals; acknowledgements come from the recording's own executor.
    private let totals = Mutex<[Identifier: Totals]>([:])
    private static let largeBatch = 10_000

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    func add(_ receipts: [BatchReceipt]) {
        for receipt in receipts {
            let statement = receipt.statement
            if !isQuiet, statement.counts.received >= Self.largeBatch {
                Console.print(
                    "recorded \(statement.counts.facts) facts of \(statement.source) as log entry \(receipt.leaf)"
                )
            }
            totals.withLock { totals in
                var own = totals[statement.source] ?? Totals()
                own.batches += 1
                own.received += statement.counts.received
                own.facts += statement.counts.facts
                own.unchanged += statement.counts.unchanged
                own.setAside += statement.counts.setAside
                own.notOpen += receipt.notOpen
                own.isFaulty =
                    own.isFaulty || statement.counts.setAside > 0
                    || statement.mode != .skipped && !statement.failures.isEmpty
                own.failures += statement.failures.map { ($0.kind, $0.scope, $0.reason) }
                if own.aside.count < 20 { own.aside += receipt.setAside.prefix(20 - own.aside.count) }
                totals[statement.source] = own
            }
        }
    }

    /// Nothing has been put on record.
    var isEmpty: Bool { totals.withLock { $0.isEmpty } }

    /// Prints the summary; throws the status for findings when something failed or was set aside.
    func finish(_ format: OutputFormat) throws {
        let all = totals.withLock { $0 }.sorted { $0.key < $1.key }
        switch format {
        case .table: printTable(all)
        case .json: try printJSON(all)
        }
        if all.contains(where: \.value.isFaulty) { throw ExitStatus.findings }
    }

    private func printTable(_ all: [(key: Identifier, value: Totals)]) {
        var table = Columns([
            "source", "batches", "received", "new facts", "unchanged", "set aside", "failures",
        ])
        for (source, own) in all {
            table.add([
                source.text, String(own.batches), String(own.received), String(own.facts),
                String(own.unchanged),
                String(own.setAside), String(own.failures.count),
            ])
        }
        for line in table.lines { Console.print(line) }
        for (source, own) in all {
            for record in own.asideInOrder {
                let place = record.line.map { "line \($0): " } ?? ""
                Console.print("set aside, \(source): \(place)\(record.reason)")
            }
            if own.setAside > own.aside.count {
                Console.print("set aside, \(source): and \(own.setAside - own.aside.count) more")
            }
            if own.notOpen > 0 {
                for line in Self.warning(own.notOpen, source).hanging(by: 2) { Console.print(line) }
            }
            for gap in own.uncovered {
                for line in "not covered, \(source): \(gap)".hanging(by: 2) { Console.print(line) }
            }
        }
    }

    /// What is said of ends that end nothing.
    static func warning(_ count: Int, _ source: Identifier) -> String {
        let what =
            count == 1
            ? "1 record was ended that was not open" : "\(count) records were ended that were not open"
        return
            "warning, \(source): \(what): a key may be misspelt; \"assay sources \(source) --open\" lists those "
            + "that are"
    }

    private static func json(_ record: SetAside) -> JSON {
        .object([
            ("line", record.line.map { .integer(Int64($0)) } ?? .null), ("reason", .string(record.reason)),
        ])
    }

    private func printJSON(_ all: [(key: Identifier, value: Totals)]) throws {
        try Console.print(
            .array(
                all.map { source, own in
                    .object([
                        ("source", .string(source.text)), ("batches", .integer(Int64(own.batches))),
                        ("received", .integer(Int64(own.received))), ("facts", .integer(Int64(own.facts))),
                        ("unchanged", .integer(Int64(own.unchanged))),
                        ("setAside", .integer(Int64(own.setAside))),
                        ("notOpen", .integer(Int64(own.notOpen))),
                        ("setAsideRecords", .array(own.asideInOrder.map(Self.json))),
                        ("failures", .array(own.failures.map { .string($0.reason) })),
                    ])
                }))
    }
}
