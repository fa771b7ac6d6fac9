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
                    requirement: version.requirement.metered(by: meter), inForce: version.inForce,
                    digest: version.digest, recorded: version.recorded)
            }, waivers: test.waivers)
    }

    /// Fails when what has been found so far is to be thrown away.
    package func check() throws(CostError) {
        if meter.isExhausted { throw .exceeded(test: test.id, limit: meter.limit) }
    }
}

extension Requirement {
    fileprivate func metered(by meter: CostMeter) -> Requirement {
        switch self {
        case .state(var rule):
            rule.require.charge(meter)
            rule.scope?.charge(meter)
            return .state(rule)
        case .event(var rule):
            rule.require.charge(meter)
            rule.scope?.charge(meter)
            rule.joins.charge(meter)
            return .event(rule)
        case .cadence(var rule):
            rule.qualify?.charge(meter)
            rule.subjects?.scope?.charge(meter)
            rule.subjects?.key.charge(meter)
            return .cadence(rule)
        case .response(var rule):
            rule.scope?.charge(meter)
            rule.trigger.filter?.charge(meter)
            rule.trigger.moment?.charge(meter)
            rule.trigger.key.charge(meter)
            rule.trigger.until?.charge(meter)
            rule.target.predicate?.charge(meter)
            rule.target.key.charge(meter)
            return .response(rule)
        case .ratio(var rule):
            rule.scope?.charge(meter)
            rule.require.charge(meter)
            rule.group?.charge(meter)
            return .ratio(rule)
        case .recon(var rule):
            rule.scope?.charge(meter)
            rule.key.charge(meter)
            rule.partners.scope?.charge(meter)
            rule.partners.key.charge(meter)
            rule.totals?.count?.charge(meter)
            rule.totals?.digest?.charge(meter)
            return .recon(rule)
        case .sod(.event(var rule)):
            rule.scope?.charge(meter)
            rule.first.charge(meter)
            rule.second.charge(meter)
            rule.joins.charge(meter)
            return .sod(.event(rule))
        case .sod(.roles(var first, var second)):
            first.scope?.charge(meter)
            first.key.charge(meter)
            second.scope?.charge(meter)
            second.key.charge(meter)
            return .sod(.roles(first, second))
        case .attest(var rule):
            rule.qualify?.charge(meter)
            rule.attester.charge(meter)
            rule.operator.charge(meter)
            rule.artifacts.charge(meter)
            rule.from?.charge(meter)
            rule.until?.charge(meter)
            return .attest(rule)
        }
    }
}

extension Predicate {
    fileprivate mutating func charge(_ meter: CostMeter) {
        self = Predicate(variable: variable, expression: expression.metered(by: meter))
    }
}

extension [AsOfJoin] {
    fileprivate mutating func charge(_ meter: CostMeter) {
        for index in indices {
            self[index].local.charge(meter)
            self[index].remote.charge(meter)
            self[index].asOf?.charge(meter)
        }
    }
}
