package import Formats

/// The wording of requirements as their publisher sells or gives it, brought along by an organisation that may use it.
/// It takes the place of our paraphrase on that organisation's screens, and goes nowhere else.
package struct OfficialTexts: Sendable, Hashable {
    /// The text of one requirement.
    package struct Entry: Sendable, Hashable {
        package let title: String
        package let text: String

        package init(title: String, text: String) {
            self.title = title
            self.text = text
        }
    }

    private var entries: [Identifier: Entry] = [:]

    package init() {}

    /// The ids that have a text, in byte order.
    package var ids: [Identifier] { entries.keys.sorted() }
    package var isEmpty: Bool { entries.isEmpty }

    package subscript(id: Identifier) -> Entry? { entries[id] }

    /// Puts a text in; a later one takes the place of an earlier one.
    package mutating func set(_ id: Identifier, _ entry: Entry) {
        entries[id] = entry
    }

    /// With the texts of another set, which win.
    package func merging(_ other: OfficialTexts) -> OfficialTexts {
        var all = self
        all.entries.merge(other.entries) { _, new in new }
        return all
    }

    /// Only the texts of ids that pass.
    package func filter(_ isKnown: (Identifier) -> Bool) -> OfficialTexts {
        var some = OfficialTexts()
        some.entries = entries.filter { isKnown($0.key) }
        return some
    }

    /// `{"texts":[{"id":"CC6.1","text":"…","title":"…"}]}`, by id.
    package var json: JSON {
        .object([
            (
                "texts",
                .array(
                    ids.map { id in
                        .object([
                            ("id", .string(id.text)), ("text", .string(entries[id]?.text ?? "")),
                            ("title", .string(entries[id]?.title ?? "")),
                        ])
                    })
            )
        ])
    }

    /// Reads what `json` has written.
    package init(parsing bytes: [UInt8], name: String) throws(CatalogError) {
        let file = try CatalogFile(name: name, bytes: bytes)
        for entry in try file.root.list("texts") {
            set(
                Identifier(try entry.text("id")),
                Entry(title: try entry.optionalText("title"), text: try entry.text("text")))
        }
    }
}

/// Why a file of official texts cannot be taken.
package struct OfficialTextError: Error, Hashable, CustomStringConvertible {
    package let file: String
    /// From 1; 0 when the trouble is with the whole file.
    package let line: Int
    package let reason: String

    package var description: String {
        line == 0 ? "\(file): \(reason)" : "\(file):\(line): \(reason)"
    }
}
