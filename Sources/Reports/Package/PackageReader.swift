package import Formats
import Ledger

/// A package that has been opened but not yet checked.
package struct PackageReader: FileReader {
    package let archive: ZIPReader
    private let entries: [Identifier: ZIPEntry]

    /// Largest file that is read as a whole.
    private static let fileLimit = 2 << 30

    package init(_ source: ByteSource) throws(PackageError) {
        do {
            archive = try ZIPReader(source)
        } catch {
            throw .unreadable("\(error)")
        }
        entries = Dictionary(
            archive.entries.map { (Identifier($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    }

    package var paths: [String] { archive.entries.map(\.name) }

    package func bytes(_ path: String) throws -> [UInt8] {
        guard let entry = entries[Identifier(path)] else { throw PackageError.missing(path) }
        return try archive.bytes(of: entry, limit: Self.fileLimit)
    }

    /// A file of the log, by its path below `log/`.
    package func file(at path: String) throws -> [UInt8]? {
        guard let entry = entries[Identifier(PackageLayout.log + path)] else { return nil }
        return try archive.bytes(of: entry, limit: Self.fileLimit)
    }
}
