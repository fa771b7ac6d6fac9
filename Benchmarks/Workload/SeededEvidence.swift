package import Evidence
import Formats

/// A period of an organisation's evidence, drawn from a seed: the same rows on every machine. Nothing is kept but people
/// and gaps; every other kind is drawn when it is asked for, in tables of bounded size.
///
/// Each kind draws from streams of its own (`SplitMix64(seed:stream:)`), so kinds can be made alone and in any order:
///
/// | stream | draws |
/// |---|---|
/// | 0 | gaps |
/// | 1, 11 | people; when the facts about them became known |
/// | 2, 12 | accounts |
/// | 3, 13 | stores |
/// | 4, 14, 24 | findings; knowledge of their discovery; knowledge of their repair |
/// | 5, 15 | deployments |
/// | 6, 16 | accesses |
/// | 7, 17 | probes |
/// | 8, 18 | backups |
/// | 100 + k, 200 + k | resources of kind k |
///
/// The file of each kind states the order of its draws. `Benchmarks/Oracles/workload.py` is the twin in Python.
package struct SeededEvidence: Sendable {
    package let size: WorkloadSize
    package let seed: UInt64
    package let calendar: WorkloadCalendar
    let people: [Person]
    /// People who leave within the period, in order.
    let leavers: [Int]
    private let gaps: Gaps

    package init(_ size: WorkloadSize, seed: UInt64 = 1_058) {
        self.size = size
        self.seed = seed
        calendar = WorkloadCalendar(days: size.days)
        let people = Person.all(size, calendar, SplitMix64(seed: seed, stream: 1))
        self.people = people
        leavers = people.indices.filter { people[$0].ended != nil }
        gaps = Gaps(size, calendar, SplitMix64(seed: seed, stream: 0))
    }

    func draws(_ stream: Int) -> SplitMix64 { SplitMix64(seed: seed, stream: stream) }

    /// Where the collector of a kind saw everything; it begins before the first record and ends with the period.
    package func coverage(_ kind: WorkloadKind) -> IntervalSet { gaps.coverage(kind, calendar) }

    func isCovered(_ kind: WorkloadKind, at instant: Int64) -> Bool { gaps.isCovered(kind, at: instant) }

    /// All rows of a kind in one table.
    package func table(_ kind: WorkloadKind) -> FactTable {
        var found = FactTable(kind)
        try? stream(kind, limit: .max) { found = $0 }
        return found
    }

    /// The rows of a kind in order, in tables of a little more than the limit at most; a key's states stay together.
    package func stream(
        _ kind: WorkloadKind, limit: Int = 65_536, _ body: (FactTable) throws -> Void
    ) throws {
        try withoutActuallyEscaping(body) { body in
            func recorder(_ stream: Int, latest: Int64 = .max) -> Recorder {
                Recorder(kind, draws(stream), latest: latest, limit: limit, body)
            }
            switch kind {
            case .access: try accesses(recorder(16))
            case .deployment: try deployments(recorder(15))
            case .probe: try probes(recorder(17))
            case .backup: try backups(recorder(18))
            case .found: try found(recorder(14))
            case .fixed: try fixed(recorder(24))
            case .account: try accounts(recorder(12, latest: calendar.end))
            case .employment: try employments(recorder(11, latest: calendar.end))
            case .store: try stores(recorder(13, latest: calendar.end))
            default:
                guard let index = WorkloadKind.resources.firstIndex(of: kind) else { return }
                try resources(index, recorder(200 + index, latest: calendar.end))
            }
        }
    }
}
