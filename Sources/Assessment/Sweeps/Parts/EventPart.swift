import Evidence
import Formats

/// What one version of a test finds in one block of events, in their order; events that are out of scope are left out.
struct EventPart: Sendable {
    enum Entry: Sendable {
        /// Events that passed one after another.
        case passed(count: Int, Interval)
        case row(VerdictRow)
    }

    var entries: [Entry] = []

    var rowCount: Int { entries.count { if case .row = $0 { true } else { false } } }

    /// Adds what was found to the rows of a test.
    ///
    /// - Parameter awaited: from here on what nobody vouched for is not collected *yet*. It moves with the time of
    ///   knowledge, so it has no say in the part itself.
    func add(to found: inout SweptRows, of source: Identifier, awaited: Instant) {
        for index in entries.indices {
            switch entries[index] {
            case .passed(let count, let interval):
                found.plain.addEvents(count, over: interval, of: source)
            case .row(var row):
                if row.reason == .uncovered, row.interval.start >= awaited { row.verdict = .pending }
                found.add(row)
            }
        }
    }
}
