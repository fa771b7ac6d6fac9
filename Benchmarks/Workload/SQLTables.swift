import Catalog
import Evidence
import Formats

/// One value on its way into a database.
package enum SQLField: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
}

/// A table of the workload as databases load it: each kind has one, and the twenty kinds of resources share one.
///
/// Keys, people, stores, services, findings and tags are numbers, which is the best a schema can do for its database;
/// words of small vocabularies are texts.
package struct SQLTable: Sendable {
    package struct Head: Sendable {
        package let name: String
        package let type: FactType
    }

    package let name: String
    package let columns: [Head]
    /// The kinds that lie in it; none for the tables about the workload itself.
    package let kinds: [WorkloadKind]

    private init(_ name: String, _ columns: [Head], _ kinds: [WorkloadKind] = []) {
        self.name = name
        self.columns = columns
        self.kinds = kinds
    }

    private init(_ name: String, _ kinds: [WorkloadKind]) {
        let kind = kinds[0]
        var names = kinds.count > 1 ? ["kind", "key"] : ["key"]
        names += (kind.kind.mode == .state ? ["v0", "v1"] : ["instant"]) + ["known", "superseded"]
        // Words that SQL keeps for itself.
        let others = ["user": "user_id", "rows": "row_count", "type": "account_type"]
        self.init(
            name,
            names.map { Head(name: $0, type: .whole) }
                + kind.columns.map { Head(name: others[$0.name] ?? $0.name, type: $0.type) }, kinds)
    }

    package static let setting = SQLTable(
        "setting", [Head(name: "name", type: .text(.words([]))), Head(name: "value", type: .whole)])
    package static let coverage = SQLTable(
        "coverage",
        [
            Head(name: "kind", type: .whole), Head(name: "s0", type: .whole),
            Head(name: "s1", type: .whole), Head(name: "covered", type: .flag),
        ])
    package static let calendar = SQLTable(
        "calendar",
        [
            Head(name: "unit", type: .text(.words([]))), Head(name: "w0", type: .whole),
            Head(name: "w1", type: .whole),
        ])

    /// All tables; those of kinds in the kinds' order.
    package static let all =
        [setting, coverage, calendar]
        + [
            WorkloadKind.access, .deployment, .probe, .backup, .found, .fixed, .account, .employment, .store,
        ].map { kind in
            SQLTable(kind.name.text.replacing(".", with: "_"), [kind])
        } + [SQLTable("resource", WorkloadKind.resources)]

    /// The time that stands for the beginning of all time.
    private static let dawn: Int64 = -9_000_000_000_000_000_000

    /// Gives every row to the body; the array is used again for the next row.
    package func rows(of evidence: SeededEvidence, _ body: ([SQLField]) throws -> Void) throws {
        switch name {
        case "setting":
            for (name, value) in Self.settings(evidence) { try body([.text(name), .integer(value)]) }
        case "calendar": try Self.calendarRows(evidence.calendar, body)
        case "coverage":
            for (number, kind) in WorkloadKind.all.enumerated() {
                try Self.tiles(evidence.coverage(kind)) { start, end, isCovered in
                    let covered: Int64 = isCovered ? 1 : 0
                    try body([Int64(number), start, end, covered].map(SQLField.integer))
                }
            }
        default:
            for kind in kinds {
                let number = WorkloadKind.all.firstIndex(of: kind) ?? 0
                let head: [SQLField] = kinds.count > 1 ? [.integer(Int64(number))] : []
                try evidence.stream(kind) { table in
                    for row in 0..<table.count { try body(head + table.fields(row)) }
                }
            }
        }
    }

    private static func settings(_ evidence: SeededEvidence) -> [(String, Int64)] {
        [
            ("start", evidence.calendar.start), ("end", evidence.calendar.end),
            ("known", evidence.calendar.end),
            ("probe interval", evidence.size.probeInterval * WorkloadCalendar.second),
            // Resources begin behind the nine other kinds.
            ("aged kinds", Int64(9 + evidence.size.agedKinds)),
        ]
    }

    /// Days from two before the period, which its first hours may still serve, and months.
    private static func calendarRows(
        _ calendar: WorkloadCalendar, _ body: ([SQLField]) throws -> Void
    ) throws {
        for day in -2..<calendar.days {
            let (start, end) = (calendar.midnight(day), calendar.midnight(day + 1))
            try body([.text("day"), .integer(start), .integer(end)])
        }
        for month in calendar.months {
            try body([.text("month"), .integer(month.start), .integer(month.end)])
        }
    }

    /// All of time, covered or not.
    private static func tiles(
        _ coverage: IntervalSet, _ body: (Int64, Int64, Bool) throws -> Void
    ) throws {
        var at = dawn
        for interval in coverage.intervals {
            let (start, end) = (interval.start.microseconds, interval.end.microseconds)
            if at < start { try body(at, start, false) }
            try body(start, end, true)
            at = end
        }
        try body(at, .max, false)
    }
}

extension FactTable {
    fileprivate func fields(_ row: Int) -> [SQLField] {
        var fields: [SQLField] = [.integer(Int64(keys[row])), .integer(starts[row])]
        if !ends.isEmpty { fields.append(.integer(ends[row])) }
        fields += [.integer(known[row]), .integer(superseded[row])]
        for column in columns { fields.append(column.field(row)) }
        return fields
    }
}

extension FactColumn {
    fileprivate func field(_ row: Int) -> SQLField {
        switch type {
        case .flag: flags[row] == 2 ? .null : .integer(Int64(flags[row]))
        case .whole, .time: numbers[row] == FactTable.absent ? .null : .integer(numbers[row])
        case .text(let vocabulary):
            switch (codes[row], vocabulary) {
            case (.max, _): .null
            case (let code, .words(let words)): .text(words[Int(code)])
            case (let code, .numbered): .integer(Int64(code))
            }
        }
    }
}
