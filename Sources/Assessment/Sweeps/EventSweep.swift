import Catalog
import Evidence
import Expressions
import Formats
import Synchronization

/// A sweep in which each version of a test goes through events with a scan of its own.
protocol ScanningSweep {
    associatedtype Judge: EventJudge
    var versions: [RequirementVersion] { get }
    var frame: SweepFrame { get }
    /// Whether the instant of every passing event is kept.
    var keepsMoments: Bool { get }
    /// The scan of a version through what happened in a stretch of time; nil when there is no such evidence.
    func scan(_ version: RequirementVersion, _ stretch: Interval) -> EventScan<Judge>?
}

extension ScanningSweep {
    func rows() throws -> SweptRows {
        var found = SweptRows()
        for version in versions {
            guard let stretch = version.inForce.clipped(to: frame.period) else { continue }
            if let scan = scan(version, stretch) {
                try scan.run(&found)
            } else {
                found.listed.uncovered = found.listed.uncovered.union(frame.frame.elapsed(stretch))
            }
        }
        found.listed.sort()
        return found
    }

    /// What the test reads block by block; nothing where it keeps what no memo remembers, or judges
    /// no event.
    var readers: [BlockReader] {
        if keepsMoments || frame.period.isInstant { return [] }
        return versions.flatMap { version in
            version.inForce.clipped(to: frame.period).flatMap { scan(version, $0) }?.readers ?? []
        }
    }
}

/// Evaluates an `event` test on columns, a block of events at a time. `EventEvaluation` is its oracle, and words the
/// verdicts on the few events that did not plainly pass.
struct EventSweep: ScanningSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame
    var keepsMoments = false

    func scan(_ version: RequirementVersion, _ stretch: Interval) -> EventScan<RequireJudge>? {
        guard case .event(let rule) = version.requirement, let columns = frame.columns[rule.kind] else {
            return nil
        }
        let (joins, versions, frame) = (AskedJoins(rule.joins, frame), versions, frame)
        return EventScan(
            version, columns, stretch, scope: rule.scope, joins: rule.joins, judged: [rule.require],
            judge: RequireJudge(rule.require), keepsMoments: keepsMoments, frame
        ) { event, source, isCovered in
            let oracle = EventEvaluation(versions: versions, frame: frame.frame)
            return oracle.row(rule, event, columns.kind, source, try joins.all(), isCovered: isCovered)
        }
    }
}

/// The records of some joins, for the few events that take a closer look: read once somebody asks.
final class AskedJoins: Sendable {
    private let joins: [AsOfJoin]
    private let frame: SweepFrame
    private let known = Mutex<[JoinIndex]?>(nil)

    init(_ joins: [AsOfJoin], _ frame: SweepFrame) {
        self.joins = joins
        self.frame = frame
    }

    func all() throws -> [JoinIndex] {
        try known.withLock { known in
            if let known { return known }
            let made = try joins.map { JoinIndex($0, try frame.records(of: $0)) }
            known = made
            return made
        }
    }
}

/// Judges a block of events, all at once.
protocol EventJudge: Sendable {
    /// The predicate whose answers are the judge's; nil when there is more to it.
    var predicate: Predicate? { get }
    /// Whether an event that nobody vouches for rests on what joins have found for it, too.
    static var looksUpUnwatched: Bool { get }
    /// A `ColumnAnswer` for each row. Undecidable also where it takes the simple evaluator to tell.
    mutating func answers(over block: ColumnBlock) -> [UInt8]
}

/// The predicate of an event test.
struct RequireJudge: EventJudge {
    static let looksUpUnwatched = true
    private let require: Predicate
    var predicate: Predicate? { require }
    private var evaluation: ColumnEvaluation

    init(_ require: Predicate) {
        self.require = require
        evaluation = ColumnEvaluation(require.expression)
    }

    mutating func answers(over block: ColumnBlock) -> [UInt8] {
        require.answers(&evaluation, over: block)
    }
}
