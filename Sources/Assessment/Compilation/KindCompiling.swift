import Formats
import Programs

extension TestCompiler {
    func ratio(_ rule: Programs::RatioRule) throws(CompilationError) -> RatioRequirement {
        RatioRequirement(
            kind: rule.kind.id, scope: try optional(rule.scope, rule.variable),
            require: try predicate(rule.require, rule.variable), target: rule.target,
            window: rule.every.map { .calendar(unit($0), zone: rule.zone?.value ?? zone.identifier) }
                ?? .period,
            group: try optional(rule.group, rule.variable), spacing: rule.spacing)
    }

    func recon(_ rule: Programs::ReconRule) throws(CompilationError) -> ReconRequirement {
        let partners = rule.partners
        return ReconRequirement(
            kind: rule.kind.id, scope: try optional(rule.scope, rule.variable),
            key: try predicate(rule.key, rule.variable),
            partners: PartnerPopulation(
                kind: partners.kind.id, scope: try optional(partners.scope, partners.variable),
                key: try predicate(partners.key, partners.variable)),
            totals: try totals(rule), grace: rule.grace)
    }

    private func totals(_ rule: Programs::ReconRule) throws(CompilationError) -> TotalsRequirement? {
        guard let totals = rule.totals else { return nil }
        return TotalsRequirement(
            count: try optional(totals.count, rule.variable),
            digest: try optional(totals.digest, rule.variable))
    }

    func sod(_ form: Programs::SodRule.Form) throws(CompilationError) -> SodRequirement {
        switch form {
        case .event(let duties):
            let variable = duties.variable
            return .event(
                SeparatedEvent(
                    kind: duties.kind.id, scope: try optional(duties.scope, variable),
                    first: try predicate(duties.first, variable),
                    second: try predicate(duties.second, variable),
                    joins: try joins(duties.joins, variable)))
        case .roles(let first, let second): return .roles(try role(first), try role(second))
        }
    }

    private func role(_ role: Programs::Role) throws(CompilationError) -> RolePopulation {
        RolePopulation(
            name: role.name, kind: role.kind.id, scope: try optional(role.scope, role.variable),
            key: try predicate(role.key, role.variable))
    }

    func attest(_ rule: Programs::AttestRule) throws(CompilationError) -> AttestRequirement {
        let variable = rule.variable
        let windows = rule.every.map {
            AttestWindows(unit: unit($0), zone: rule.zone?.value ?? zone.identifier, due: rule.due)
        }
        return AttestRequirement(
            kind: rule.kind.id, qualify: try optional(rule.condition, variable),
            attester: try predicate(rule.attester, variable),
            operator: try predicate(rule.operator, variable),
            artifacts: try predicate(rule.artifacts, variable), from: try optional(rule.from, variable),
            until: try optional(rule.until, variable), valid: rule.valid, windows: windows)
    }
}
