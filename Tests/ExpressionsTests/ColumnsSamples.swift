import Formats
import TestSupport

@testable import Expressions

/// Rows of two records `a` and `b`, of which `b` may be null, as values; blocks of any stretch of them as columns.
struct ColumnsSamples {
    enum Sort: CaseIterable { case flag, whole, decimal, timestamp, duration, text, coded }

    static let fields: [(name: String, sort: Sort)] = [
        ("f", .flag), ("g", .flag), ("n", .whole), ("m", .whole), ("x", .decimal), ("y", .decimal),
        ("t", .timestamp), ("u", .timestamp), ("d", .duration), ("s", .text), ("r", .text), ("l", .coded),
        ("o", .coded),
    ]

    /// Nil where the field is absent.
    typealias Record = [Value?]

    let first: [Record]
    /// Nil where the record is null.
    let second: [Record?]
    let instants: [Int64]
    /// Whether fields can be absent and `b` null.
    let isRagged: Bool
    /// Whether the records share a dictionary.
    let isShared: Bool

    init(rows: Int, _ random: inout Seeded) {
        let isRagged = random.below(4) > 0
        self.isRagged = isRagged
        isShared = random.below(3) > 0
        let spread = [3, 8, 1_000][random.below(3)]
        first = (0..<rows).map { _ in Self.record(isRagged, spread, &random) }
        second = (0..<rows).map { _ in
            isRagged && random.below(8) == 0 ? nil : Self.record(isRagged, spread, &random)
        }
        instants = (0..<rows).map { _ in Self.instant(spread, &random) }
    }

    private static func record(_ isRagged: Bool, _ spread: Int, _ random: inout Seeded) -> Record {
        fields.map { isRagged && random.below(10) == 0 ? nil : value($0.sort, spread, &random) }
    }

    private static func instant(_ spread: Int, _ random: inout Seeded) -> Int64 {
        switch random.below(40) {
        case 0:
            [Int64.min, .max, Vector.earliest, Vector.afterLatest, Vector.afterLatest - 1][random.below(5)]
        default: 1_767_225_600_000_000 + Int64(random.below(spread)) * 43_200_000_000 + Int64(random.below(2))
        }
    }

    private static func value(_ sort: Sort, _ spread: Int, _ random: inout Seeded) -> Value {
        switch sort {
        case .flag: return .bool(random.below(2) == 0)
        case .whole:
            let edges: [Int64] = [.min, .max, 1 << 53, (1 << 53) + 1, -1, 0]
            return .int(random.below(12) == 0 ? edges[random.below(6)] : Int64(random.below(spread)) - 2)
        case .decimal:
            let edges = [-0.0, 9_007_199_254_740_992, 1e300, -1e300, 0.5]
            return .double(
                random.below(12) == 0 ? edges[random.below(5)] : Double(random.below(spread)) / 2 - 1)
        case .timestamp: return .timestamp(Value.Timestamp(Instant(microseconds: instant(spread, &random))))
        case .duration:
            let edges: [Int64] = [.min, .max, 9_223_372_036_854_775, -9_223_372_036_854_775, 0]
            let length =
                random.below(20) == 0 ? edges[random.below(5)] : Int64(random.below(spread)) * 43_200_000_000
            return .duration(Value.Duration(TimeSpan(microseconds: length)))
        case .text: return .string(text(spread, &random))
        case .coded:
            if random.below(8) == 0 { return [.null, .int(1), .string("k0")][random.below(3)] }
            return .list((0..<random.below(4)).map { _ in .string(text(min(spread, 6), &random)) })
        }
    }

    private static func text(_ spread: Int, _ random: inout Seeded) -> String {
        let number = random.below(spread)
        return switch number {
        case 0: ""
        case 1: "e\u{301}"
        case 2: "\u{e9}"
        default: "\(number % 2 == 0 ? "svc-" : "k")\(number)"
        }
    }

    /// The bindings of every row: what the tree walk is given.
    func bindings(hasInstants: Bool) -> [Bindings] {
        first.indices.map { row in
            var bindings = Bindings()
            bindings["a"] = Self.map(first[row])
            bindings["b"] = second[row].map(Self.map) ?? .null
            if hasInstants {
                bindings["at"] = .timestamp(Value.Timestamp(Instant(microseconds: instants[row])))
            }
            return bindings
        }
    }

