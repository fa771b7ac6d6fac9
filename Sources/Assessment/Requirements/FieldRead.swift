import Expressions
package import Formats

/// A field that the expressions of a test look at.
package struct FieldRead: Sendable, Hashable {
    package let kind: Identifier
    /// Nil where an expression looks at the record as a whole.
    package let field: Identifier?

    package init(kind: Identifier, field: Identifier?) {
        self.kind = kind
        self.field = field
    }
}

extension ControlTest {
    /// What the expressions of all its versions look at.
    package var fieldsRead: Set<FieldRead> {
        var reads: Set<FieldRead> = []
        for version in versions {
            _ = version.requirement.visiting { predicate, kind, joins in
                reads.formUnion(predicate.reads(predicate.variable, of: kind))
                for join in joins { reads.formUnion(predicate.reads(join.name, of: join.kind)) }
            }
        }
        return reads
    }

    /// What the expressions look at that name its units: the person of a role, the group of a ratio. The units of all
    /// other tests are records, and named by their keys.
    package var unitFieldsRead: Set<FieldRead> {
        var reads: Set<FieldRead> = []
        for version in versions {
            switch version.requirement {
            case .ratio(let rule):
                if let group = rule.group { reads.formUnion(group.reads(group.variable, of: rule.kind)) }
            case .sod(.roles(let first, let second)):
                for role in [first, second] {
                    reads.formUnion(role.key.reads(role.key.variable, of: role.kind))
                }
            case .state, .event, .cadence, .response, .recon, .sod(.event), .attest: break
            }
        }
        return reads
    }
}

extension Predicate {
    fileprivate func reads(_ variable: String, of kind: Identifier) -> [FieldRead] {
        let named = expression.fields(of: variable).map { FieldRead(kind: kind, field: Identifier($0.name)) }
        return expression.readsWhole(variable) ? named + [FieldRead(kind: kind, field: nil)] : named
    }
}
