internal import Formats

/// The type of a record whose fields are known, such as those of a kind of evidence.
package struct RecordType: Sendable, Hashable {
    /// A field by its name, and what it holds.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let type: CheckedType

        package init(_ name: String, _ type: CheckedType) {
            self.name = name
            self.type = type
        }
    }

    /// For messages: `idp.account`.
    package let name: String
    package let fields: [Field]
    /// Whether null may stand in its place, as for a join that finds nothing.
    package let isNullable: Bool

    package init(_ name: String, fields: [Field], isNullable: Bool = false) {
        self.name = name
        self.fields = fields
        self.isNullable = isNullable
    }
}

extension Checker {
    /// The type of a record's field; an error for one it does not have.
    func field(_ name: String, of record: RecordType, at offset: Int) throws(TypeProblem) -> CheckedType {
        if let field = record.fields.first(where: { $0.name.hasSameBytes(as: name) }) { return field.type }
        throw TypeProblem(
            .field, "\(record.name) has no field \"\(name)\"", word: name, known: record.fields.map(\.name),
            at: offset)
    }

    /// `record['field']`: its fields have different types, so the name must be known.
    func element(
        of record: RecordType, _ key: Syntax, optional: Bool, at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        guard case .literal(.string(let name)) = key.form else {
            throw TypeProblem(
                .type, "a field of \(record.name) is chosen by a computed name",
                remedy: "write the field's name, such as x.\(record.fields.first?.name ?? "name")", at: offset
            )
        }
        let type = try field(name, of: record, at: key.offset)
        return optional ? .optional(type) : type
    }
}
