package import Catalog
import Formats
import Foundation
import StorageSQLite

/// The publishers' texts of one workspace. They lie beside the evidence in a folder of their own that version control
/// passes over; no log entry, export or package holds them.
package struct OfficialTextStore {
    private let folder: String
    private var path: String { folder + "/official.json" }

    /// - Parameter workspace: folder of the workspace.
    package init(workspace: String) {
        folder = workspace + "/texts"
    }

    /// The texts; none when nobody has brought any.
    package func load() throws -> OfficialTexts {
        guard FileManager.default.fileExists(atPath: path) else { return OfficialTexts() }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw WorkspaceError.unreadable(path: path, "the file cannot be read")
        }
        return try OfficialTexts(parsing: Array(data), name: path)
    }

    /// Adds texts to those there are.
    package func add(_ texts: OfficialTexts) throws {
        let all = try load().merging(texts)
        try OutputFolder.make(for: path)
        try DurableFile.write(Array("*\n".utf8), to: folder + "/.gitignore")
        try DurableFile.write(try CanonicalJSON.encode(all.json), to: path)
    }
}

/// A file of official texts as it came: an OSCAL catalog, or a table.
package enum OfficialTextFile {
    /// Longer than any catalogue is.
    private static let longest = 64 << 20

    /// Reads a `.json` file as an OSCAL catalog, every other as CSV.
    package static func read(_ path: String) throws -> OfficialTexts {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw WorkspaceError.unreadable(path: path, "the file cannot be read")
        }
        guard data.count <= longest else {
            throw WorkspaceError.unreadable(path: path, "the file is longer than 64 MiB")
        }
        let bytes = Array(data)
        return path.lowercased().hasSuffix(".json")
            ? try OfficialTexts(oscal: bytes, name: path) : try OfficialTexts(csv: bytes, name: path)
    }
}
