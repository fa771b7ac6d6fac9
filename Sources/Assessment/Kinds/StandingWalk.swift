import Evidence
import Formats

/// Says at each instant whether a statement stands, in one pass over the statements in order of time.
struct StandingWalk {
    private let statements: [AttestEvaluation.Statement]
    private let knownAt: Instant
    /// From when on what was not collected is not known yet.
    private let awaited: Instant
    /// Where one stands that counts.
    private let standing: IntervalSet
    /// Where one may stand that was signed while nobody collected.
    private let unknown: IntervalSet
    /// Where it is known that none stands.
    private let failing: IntervalSet

    /// - Parameters:
    ///   - past: the time that is judged, and before it that in which a failure may have begun.
    ///   - valid: how long a statement may stand.
    init(
        _ statements: [AttestEvaluation.Statement], _ coverage: IntervalSet, over past: Interval,
        valid: TimeSpan, _ frame: Frame
    ) {
        let reach = Interval(from: past.start - valid, to: past.end) ?? past
        let short = valid + TimeSpan(microseconds: -1)
        self.statements = statements
        knownAt = frame.knownAt
        awaited = frame.awaited(after: coverage)
        unknown = IntervalSet(
            frame.missing(from: coverage, in: reach).intervals.compactMap {
                Interval(from: $0.start, to: $0.end + short)
            })
        // What lies ahead has not happened.
        let known = IntervalSet([Interval(from: .distantPast, to: knownAt)].compactMap { $0 })
        standing = IntervalSet(statements.filter { $0.worth == .stands }.map(\.interval)).intersection(known)
        let doubtful = IntervalSet(statements.filter(\.isDoubtful).map(\.interval))
        let judged = Interval(from: past.start, to: min(past.end, awaited))
        failing = standing.union(unknown).union(doubtful).gaps(in: IntervalSet([judged].compactMap { $0 }))
    }

    /// What a row says of a stretch, and the statements that it rests on, by number.
    private struct Told {
        var interval: Interval
        let verdict: Verdict
        let reason: VerdictReason?
        let run: Instant?
        var statements: [Int]
    }

    /// The rows over a stretch, in order.
    func rows(over stretch: Interval) -> [VerdictRow] {
        let edges = (statements.map(\.interval) + unknown.intervals).flatMap { [$0.start, $0.end] }
        var present = PresentStatements(statements)
        var runs = Runs(standing: standing, failing: failing)
        var found: [Told] = []
        for part in stretch.cut(at: edges + [awaited, knownAt]) {
            let entered = present.advance(to: part.start)
            let (verdict, reason) = judge(present, at: part.start)
            // A statement that does not count ends nothing, nor does a gap: only one that stands does.
            let run = verdict == .pass ? nil : runs.run(at: part.start)
            // In place: a copy of the last one would copy all its statements.
            if let last = found.indices.last, found[last].verdict == verdict, found[last].reason == reason,
                found[last].run == run,
                let joined = Interval(from: found[last].interval.start, to: part.end)
            {
                found[last].interval = joined
                found[last].statements += entered
            } else {
                found.append(
                    Told(
                        interval: part, verdict: verdict, reason: reason, run: run,
                        statements: Array(present.numbers)))
            }
        }
        return found.map(row)
    }

    private func row(_ told: Told) -> VerdictRow {
        let counted = told.statements.filter { told.verdict != .pass || statements[$0].worth == .stands }
        return VerdictRow(
            key: "", interval: told.interval, verdict: told.verdict, reason: told.reason,
            references: FactReferences(Set(counted.map { statements[$0].event.reference }).sorted()),
            run: told.run)
    }

    private func judge(_ present: PresentStatements, at instant: Instant) -> (Verdict, VerdictReason?) {
        if instant >= knownAt { return (.pending, nil) }
        if standing.contains(instant) { return (.pass, nil) }
        if unknown.contains(instant) { return (.unknown, .uncovered) }
        if let first = present.firstDoubtful, case .doubtful(let doubt) = statements[first].worth {
            return (.unknown, .predicate(doubt))
        }
        if instant >= awaited { return (.pending, .notCollectedSince(awaited)) }
        return (.fail, present.hasSelfAttested ? .selfAttested : .notAttested)
    }

    /// Since when it is known that none stands: from the first instant at which that is so after one that counts has ended.
    private struct Runs {
        let standing: IntervalSet
        let failing: IntervalSet
        private var begun = 0
        private var passed = 0

        init(standing: IntervalSet, failing: IntervalSet) {
            self.standing = standing
            self.failing = failing
        }

        /// - Parameter instant: none stands there; no earlier than the one before.
        mutating func run(at instant: Instant) -> Instant? {
            while begun < standing.intervals.count, standing.intervals[begun].start <= instant { begun += 1 }
            let end = begun > 0 ? standing.intervals[begun - 1].end : .distantPast
            while passed < failing.intervals.count, failing.intervals[passed].end <= end { passed += 1 }
            guard passed < failing.intervals.count, failing.intervals[passed].start <= instant else {
                return nil
            }
            return failing.intervals[passed].start
        }
    }
}

/// The statements whose time has come and is not over, at instants in order.
private struct PresentStatements {
    private let statements: [AttestEvaluation.Statement]
    private let starts: [Int]
    private let ends: [Int]
    private var begun = 0
    private var ended = 0
    /// Their numbers.
    private(set) var numbers: Set<Int> = []
    private var selfAttested = 0
    /// The numbers of those of which it cannot be said whether they count, in order.
    private var doubtful: [Int] = []

    init(_ statements: [AttestEvaluation.Statement]) {
        self.statements = statements
        starts = statements.indices.sorted { statements[$0].interval.start < statements[$1].interval.start }
        ends = statements.indices.sorted { statements[$0].interval.end < statements[$1].interval.end }
    }

    var hasSelfAttested: Bool { selfAttested > 0 }

    var firstDoubtful: Int? { doubtful.first }

    /// Goes on to an instant, and gives those that have come since the last one and are not over.
    mutating func advance(to instant: Instant) -> [Int] {
        var entered: [Int] = []
        while begun < starts.count, statements[starts[begun]].interval.start <= instant {
            let number = starts[begun]
            begun += 1
            // Else it would come and go unseen.
            guard statements[number].interval.end > instant else { continue }
            enter(number)
            entered.append(number)
        }
        while ended < ends.count, statements[ends[ended]].interval.end <= instant {
            leave(ends[ended])
            ended += 1
        }
        return entered
    }

    private mutating func enter(_ number: Int) {
        numbers.insert(number)
        if statements[number].worth == .selfAttested { selfAttested += 1 }
        if statements[number].isDoubtful { doubtful.insert(number, at: place(of: number)) }
    }

    private mutating func leave(_ number: Int) {
        guard numbers.remove(number) != nil else { return }
        if statements[number].worth == .selfAttested { selfAttested -= 1 }
        if statements[number].isDoubtful { doubtful.remove(at: place(of: number)) }
    }

    /// Where a number stands among the doubtful, or would.
    private func place(of number: Int) -> Int {
        var (low, high) = (0, doubtful.count)
        while low < high {
            let middle = (low + high) / 2
            if doubtful[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
