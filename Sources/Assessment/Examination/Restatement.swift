import Catalog
import Evidence
package import Formats

/// Why two results cannot be compared.
package enum RestatementError: Error, Hashable, CustomStringConvertible {
    case periods(Interval, Interval)

    package var description: String {
        switch self {
        case .periods(let one, let other):
            "the results are of different periods, \(one) and \(other); assess one period at both times"
        }
    }
}

/// What late or corrected evidence changed: two results of one period, as known at two times (`docs/verdicts.md`).
package struct Restatement: Sendable {
    /// A verdict that is another one now.
    package struct RowChange: Sendable, Hashable {
        package let key: Identifier
        package let source: Identifier
        package let interval: Interval
        /// Nil where there was no row.
        package let before: Verdict?
        /// Nil where there is none any more.
        package let after: Verdict?

        /// Whether something had been decided that is decided otherwise now, rather than decided for the first time.
        package var isRestated: Bool {
            guard let before else { return false }
            return ![.pending, .unknown].contains(before)
        }
    }

    /// An exception that appeared, vanished or has another extent; it is the same when its key, source and start are.
    package struct ExceptionChange: Sendable, Hashable {
        package let before: ControlException?
        package let after: ControlException?
    }

    /// An outcome that is another one now; nil where there was or is none.
    package struct OutcomeChange: Sendable, Hashable {
        package let id: Identifier
        package let before: String?
        package let after: String?
    }

    /// What changed in one test.
    package struct TestChange: Sendable, Hashable {
        package let test: Identifier
        /// Sorted by key, source and time.
        package let rows: [RowChange]
        package let exceptions: [ExceptionChange]
        /// Nil when the conclusion is the same.
        package let conclusion: OutcomeChange?

        fileprivate var isEmpty: Bool { rows.isEmpty && exceptions.isEmpty && conclusion == nil }
    }

    package let period: Interval
    /// The times of knowledge.
    package let before: Instant
    package let after: Instant
    /// The shares that each of the results was judged by.
    package let toleranceBefore: Tolerance
    package let toleranceAfter: Tolerance
    /// Only those in which something changed, sorted by id.
    package let tests: [TestChange]
    package let controls: [OutcomeChange]
    package let criteria: [OutcomeChange]

    /// - Parameter whole: outcomes of tests with all of their rows, in place of those that list some only.
    package init(
        from earlier: AssessmentResult, to later: AssessmentResult,
        whole: [Identifier: (before: TestOutcome, after: TestOutcome)] = [:]
    ) throws(RestatementError) {
        guard earlier.input.period == later.input.period else {
            throw .periods(earlier.input.period, later.input.period)
        }
        period = later.input.period
        before = earlier.input.knownAt
        after = later.input.knownAt
        toleranceBefore = earlier.input.tolerance
        toleranceAfter = later.input.tolerance
        let pairs = Self.pairs(earlier.tests, later.tests) { $0.test.id }
        tests = Parallel.map(pairs) { id, before, after in
            Self.change(id, whole[id]?.before ?? before, whole[id]?.after ?? after)
        }.filter { !$0.isEmpty }
        controls = Self.outcomes(earlier.controls, later.controls) { ($0.control.id, $0.conclusion.rawValue) }
        criteria = Self.outcomes(earlier.criteria, later.criteria) { ($0.criterion.id, $0.status.rawValue) }
    }

    /// Nothing is told otherwise than before.
    package var isEmpty: Bool { tests.isEmpty && controls.isEmpty && criteria.isEmpty }

    // MARK: Comparing

    /// The elements of two lists by what identifies them, in order.
    private static func pairs<Element, ID: Hashable & Comparable>(
        _ before: [Element], _ after: [Element], by id: (Element) -> ID
    ) -> [(id: ID, before: Element?, after: Element?)] {
        let (old, new) = (inOrder(before, by: id), inOrder(after, by: id))
        var found: [(id: ID, before: Element?, after: Element?)] = []
        found.reserveCapacity(max(old.count, new.count))
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if right == new.count || (left < old.count && old[left].id < new[right].id) {
                found.append((old[left].id, old[left].element, nil))
                left += 1
            } else if left == old.count || new[right].id < old[left].id {
                found.append((new[right].id, nil, new[right].element))
                right += 1
            } else {
                found.append((old[left].id, old[left].element, new[right].element))
                (left, right) = (left + 1, right + 1)
            }
        }
        return found
    }

    /// Elements in the order of what identifies them; of those with one id, the first. Most come that way.
    private static func inOrder<Element, ID: Hashable & Comparable>(
        _ elements: [Element], by id: (Element) -> ID
    ) -> [(id: ID, element: Element)] {
        let named = elements.map { (id: id($0), element: $0) }
        if zip(named, named.dropFirst()).allSatisfy({ $0.id < $1.id }) { return named }
        return Dictionary(named.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }).values
            .sorted { $0.id < $1.id }
    }

    /// The same of what may stand at one place with others, as obligations of one record do that fall due together:
    /// there, those that rest on the same fact belong together, and of the rest the first with the first.
    private static func matches<Element: Placed>(
        _ before: [Element], _ after: [Element], at place: (Element) -> Place
    ) -> [(id: Place, before: Element?, after: Element?)] {
        let (old, new) = (Dictionary(grouping: before, by: place), Dictionary(grouping: after, by: place))
        if old.count == before.count, new.count == after.count { return pairs(before, after, by: place) }
        var found: [(id: Place, before: Element?, after: Element?)] = []
        for id in Set(old.keys).union(new.keys).sorted() {
            var (left, right) = ([Element](), new[id] ?? [])
            for element in old[id] ?? [] {
                let fact = element.references.first
                if let same = right.firstIndex(where: { $0.references.first == fact }) {
                    found.append((id, element, right.remove(at: same)))
                } else {
                    left.append(element)
                }
            }
            for (one, other) in zip(left, right) { found.append((id, one, other)) }
            for one in left.dropFirst(right.count) { found.append((id, one, nil)) }
            for other in right.dropFirst(left.count) { found.append((id, nil, other)) }
        }
        return found
    }

    private static func outcomes<Element>(
        _ before: [Element], _ after: [Element], _ told: (Element) -> (id: Identifier, outcome: String)
    ) -> [OutcomeChange] {
        pairs(before, after) { told($0).id }.compactMap { id, old, new in
            change(id, old.map { told($0).outcome }, new.map { told($0).outcome })
        }
    }

    private static func change(_ id: Identifier, _ before: String?, _ after: String?) -> OutcomeChange? {
        before == after ? nil : OutcomeChange(id: id, before: before, after: after)
    }

    private static func change(
        _ id: Identifier, _ before: TestOutcome?, _ after: TestOutcome?
    ) -> TestChange {
        let conclusion = change(id, before?.conclusion.rawValue, after?.conclusion.rawValue)
        // Exceptions follow from the rows.
        if let before, let after, before.rows.rows == after.rows.rows {
            return TestChange(test: id, rows: [], exceptions: [], conclusion: conclusion)
        }
        let none = ExceptionList(of: [])
        let (old, new) = unshared(before?.exceptions ?? none, after?.exceptions ?? none)
        let exceptions = matches(old, new, at: Place.init).compactMap { _, old, new -> ExceptionChange? in
            let isSame = old?.interval == new?.interval && old?.failing == new?.failing
            return isSame ? nil : ExceptionChange(before: old, after: new)
        }
        let rows = unshared(before?.rows.rows ?? [], after?.rows.rows ?? [])
        return TestChange(
            test: id, rows: Self.rows(rows.before, rows.after), exceptions: exceptions,
            conclusion: conclusion)
    }

    /// What two lists, both sorted by key, source and time, do not have in common. Most have nearly all.
    private static func unshared<List: RandomAccessCollection>(
        _ before: List, _ after: List
    ) -> (before: [List.Element], after: [List.Element]) where List.Element: Placed, List.Index == Int {
        var (old, new): ([List.Element], [List.Element]) = ([], [])
        var (left, right) = (0, 0)
        while left < before.count, right < after.count {
            if before[left].tellsTheSame(as: after[right]) {
                (left, right) = (left + 1, right + 1)
            } else if before[left].precedes(after[right]) {
                old.append(before[left])
                left += 1
            } else {
                new.append(after[right])
                right += 1
            }
        }
        return (old + before[left...], new + after[right...])
    }

    private struct Place: Hashable, Comparable {
        let key: Identifier
        let source: Identifier
        let start: Instant

        init(_ exception: ControlException) {
            (key, source, start) = (exception.key, exception.source, exception.interval.start)
        }

        init(_ row: VerdictRow, start: Instant) {
            (key, source, self.start) = (row.key, row.source, start)
        }

        static func < (left: Place, right: Place) -> Bool {
            (left.key, left.source, left.start) < (right.key, right.source, right.start)
        }
    }

    // MARK: Rows

    private static func rows(_ before: [VerdictRow], _ after: [VerdictRow]) -> [RowChange] {
        let found = units(before, after) + stretches(before, after)
        return found.sorted { ($0.key, $0.source, $0.interval) < ($1.key, $1.source, $1.interval) }
    }

    /// Events, windows and obligations are the same when they happened or fell due at one time.
    private static func units(_ before: [VerdictRow], _ after: [VerdictRow]) -> [RowChange] {
        let (old, new) = (before.filter { !$0.isStretch }, after.filter { !$0.isStretch })
        return matches(old, new, at: { Place($0, start: $0.instant) }).compactMap { place, old, new in
            guard old?.verdict != new?.verdict, let row = new ?? old else { return nil }
            return RowChange(
                key: place.key, source: place.source, interval: row.interval, before: old?.verdict,
                after: new?.verdict)
        }
    }

    /// What is measured in time is compared instant by instant.
    private static func stretches(_ before: [VerdictRow], _ after: [VerdictRow]) -> [RowChange] {
        let old = Dictionary(grouping: before.filter(\.isStretch)) { Place($0, start: .distantPast) }
        let new = Dictionary(grouping: after.filter(\.isStretch)) { Place($0, start: .distantPast) }
        var found: [RowChange] = []
        for place in Set(old.keys).union(new.keys) {
            var (left, right) = (Cursor(rows: old[place] ?? []), Cursor(rows: new[place] ?? []))
            let edges = Set((left.rows + right.rows).flatMap { [$0.interval.start, $0.interval.end] })
                .sorted()
            var own: [RowChange] = []
            for (start, end) in zip(edges, edges.dropFirst()) {
                let verdicts = (left.verdict(at: start), right.verdict(at: start))
                // Where a record was not known of, it did not apply.
                guard verdicts.0 ?? .notApplicable != verdicts.1 ?? .notApplicable else { continue }
                var first = start
                if let last = own.last, last.interval.end == start, last.before == verdicts.0,
                    last.after == verdicts.1
                {
                    first = last.interval.start
                    own.removeLast()
                }
                guard let interval = Interval(from: first, to: end) else { continue }
                own.append(
                    RowChange(
                        key: place.key, source: place.source, interval: interval, before: verdicts.0,
                        after: verdicts.1))
            }
            found += own
        }
        return found
    }

    /// Walks the rows of one key in time.
    private struct Cursor {
        let rows: [VerdictRow]
        private var index = 0

        init(rows: [VerdictRow]) {
            self.rows = rows.sorted { $0.interval < $1.interval }
        }

        mutating func verdict(at instant: Instant) -> Verdict? {
            while index < rows.count, rows[index].interval.end <= instant { index += 1 }
            guard index < rows.count, rows[index].interval.contains(instant) else { return nil }
            return rows[index].verdict
        }
    }
}

/// What stands in a list that is sorted by key, source and time.
private protocol Placed {
    var key: Identifier { get }
    var source: Identifier { get }
    var interval: Interval { get }
    var references: FactReferences { get }
    /// Whether a restatement would have nothing to tell of the two.
    func tellsTheSame(as other: Self) -> Bool
}

extension Placed {
    fileprivate func precedes(_ other: Self) -> Bool {
        if key != other.key { return key < other.key }
        if source != other.source { return source < other.source }
        return interval < other.interval
    }
}

extension VerdictRow: Placed {
    fileprivate func tellsTheSame(as other: VerdictRow) -> Bool {
        interval == other.interval && verdict == other.verdict && due == other.due
            && isStretch == other.isStretch && key == other.key && source == other.source
    }
}

extension ControlException: Placed {
    fileprivate func tellsTheSame(as other: ControlException) -> Bool {
        interval == other.interval && failing == other.failing && key == other.key && source == other.source
    }
}
