import CAssets
import Formats

/// One catalogue file as JSON, read with errors that say where in the file they are.
struct CatalogFile {
    let name: String
    let root: Entry

    /// A file that is part of the program.
    init(named name: String) throws(CatalogError) {
        let asset = assay_asset_named(name)
        guard let start = asset.bytes else { throw CatalogError(.missing, file: name) }
        try self.init(name: name, bytes: Array(UnsafeBufferPointer(start: start, count: asset.count)))
    }

    init(name: String, bytes: [UInt8]) throws(CatalogError) {
        self.name = name
        do {
            root = Entry(file: name, path: "", value: try JSON(parsing: bytes))
        } catch {
            throw CatalogError(.notJSON(error.description), file: name)
        }
    }

    /// A value with its way from the root.
    struct Entry {
        let file: String
        let path: String
        let value: JSON

        func text(_ name: String) throws(CatalogError) -> String {
            guard let text = value[name]?.string else { throw wrong(name, expected: "a text") }
            return text
        }

        func optionalText(_ name: String) throws(CatalogError) -> String {
            value[name] == nil ? "" : try text(name)
        }

        func whole(_ name: String) throws(CatalogError) -> Int? {
            guard let found = value[name] else { return nil }
            guard let number = found.integer else { throw wrong(name, expected: "a whole number") }
            return Int(number)
        }

        func flag(_ name: String) throws(CatalogError) -> Bool {
            guard let found = value[name] else { return false }
            guard let flag = found.bool else { throw wrong(name, expected: "true or false") }
            return flag
        }

        func list(_ name: String) throws(CatalogError) -> [Entry] {
            guard let elements = value[name]?.array else { throw wrong(name, expected: "a list") }
            return elements.enumerated().map { index, element in
                Entry(file: file, path: below("\(name)[\(index)]"), value: element)
            }
        }

        /// A list of texts; empty when it is not there.
        func texts(_ name: String) throws(CatalogError) -> [String] {
            guard let found = value[name] else { return [] }
            guard let texts = found.array?.compactMap(\.string), texts.count == found.array?.count else {
                throw wrong(name, expected: "a list of texts")
            }
            return texts
        }

        /// A word out of a closed set.
        func word<Word: RawRepresentable & CaseIterable>(
            _ name: String, as: Word.Type
        ) throws(CatalogError) -> Word where Word.RawValue == String {
            let written = try text(name)
            guard let word = Word(rawValue: written) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw CatalogError(.unknownWord(written, expected: known), file: file, path: below(name))
            }
            return word
        }

        func below(_ name: String) -> String {
            path.isEmpty ? name : "\(path).\(name)"
        }

        private func wrong(_ name: String, expected: String) -> CatalogError {
            CatalogError(.wrongShape(expected: expected), file: file, path: below(name))
        }
    }
}
