import Catalog
import Expressions
import Formats

extension TestLint {
    /// Tells of a test whose units are named by values of personal fields. The units of most tests are records; those of
    /// roles and of groups are whatever an expression gives, and stand by that name in the result.
    func units(_ lint: inout Lint) {
        let named = naming.compactMap { unit in
            lint.kinds.kind(unit.kind.id).map { (unit, Self.personal(unit, of: $0)) }
        }.filter { !$0.1.isEmpty }
        guard let first = named.first?.0 else { return }
        let fields = Set(named.flatMap(\.1)).sorted().map(\.text).joined(separator: ", ")
        lint.add(
            .note, "personal-unit", at: first.text.place,
            "the units of this test are named by values of \(fields), and the result tells their names",
            remedy:
                "name them by the key of a record, and collect the records whose key it is, such as idp.account: else no package for buyers can be made"
        )
    }

    /// An expression that names units, and the record that it looks at.
    private struct Unit {
        let text: Text
        let variable: String
        let kind: Text
    }

    private var naming: [Unit] {
        switch test.rule {
        case .ratio(let rule):
            return rule.group.map { [Unit(text: $0, variable: rule.variable, kind: rule.kind)] } ?? []
        case .sod(let rule):
            guard case .roles(let first, let second) = rule.form else { return [] }
            return [first, second].map { Unit(text: $0.key, variable: $0.variable, kind: $0.kind) }
        case .state, .event, .cadence, .response, .recon, .attest: return []
        }
    }

    /// The personal fields that such an expression looks at, as `kind.field`.
    private static func personal(_ unit: Unit, of kind: Kind) -> [Identifier] {
        // What cannot be read is told elsewhere.
        guard let expression = try? Expression(parsing: unit.text.value) else { return [] }
        let isWhole = expression.readsWhole(unit.variable)
        let named = Set(expression.fields(of: unit.variable).map { Identifier($0.name) })
        return kind.fields.filter {
            ($0.isPersonal || $0.isPHI) && (isWhole || named.contains(Identifier($0.name)))
        }.map { Identifier("\(kind.name).\($0.name)") }
    }
}
