import Expressions
package import Formats

/// A test that takes more steps than an assessment grants it. It has no result: which of its rows would be missing is
/// chance.
package enum CostError: Error, Hashable, CustomStringConvertible {
    case exceeded(test: Identifier, limit: Int)

    package var description: String {
        switch self {
        case .exceeded(let test, let limit):
            "test \(test): its expressions took more than \(limit) steps together; narrow its scope, or simplify them"
        }
    }
}

/// A test whose evaluations are charged to a meter of its own.
package struct MeteredTest: Sendable {
    package let test: ControlTest
    private let meter: CostMeter

    /// - Parameter limit: in units of `ExpressionLimits.cost`.
    package init(_ test: ControlTest, limit: Int = CostMeter.standard) {
        let meter = CostMeter(limit: limit)
        self.meter = meter
        self.test = ControlTest(
            id: test.id, title: test.title,
            versions: test.versions.map { version in
                RequirementVersion(
                    requirement: version.requirement.visiting { predicate, _, _ in
                        predicate = Predicate(
                            variable: predicate.variable, expression: predicate.expression.metered(by: meter))
                    }, inForce: version.inForce, digest: version.digest, continuity: version.continuity,
                    recorded: version.recorded)
            }, waivers: test.waivers, keepsMoments: test.keepsMoments)
    }

    /// Fails when what has been found so far is to be thrown away.
    package func check() throws(CostError) {
        if meter.isExhausted { throw .exceeded(test: test.id, limit: meter.limit) }
    }
}
