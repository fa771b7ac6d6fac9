import Formats

/// A file of Office Open XML (ECMA-376): parts of XML in a ZIP of stored entries with fixed times, so that the same
/// parts give the same bytes.
struct OfficeFile {
    /// By name; written in the order of the names' bytes, which the archive asks for.
    private var parts: [Identifier: String] = [:]
    private var types: [(name: String, type: String)] = []

    /// Adds a part of a content type.
    mutating func add(_ name: String, type: String, _ xml: String) {
        parts[Identifier(name)] = Self.declaration + xml
        types.append(("/" + name, type))
    }

    /// Adds the relations of a part: id, type below the officeDocument relationships, target.
    mutating func relate(_ name: String, _ relations: [(id: String, type: String, target: String)]) {
        let items = relations.map { relation in
            "<Relationship Id=\"\(relation.id)\" Type=\"\(Self.relationships)/\(relation.type)\" Target=\"\(relation.target)\"/>"
        }
        parts[Identifier(name)] =
            Self.declaration
            + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\(items.joined())</Relationships>"
    }

    static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

    /// The archive's bytes.
    var bytes: [UInt8] {
        get throws {
            let overrides = types.sorted { Identifier($0.name) < Identifier($1.name) }.map {
                "<Override PartName=\"\($0.name)\" ContentType=\"\($0.type)\"/>"
            }
            let contentTypes =
                Self.declaration
                + "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>\(overrides.joined())</Types>"
            var all = parts
            all["[Content_Types].xml"] = contentTypes
            let files = all.sorted { $0.key < $1.key }
            return try ZIPWriter.archive(files.map { (name: $0.key.text, bytes: Array($0.value.utf8)) })
        }
    }
}