    private static func map(_ record: Record) -> Value {
        var map = Value.Map()
        for (field, value) in zip(fields, record) { if let value { map.insert(value, named: field.name) } }
        return .map(map)
    }

    /// Blocks over all rows, cut at these places. The dictionaries grow from block to block.
    func blocks(cuts: [Int], hasInstants: Bool) -> [ColumnBlock] {
        var numbering = Numbering(), other = Numbering()
        var start = 0
        return (cuts + [first.count]).map { end in
            let rows = start..<end
            start = end
            // A shared dictionary must hold the texts of both records before a column takes it.
            let left = Array(first[rows]), right = Array(second[rows])
            for record in left { numbering.learn(record) }
            if isShared { for record in right { if let record { numbering.learn(record) } } }
            let a = record(left, &numbering)
            let b = isShared ? record(right, &numbering) : record(right, &other)
            return ColumnBlock(
                count: rows.count, variables: [("a", a), ("b", b)],
                instants: hasInstants ? Array(instants[rows]) : nil)
        }
    }

    private func record(_ rows: [Record?], _ numbering: inout Numbering) -> RecordColumns {
        for row in rows { if let row { numbering.learn(row) } }
        let columns = Self.fields.indices.map { index in
            (Self.fields[index].name, column(rows.map { $0?[index] }, Self.fields[index].sort, &numbering))
        }
        let presence: [UInt8]? = isRagged ? rows.map { $0 == nil ? 0 : 1 } : nil
        return RecordColumns(fields: columns, presence: presence)
    }

    private func column(_ values: [Value?], _ sort: Sort, _ numbering: inout Numbering) -> Column {
        let presence: [UInt8]? = isRagged ? values.map { $0 == nil ? 0 : 1 } : nil
        // Where a field is absent its value may be anything.
        let filled: Column.Values =
            switch sort {
            case .flag: .flags(values.map { if case .bool(let flag)? = $0 { flag ? 1 : 0 } else { 1 } })
            case .whole: .whole(values.map { if case .int(let number)? = $0 { number } else { .max } })
            case .decimal:
                .decimals(values.map { if case .double(let number)? = $0 { number } else { .nan } })
            case .timestamp:
                .timestamps(
                    values.map { if case .timestamp(let time)? = $0 { time.microseconds } else { .min } })
            case .duration:
                .durations(
                    values.map { if case .duration(let length)? = $0 { length.microseconds } else { .max } })
            case .text:
                .texts(
                    values.map {
                        if case .string(let text)? = $0 { numbering.texts.number(of: text) } else { .max }
                    },
                    numbering.texts.dictionary)
            case .coded:
                .coded(values.map { $0.map { numbering.number(of: $0) } ?? .max }, numbering.distinct)
            }
        return Column(filled, presence: presence)
    }

    private struct Numbering {
        var texts = TextInterner()
        var distinct: [Value] = []

        mutating func learn(_ record: Record) {
            for (field, value) in zip(ColumnsSamples.fields, record) {
                guard let value else { continue }
                if case .string(let text) = value { _ = texts.number(of: text) }
                if field.sort == .coded { _ = number(of: value) }
            }
        }

        mutating func number(of value: Value) -> UInt32 {
            if let known = distinct.firstIndex(where: { $0.isIdentical(to: value) }) { return UInt32(known) }
            distinct.append(value)
            return UInt32(distinct.count - 1)
        }
    }
}

extension Value.Timestamp {
    /// What a column holds for this moment: the last nanosecond of the years stands for whatever comes later.
    fileprivate var microseconds: Int64 {
        seconds == Self.latest && nanoseconds == 999_999_999 ? .max : instant.microseconds
    }
}

extension Value.Duration {
    /// What a column holds for this length: the ends stand for whatever lies beyond.
    fileprivate var microseconds: Int64 {
        nanoseconds == .max ? .max : (nanoseconds == .min ? .min : span.microseconds)
    }
}
