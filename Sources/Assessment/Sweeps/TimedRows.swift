import Evidence
import Expressions
import Formats

/// The versions of records, each cut where a predicate over the moving instant `at` (`docs/program.md`) may turn: a part
/// of a row has one answer.
struct TimedRows: Sendable {
    /// Where the parts of a row begin in `starts`; one entry more than rows.
    private let offsets: [Int]
    private let starts: [Int64]

    /// Nil when no predicate moves with time.
    ///
    /// - Parameter term: only what lies in it is cut; rows outside have no part.
    init?(_ predicates: [Predicate], _ states: StateColumns, in term: (start: Int64, end: Int64)) {
        let atoms = predicates.flatMap { predicate in
            ((try? predicate.expression.temporalAtoms(of: "at")) ?? []).map { (predicate, $0) }
        }
        guard !atoms.isEmpty else { return nil }
        let flips = atoms.map { predicate, atom in
            atom.flips(
                over: ColumnBlock(count: states.count, variables: [(predicate.variable, states.record)]))
        }
        var offsets = [0]
        var starts: [Int64] = []
        for row in 0..<states.count {
            let start = max(states.starts[row], term.start)
            let end = min(states.ends[row], term.end)
            if start < end {
                starts.append(start)
                let first = starts.count
                for flips in flips {
                    guard let flip = flips[row]?.microseconds, flip > start, flip < end,
                        !starts[first...].contains(flip)
                    else { continue }
                    starts.append(flip)
                }
                starts[first...].sort()
            }
            offsets.append(starts.count)
        }
        self.offsets = offsets
        self.starts = starts
    }

    /// The numbers of a row's parts, in the order of time.
    func parts(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    func start(of part: Int) -> Int64 { starts[part] }

    /// Where a part of a row ends that itself ends no later than `end`.
    func end(of part: Int, in row: Int, _ end: Int64) -> Int64 {
        part + 1 < offsets[row + 1] ? min(end, starts[part + 1]) : end
    }

    /// The records, once for every part, each as of the part's first instant.
    func block(_ variable: String, _ states: StateColumns) -> ColumnBlock {
        var rows: [Int32] = []
        rows.reserveCapacity(starts.count)
        for row in 0..<states.count {
            for _ in parts(of: row) { rows.append(Int32(row)) }
        }
        return ColumnBlock(
            count: rows.count, variables: [(variable, states.record.gathered(rows))], instants: starts)
    }
}

extension ColumnBlock {
    /// The rows to compute a predicate over: each record once, or once for every part.
    init(_ variable: String, _ states: StateColumns, _ timed: TimedRows?) {
        self =
            timed?.block(variable, states)
            ?? ColumnBlock(count: states.count, variables: [(variable, states.record)])
    }
}
