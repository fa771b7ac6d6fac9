package import Formats
import Ledger

/// A package that has been opened but not yet checked.
package struct PackageReader: FileReader {
    package let archive: ZIPReader
    private let entries: [Identifier: ZIPEntry]
    /// What the manifest states, once it is read.
    private var sizes: [Identifier: Int] = [:]

    /// Largest file that is read as a whole while no manifest has stated its size: the manifest itself.
    private static let unlistedLimit = 256 << 20

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

    /// From here on no listed file is read that is longer than its manifest says.
    mutating func bound(by manifest: PackageManifest) {
        sizes = Dictionary(
            manifest.files.map { (Identifier($0.path), $0.size) }, uniquingKeysWith: { first, _ in first })
    }

    package func bytes(_ path: String) throws -> [UInt8] {
        guard let entry = entries[Identifier(path)] else { throw PackageError.missing(path) }
        return try archive.bytes(of: entry, limit: sizes[Identifier(path)] ?? Self.unlistedLimit)
    }

    /// Hands over a file in pieces. What was handed over is proven only once this returns without error.
    func read(_ path: String, _ chunk: ([UInt8]) throws -> Void) throws {
        guard let entry = entries[Identifier(path)] else { throw PackageError.missing(path) }
        try archive.read(entry, chunk)
    }

    /// The digest of a file, which is never held in memory as a whole; nil when its size is another one.
    func digest(_ path: String, size: Int) throws -> Digest? {
        guard let entry = entries[Identifier(path)] else { throw PackageError.missing(path) }
        guard entry.size == UInt64(size) else { return nil }
        var digest = RunningDigest()
        try archive.read(entry) { digest.update($0) }
        return digest.finish()
    }

    /// A file of the log, by its path below `log/`.
    package func file(at path: String) throws -> [UInt8]? {
        let full = PackageLayout.log + path
        return entries[Identifier(full)] == nil ? nil : try bytes(full)
    }
}
