package import Formats

extension Expression {
    /// The fields that the expression reads or tests straight on a variable; nil when it uses the variable whole (to
    /// compare it with null, say), so that every field may matter.
    package func fieldsRead(of variable: String) -> Set<Identifier>? {
        var uses = 0
        syntax.visitNames(bound: []) { name, _, _ in if name.hasSameBytes(as: variable) { uses += 1 } }
        let selected = fields(of: variable)
        return selected.count == uses ? Set(selected.map { Identifier($0.name) }) : nil
    }
}
