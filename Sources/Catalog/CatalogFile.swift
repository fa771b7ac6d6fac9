import CAssets
package import Formats

/// One catalogue file as JSON, read with errors that say where in the file they are.
package struct CatalogFile {
    package let name: String
    package let root: Entry

    /// A file that is part of the program.
    package init(named name: String) throws(CatalogError) {
        let asset = assay_asset_named(name)
        guard let start = asset.bytes else { throw CatalogError(.missing, file: name) }
        try self.init(name: name, bytes: Array(UnsafeBufferPointer(start: start, count: asset.count)))
    }

    package init(name: String, bytes: [UInt8]) throws(CatalogError) {
        self.name = name
        do {
            root = Entry(file: name, path: "", value: try JSON(parsing: bytes))
        } catch {
            throw CatalogError(.notJSON(error.description), file: name)
        }
    }

    /// A value with its way from the root.
    package struct Entry {
        package let file: String
        package let path: String
        package let value: JSON

        package func text(_ name: String) throws(CatalogError) -> String {
            guard let text = value[name]?.string else { throw wrong(name, expected: "a text") }
            return text
        }

        package func optionalText(_ name: String) throws(CatalogError) -> String {
            value[name] == nil ? "" : try text(name)
        }

        package func whole(_ name: String) throws(CatalogError) -> Int? {
            guard let found = value[name] else { return nil }
            guard let number = found.integer else { throw wrong(name, expected: "a whole number") }
            return Int(number)
        }

        package func flag(_ name: String) throws(CatalogError) -> Bool {
            guard let found = value[name] else { return false }
            guard let flag = found.bool else { throw wrong(name, expected: "true or false") }
            return flag
        }

        package func list(_ name: String) throws(CatalogError) -> [Entry] {
            guard let elements = value[name]?.array else { throw wrong(name, expected: "a list") }
            return elements.enumerated().map { index, element in
                Entry(file: file, path: below("\(name)[\(index)]"), value: element)
            }
        }

        /// A list of texts; nil when it is absent.
        package func texts(_ name: String) throws(CatalogError) -> [String]? {
            guard value[name] != nil else { return nil }
            var texts: [String] = []
            for entry in try list(name) {
                guard let text = entry.value.string else {
                    throw CatalogError(.wrongShape(expected: "a text"), file: file, path: entry.path)
                }
                texts.append(text)
            }
            return texts
        }

        /// A word out of a closed set.
        package func word<Word: RawRepresentable & CaseIterable>(
            _ name: String, as: Word.Type
        ) throws(CatalogError) -> Word where Word.RawValue == String {
            let written = try text(name)
            guard let word = Word(rawValue: written) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw CatalogError(.unknownWord(written, expected: known), file: file, path: below(name))
            }
            return word
        }

        package func below(_ name: String) -> String {
            path.isEmpty ? name : "\(path).\(name)"
        }

        private func wrong(_ name: String, expected: String) -> CatalogError {
            CatalogError(.wrongShape(expected: expected), file: file, path: below(name))
        }
    }
}
