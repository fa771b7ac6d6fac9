import Evidence
import Formats
package import Ledger

/// Every unit that a test judges in a period, sealed by a root: what a sample is drawn from.
///
/// The list is a function of the log, the period and the knowledge time. It is sorted by the bytes of the ids, so the
/// order in which evidence arrived has no part in it, and its Merkle root (RFC 6962, one leaf an id) changes when a
/// unit is added, removed or renamed.
package struct UnitPopulation: Sendable {
    /// In order of the bytes of their ids, each id once.
    package let units: [SamplingUnit]
    private let tree: MemoryTree

    package init(_ units: some Sequence<SamplingUnit>) {
        var byID: [Identifier: SamplingUnit] = [:]
        for unit in units {
            byID[unit.id] = byID[unit.id].map { $0.merged(with: unit) } ?? unit
        }
        self.units = byID.values.sorted { $0.id < $1.id }
        tree = MemoryTree(self.units.lazy.map { MerkleTree.leafHash($0.id.text.utf8) })
    }

    /// The units of a test over the frame's period.
    ///
    /// Left out is what the test does not judge there: what was never in scope, and obligations that fall due after the
    /// period, which are counted in the next one. What nothing is known of stays in.
    package init(_ test: ControlTest, _ frame: Frame, rows: TestRows) {
        self.init(
            rows.rows.byUnit.lazy.flatMap { (unit: RowUnit) -> [SamplingUnit] in
                unit.rows.numbered.filter {
                    $0.row.verdict != .notApplicable && !test.carriesForward($0.row, frame.period)
                }.map { row, ordinal in
                    SamplingUnit(
                        source: row.source, key: row.key, at: row.isStretch ? nil : row.instant,
                        ordinal: ordinal, verdicts: [row.verdict], references: Set(row.references))
                }
            })
    }

    package var count: Int { units.count }
    /// The root over the ids; that of the empty tree when there are none.
    package var root: Digest { tree.root }

    /// Why the unit at an index is in the population.
    package func inclusionProof(index: Int) throws -> InclusionProof {
        try tree.inclusionProof(index: index)
    }
}

extension SamplingUnit {
    /// The same unit with what another row says of it.
    fileprivate func merged(with other: SamplingUnit) -> SamplingUnit {
        SamplingUnit(
            source: source, key: key, at: at, ordinal: ordinal, verdicts: Set(verdicts + other.verdicts),
            references: Set(references + other.references))
    }
}

extension ArraySlice<VerdictRow> {
    /// Of rows of one key and source, each with its number among the units that fell due at the same instant, as
    /// obligations do whose deadline is the end of a day: in the order of the facts that they rest on, nil for the first.
    ///
    /// What does not apply is numbered too, so that no verdict gives another unit its name.
    fileprivate var numbered: [(row: VerdictRow, ordinal: Int?)] {
        var ordinals: [Int: Int] = [:]
        if count > 1 {
            let together = Dictionary(grouping: indices.filter { !self[$0].isStretch }) { self[$0].instant }
            for places in together.values where places.count > 1 {
                for (number, place) in places.sorted(by: restsEarlier).enumerated().dropFirst() {
                    ordinals[place] = number + 1
                }
            }
        }
        return indices.map { (self[$0], ordinals[$0]) }
    }

    private func restsEarlier(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (self[left].references, self[right].references)
        return first == second ? left < right : first.lexicographicallyPrecedes(second)
    }
}

extension ControlTest {
    /// Whether a row is an obligation that is counted in a later period.
    func carriesForward(_ row: VerdictRow, _ period: Interval) -> Bool {
        guard row.verdict == .pending, let due = row.due, due >= period.end,
            case .response = version(at: row.interval.start)?.requirement
        else { return false }
        return true
    }
}
