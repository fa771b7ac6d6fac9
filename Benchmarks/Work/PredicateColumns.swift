import Expressions
import Formats
import Workload

/// The same predicates over a million rows in columns, which is how sweeps ask them.
enum PredicateColumns {
    /// Pull requests, one a row.
    private static let changes = [
        Predicate(
            name: "author is not approver", source: "r.author != r.approver && r.merged", celGo: nil
        ) { $0["author"] != $0["approver"] && $0["merged"]?.bool == true },
        Predicate(
            name: "approved in time", source: "!r.merged || r.closed - r.opened < days(2)", celGo: nil
        ) { record in
            guard record["merged"]?.bool == true else { return true }
            return (record["closed"]?.integer ?? 0) - (record["opened"]?.integer ?? 0) < 172_800_000_000
        },
        Predicate(
            name: "four columns at once", source: "r.title.contains(r.author) || r.lines + r.files > 500",
            celGo: nil
        ) { record in
            (record["title"]?.string ?? "").contains(record["author"]?.string ?? "?")
                || (record["lines"]?.integer ?? 0) + (record["files"]?.integer ?? 0) > 500
        },
    ]

    static func run(_ setting: Setting, records: [JSON]) throws -> [Finding] {
        let rows = setting.size(1 << 20, quick: 1 << 17)
        let changed = (0..<1_000).map { change(SplitMix64(seed: UInt64($0))) }
        return try findings(Predicate.all, records, rows, setting)
            + findings(changes, changed, rows, setting)
    }

    private static func findings(
        _ predicates: [Predicate], _ records: [JSON], _ rows: Int, _ setting: Setting
    ) throws -> [Finding] {
        var random = SplitMix64(seed: 7)
        let draws = (0..<rows).map { _ in random.below(records.count) }
        let blocks = blocks(of: records, draws)
        return try predicates.map { predicate in
            let truths = records.map { predicate.holds($0) }
            let hits = draws.count { truths[$0] }
            let expression = try Expression(parsing: predicate.source)
            var times: [Double] = []
            for _ in 0..<max(3, setting.rounds) {
                // Every round learns anew what there is to learn.
                var evaluation = ColumnEvaluation(expression)
                var found = 0
                times.append(
                    Stopwatch.seconds {
                        for block in blocks {
                            found += count(evaluation.answers(over: block))
                        }
                    })
                try expect(found, is: hits, predicate.name)
            }
            return finding(predicate, each: times.median / Double(rows))
        }
    }

    /// How often yes, without a branch that would cost more than the answers.
    private static func count(_ answers: [UInt8]) -> Int {
        var count = 0
        for answer in answers { count += answer == ColumnAnswer.yes ? 1 : 0 }
        return count
    }

    private static func finding(_ predicate: Predicate, each: Double) -> Finding {
        let work = "columns, \(predicate.name)"
        guard let celGo = predicate.celGo else { return Finding(work, Figure.time(each)) }
        let ratio = celGo / each
        return Finding(
            work, Figure.time(each), beside: "cited, elsewhere: cel-go \(Figure.time(celGo))", ratio: ratio,
            gate: Gate(text: "≥\(Figure.bond)20x", isMet: ratio >= 20))
    }

    private static func blocks(of records: [JSON], _ draws: [Int]) -> [ColumnBlock] {
        var texts = TextInterner()
        let names = records[0].object?.members.map(\.name) ?? []
        // Every text first, so that all columns hold the whole dictionary.
        for record in records {
            for name in names { if let text = record[name]?.string { _ = texts.number(of: text) } }
        }
        let lists = records.map { record in record["rules"].map { Predicates.value(of: $0) } ?? .null }
        return stride(from: 0, to: draws.count, by: 65_536).map { start in
            let rows = draws[start..<min(start + 65_536, draws.count)]
            let fields = names.map { name in
                (name: name, column: column(records.map { $0[name] ?? .null }, name, rows, &texts, lists))
            }
            return ColumnBlock(count: rows.count, variables: [("r", RecordColumns(fields: fields))])
        }
    }

    /// The column of a field in the rows drawn.
    private static func column(
        _ values: [JSON], _ name: String, _ rows: ArraySlice<Int>, _ texts: inout TextInterner,
        _ lists: [Value]
    ) -> Column {
        func drawn<Word>(_ word: (JSON) -> Word) -> [Word] {
            let words = values.map(word)
            return rows.map { words[$0] }
        }
        switch values[0] {
        case .bool: return Column(.flags(drawn { $0.bool == true ? 1 : 0 }))
        case .integer where name == "opened" || name == "closed":
            return Column(.timestamps(drawn { $0.integer ?? 0 }))
        case .integer: return Column(.whole(drawn { $0.integer ?? 0 }))
        case .string(let first) where Instant(first) != nil:
            return Column(.timestamps(drawn { $0.string.flatMap { Instant($0) }?.microseconds ?? 0 }))
        case .string:
            let numbers = drawn { texts.number(of: $0.string ?? "") }
            return Column(.texts(numbers, texts.dictionary))
        default:
            return Column(.coded(rows.map { UInt32($0) }, lists))
        }
    }

    private static func change(_ seeded: SplitMix64) -> JSON {
        var random = seeded
        let opened = Int64(1_750_000_000_000_000) + Int64(random.below(30_000_000)) * 1_000_000
        let author = "dev-\(random.below(300))"
        return .object([
            ("author", .string(author)),
            ("approver", .string(random.below(200) == 0 ? author : "dev-\(random.below(300))")),
            ("merged", .bool(random.below(10) > 0)), ("opened", .integer(opened)),
            ("closed", .integer(opened + Int64(random.below(400_000)) * 1_000_000)),
            ("title", .string("fix \(random.below(40)) of \(random.below(20) == 0 ? author : "somebody")")),
            ("lines", .integer(Int64(random.below(600)))), ("files", .integer(Int64(random.below(30)))),
        ])
    }
}
