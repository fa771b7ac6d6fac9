package import Formats

/// A vendor-neutral type of evidence, such as `idp.account` or `vcs.change`: what a record of it may say.
package struct Kind: Sendable, Hashable {
    /// How facts of a kind stand in time.
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Something that holds over an interval and is known by a key.
        case state
        /// Something that happens at an instant and is known by an id.
        case event
    }

    package let name: Identifier
    package let title: String
    package let mode: Mode
    /// In the order of declaration.
    package let fields: [Field]
    /// Places of the fields in the order of canonical JSON (RFC 8785 section 3.2.3), so that no record needs sorting.
    package let canonicalOrder: [Int]
    /// The systems that usually know it, for people: `identity provider`, `forge`.
    package let knownBy: [String]
    /// The importers and connectors of this program that fill it, besides native JSON Lines, which can fill any kind.
    package let filledBy: [String]

    package init(
        name: Identifier, title: String, mode: Mode, fields: [Field], knownBy: [String] = [],
        filledBy: [String] = []
    ) {
        self.name = name
        self.title = title
        self.mode = mode
        self.fields = fields
        canonicalOrder = fields.indices.sorted {
            fields[$0].name.utf16.lexicographicallyPrecedes(fields[$1].name.utf16)
        }
        self.knownBy = knownBy
        self.filledBy = filledBy
    }

    package func field(_ name: String) -> Field? {
        fields.first { $0.name.hasSameBytes(as: name) }
    }
}

/// One field of a kind.
package struct Field: Sendable, Hashable {
    package let name: String
    package let type: FieldType
    package let isRequired: Bool
    /// Says something about a person: withheld from exports unless asked for by name.
    package let isPersonal: Bool
    /// Protected health information: never collected by default, withheld always.
    package let isPHI: Bool
    /// What it means and in which unit, for people.
    package let meaning: String
    /// The importers and connectors that fill it, where they are not those of its kind.
    package let filledBy: [String]?

    package init(
        name: String, type: FieldType, isRequired: Bool = false, isPersonal: Bool = false,
        isPHI: Bool = false,
        meaning: String = "", filledBy: [String]? = nil
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.isPersonal = isPersonal
        self.isPHI = isPHI
        self.meaning = meaning
        self.filledBy = filledBy
    }
}

/// The type of a field. JSON alone cannot tell a timestamp from a text or a count from an amount; the kind does.
package indirect enum FieldType: Sendable, Hashable, CustomStringConvertible {
    case text, flag, whole, decimal, timestamp, duration
    case list(FieldType)

    /// Reads the name used in documents: `string`, `bool`, `int`, `decimal`, `timestamp`, `duration`, `list(string)`.
    package init?(_ name: String) {
        switch name {
        case "string": self = .text
        case "bool": self = .flag
        case "int": self = .whole
        case "decimal": self = .decimal
        case "timestamp": self = .timestamp
        case "duration": self = .duration
        default:
            guard name.hasPrefix("list("), name.hasSuffix(")"),
                let element = FieldType(String(name.dropFirst(5).dropLast()))
            else { return nil }
            self = .list(element)
        }
    }

    package var description: String {
        switch self {
        case .text: "string"
        case .flag: "bool"
        case .whole: "int"
        case .decimal: "decimal"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .list(let element): "list(\(element))"
        }
    }
}
