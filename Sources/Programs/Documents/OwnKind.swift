package import Catalog
package import Formats

/// A kind of evidence that the organisation adds to the catalogue.
///
///     kind: lab.sample
///     title: Sample
///     mode: state
///     fields:
///       patient: { type: string, phi: true }
///       taken_at: timestamp
package struct OwnKind: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var mode: Kind.Mode = .state
    /// In the order of their names.
    var fields: [OwnField] = []

    /// As the catalogue describes its own.
    package var kind: Kind {
        Kind(
            name: id, title: title, mode: mode,
            fields: fields.map { field in
                Field(
                    name: field.name, type: field.type, isRequired: field.isRequired,
                    isPersonal: field.isPersonal, isPHI: field.isPHI, meaning: field.meaning)
            })
    }

    static let schema = Schema<OwnKind>(
        "a kind", OwnKind(),
        [
            .required("title", .line, \.title),
            .required("mode", .choice(), \.mode),
            .required("fields", .named(OwnField.schema, by: \.name, short: OwnField.short), \.fields),
        ])
}

/// A field of an organisation's own kind as it is written.
struct OwnField: Sendable, Hashable {
    var name = ""
    var type: FieldType = .text
    var isRequired = false
    var isPersonal = false
    var isPHI = false
    var meaning = ""

    static let type = Shape<FieldType>.word(
        "string, bool, int, decimal, timestamp, duration or list(string)", parse: { FieldType($0) },
        print: { $0.description })

    static let schema = Schema<OwnField>(
        "a field", OwnField(),
        [
            .required("type", type, \.type),
            .optional("required", .flag, \.isRequired),
            .optional("personal", .flag, \.isPersonal),
            .optional("phi", .flag, \.isPHI),
            .optional("meaning", .argument, \.meaning),
        ])

    /// `taken_at: timestamp` for `taken_at: { type: timestamp }`.
    static let short = Shape<OwnField>(
        name: type.name,
        read: { node, key, reading in
            type.read(node, key, &reading).map { OwnField(type: $0) }
        },
        write: { type.write($0.type) })
}
