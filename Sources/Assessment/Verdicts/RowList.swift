import Formats

/// Rows one behind the other. There may be millions, so that rows which were found together stay where they are: a list
/// is made of stretches, and adding a stretch copies no row.
package struct RowList: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
    /// None is empty.
    private var closed: [[VerdictRow]] = []
    /// Of each of them, how many rows there are up to its end.
    private var ends: [Int] = []
    /// Rows that come one by one, behind all others.
    private var open: [VerdictRow] = []

    package init(_ rows: [VerdictRow] = []) { open = rows }

    package init(arrayLiteral rows: VerdictRow...) { open = rows }

    private var closedCount: Int { ends.last ?? 0 }

    package var startIndex: Int { 0 }
    package var endIndex: Int { closedCount + open.count }

    /// A row as a whole is dear to copy: who goes through many of them takes stretches.
    package subscript(position: Int) -> VerdictRow {
        let (stretch, index) = located(position)
        return stretch[index]
    }

    package func makeIterator() -> FlattenSequence<[[VerdictRow]]>.Iterator {
        stretches.joined().makeIterator()
    }

    /// The rows in arrays, in their order.
    var stretches: [[VerdictRow]] { open.isEmpty ? closed : closed + [open] }

    /// The stretch that holds a row, and the row's index there.
    func located(_ position: Int) -> (stretch: [VerdictRow], index: Int) {
        if position >= closedCount { return (open, position - closedCount) }
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= position { low = middle + 1 } else { high = middle }
        }
        return (closed[low], position - (ends[low] - closed[low].count))
    }

    package mutating func append(_ row: consuming VerdictRow) { open.append(row) }

    package mutating func append(contentsOf rows: some Sequence<VerdictRow>) { open.append(contentsOf: rows) }

    package static func += (list: inout RowList, rows: some Sequence<VerdictRow>) {
        list.append(contentsOf: rows)
    }

    /// Adds rows that were found together, where they are.
    mutating func adopt(_ rows: [VerdictRow]) {
        close(open)
        open = []
        close(rows)
    }

    mutating func adopt(_ other: RowList) {
        for stretch in other.stretches { adopt(stretch) }
    }

    private mutating func close(_ rows: [VerdictRow]) {
        if rows.isEmpty { return }
        ends.append(closedCount + rows.count)
        closed.append(rows)
    }

    /// Hands over the rows that came one by one, for others to be added behind them, without a copy.
    mutating func changeOpen(_ body: (inout [VerdictRow]) -> Void) { body(&open) }
}

extension RowList: Equatable {
    package static func == (left: RowList, right: RowList) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }
}

/// Rows of one key and source, which stand together in a sorted list.
struct RowUnit {
    /// Where the first of them stands in the list.
    let place: Int
    let rows: ArraySlice<VerdictRow>
}

extension RowList {
    /// Of sorted rows, those of one key and source together.
    var byUnit: RowUnits { RowUnits(self) }
}

struct RowUnits: Sequence, IteratorProtocol {
    private let stretches: [[VerdictRow]]
    private var (stretch, index, place): (Int, Int, Int) = (0, 0, 0)

    init(_ rows: RowList) {
        stretches = rows.stretches
    }

    mutating func next() -> RowUnit? {
        guard stretch < stretches.count else { return nil }
        let (rows, first) = (stretches[stretch], index)
        let end = Self.end(of: rows, from: first, alike: rows, first)
        var unit = RowUnit(place: place, rows: rows[first..<end])
        (index, place) = (end, place + end - first)
        if end == rows.count { goOn(&unit) }
        return unit
    }

    /// Goes over to the next stretch, where the unit may go on.
    private mutating func goOn(_ unit: inout RowUnit) {
        (stretch, index) = (stretch + 1, 0)
        while stretch < stretches.count {
            let rows = stretches[stretch]
            let end = Self.end(of: rows, from: 0, alike: Array(unit.rows.prefix(1)), 0)
            if end == 0 { return }
            unit = RowUnit(place: unit.place, rows: unit.rows + rows[..<end])
            (index, place) = (end, place + end)
            if end < rows.count { return }
            (stretch, index) = (stretch + 1, 0)
        }
    }

    /// Up to where rows have the key and the source of another one. Whole rows are dear to copy.
    private static func end(
        of rows: [VerdictRow], from start: Int, alike others: [VerdictRow], _ other: Int
    ) -> Int {
        var end = start
        while end < rows.count, rows[end].key == others[other].key, rows[end].source == others[other].source {
            end += 1
        }
        return end
    }
}
