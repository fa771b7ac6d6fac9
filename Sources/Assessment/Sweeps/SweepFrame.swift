package import Evidence
import Expressions
package import Formats

/// What sweeps are evaluated against: the evidence as columns, the period, and the time of knowledge.
package struct SweepFrame: Sendable {
    package let columns: ColumnHistory
    /// Sources and coverage without the records: all that the rules about silence need.
    let frame: Frame

    package init(columns: ColumnHistory, period: Interval, knownAt: Instant) throws {
        self.columns = columns
        frame = Frame(history: try columns.history(of: []), period: period, knownAt: knownAt)
    }

    var period: Interval { frame.period }

    /// The frame of the simple evaluators, with the records of some kinds.
    func simple(_ kinds: Set<Identifier>) throws -> Frame {
        Frame(history: try columns.history(of: kinds), period: frame.period, knownAt: frame.knownAt)
    }
}
