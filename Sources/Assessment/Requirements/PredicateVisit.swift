import Expressions
import Formats

extension Requirement {
    /// The requirement with each of its predicates as the visit leaves it. Every predicate there is, is visited once.
    ///
    /// - Parameter visit: is also told of which kind the record is that the predicate looks at, and which records may
    ///   stand beside it under names of their own.
    func visiting(
        _ visit: (_ predicate: inout Predicate, _ kind: Identifier, _ joins: [AsOfJoin]) -> Void
    ) -> Requirement {
        func each(_ predicate: inout Predicate, _ kind: Identifier, _ joins: [AsOfJoin] = []) {
            visit(&predicate, kind, joins)
        }
        func each(_ predicate: inout Predicate?, _ kind: Identifier) {
            guard var some = predicate else { return }
            visit(&some, kind, [])
            predicate = some
        }
        func each(_ joins: inout [AsOfJoin], _ kind: Identifier) {
            for index in joins.indices {
                each(&joins[index].local, kind)
                each(&joins[index].asOf, kind)
                each(&joins[index].remote, joins[index].kind)
            }
        }
        switch self {
        case .state(var rule):
            each(&rule.scope, rule.kind)
            each(&rule.require, rule.kind)
            return .state(rule)
        case .event(var rule):
            each(&rule.scope, rule.kind)
            each(&rule.require, rule.kind, rule.joins)
            each(&rule.joins, rule.kind)
            return .event(rule)
        case .cadence(var rule):
            each(&rule.qualify, rule.kind)
            if var subjects = rule.subjects {
                each(&subjects.scope, subjects.kind)
                each(&subjects.key, rule.kind)
                rule.subjects = subjects
            }
            return .cadence(rule)
        case .response(var rule):
            each(&rule.scope, rule.trigger.kind)
            each(&rule.trigger.filter, rule.trigger.kind)
            each(&rule.trigger.moment, rule.trigger.kind)
            each(&rule.trigger.key, rule.trigger.kind)
            each(&rule.trigger.until, rule.trigger.kind)
            each(&rule.target.predicate, rule.target.kind)
            each(&rule.target.key, rule.target.kind)
            return .response(rule)
        case .ratio(var rule):
            each(&rule.scope, rule.kind)
            each(&rule.require, rule.kind)
            each(&rule.group, rule.kind)
            return .ratio(rule)
        case .recon(var rule):
            each(&rule.scope, rule.kind)
            each(&rule.key, rule.kind)
            each(&rule.partners.scope, rule.partners.kind)
            each(&rule.partners.key, rule.partners.kind)
            if var totals = rule.totals {
                each(&totals.count, rule.kind)
                each(&totals.digest, rule.kind)
                rule.totals = totals
            }
            return .recon(rule)
        case .sod(.event(var rule)):
            each(&rule.scope, rule.kind)
            each(&rule.first, rule.kind, rule.joins)
            each(&rule.second, rule.kind, rule.joins)
            each(&rule.joins, rule.kind)
            return .sod(.event(rule))
        case .sod(.roles(var first, var second)):
            each(&first.scope, first.kind)
            each(&first.key, first.kind)
            each(&second.scope, second.kind)
            each(&second.key, second.kind)
            return .sod(.roles(first, second))
        case .attest(var rule):
            each(&rule.qualify, rule.kind)
            each(&rule.attester, rule.kind)
            each(&rule.operator, rule.kind)
            each(&rule.artifacts, rule.kind)
            each(&rule.from, rule.kind)
            each(&rule.until, rule.kind)
            return .attest(rule)
        }
    }
}
