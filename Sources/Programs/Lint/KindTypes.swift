import Catalog
import Expressions
import Formats

extension Kind {
    /// The type that expressions know a record of this kind by.
    ///
    /// - Parameter isNullable: null may stand in its place, as for a join that need not find anything.
    func recordType(isNullable: Bool = false) -> CheckedType {
        .record(
            RecordType(
                name.text, fields: fields.map { RecordType.Field($0.name, $0.type.checkedType) },
                isNullable: isNullable))
    }
}

extension FieldType {
    /// The type that expressions know the field by; a decimal is a double there.
    var checkedType: CheckedType {
        switch self {
        case .text: .string
        case .flag: .bool
        case .whole: .int
        case .decimal: .double
        case .timestamp: .timestamp
        case .duration: .duration
        case .list(let element): .list(element.checkedType)
        }
    }
}
