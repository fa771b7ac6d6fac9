import Synchronization

/// What all evaluations of one test may take together, so that many rows of moderate cost are bounded as well as one
/// row of great cost. All cores charge the same meter.
///
/// Once it is exhausted, every evaluation that is charged to it fails. Which rows that strikes depends on their order: what
/// was found is to be thrown away, never told. Only trees that are walked are charged; what columns compute without a walk
/// is bounded by their length.
package final class CostMeter: Sendable {
    /// Enough for 500 million rows of an ordinary condition, about a quarter of an hour of evaluation.
    package static let standard = 10_000_000_000

    /// In units of `ExpressionLimits.cost`, each about a tenth of a microsecond.
    package let limit: Int
    private let taken = Atomic<Int>(0)

    package init(limit: Int = CostMeter.standard) {
        self.limit = limit
    }

    /// What has been taken so far, the last evaluation included.
    package var spent: Int { taken.load(ordering: .relaxed) }

    package var isExhausted: Bool { spent > limit }

    func spend(_ cost: Int) {
        taken.wrappingAdd(cost, ordering: .relaxed)
    }
}

/// What an evaluation may take.
struct CostAllowance: Sendable {
    /// The most that one evaluation takes, in units.
    let each: Int
    /// What it is charged to, beside others.
    let meter: CostMeter?
}

extension Expression {
    /// The same expression, its evaluations charged to a meter.
    package func metered(by meter: CostMeter) -> Expression {
        var copy = self
        copy.meter = meter
        return copy
    }

    var allowance: CostAllowance { CostAllowance(each: limits.cost, meter: meter) }
}
