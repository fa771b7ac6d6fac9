package import Formats
import Ledger
import Synchronization

/// A package that has been opened but not yet checked.
package struct PackageReader: FileReader {
    package let archive: ZIPReader
    private let entries: [Identifier: ZIPEntry]
    /// What the manifest states, once it is read.
    private var sizes: [Identifier: Int] = [:]
    private let digests = Digests()

    /// Of each file that was read to its end, so that a large one need not be read for its digest alone.
    private final class Digests: Sendable {
        private let known = Mutex<[Identifier: Digest]>([:])

        subscript(path: Identifier) -> Digest? {
            get { known.withLock { $0[path] } }
            set { known.withLock { $0[path] = newValue } }
        }
    }

    /// Largest file that is read as a whole while no manifest has stated its size: the manifest itself.
    private static let unlistedLimit = 256 << 20

    /// Opens a package: its archive must be well formed, and nothing else is looked at.
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

    /// A file as a whole.
    ///
    /// - Throws: where the package lacks it, or it is longer than the manifest says.
    package func bytes(_ path: String) throws -> [UInt8] {
        let entry = try entry(path)
        let limit = sizes[Identifier(path)] ?? Self.unlistedLimit
        let found = try archive.bytes(of: entry, limit: limit)
        if digests[Identifier(path)] == nil { digests[Identifier(path)] = .sha256(found) }
        return found
    }

    /// A file in pieces, for who pulls. What came is proven only once the end has come without error.
    func stream(_ path: String) throws -> ByteStream {
        let stream = try archive.stream(try entry(path))
        let (digests, path) = (digests, Identifier(path))
        if digests[path] != nil { return stream }
        var digest = RunningDigest()
        return ByteStream {
            let piece = try stream.next()
            if piece.isEmpty { digests[path] = digest.finish() } else { digest.update(piece) }
            return piece
        }
    }

    /// Hands over a file in pieces. What was handed over is proven only once this returns without error.
    func read(_ path: String, _ chunk: ([UInt8]) throws -> Void) throws {
        let stream = try stream(path)
        while true {
            let piece = try stream.next()
            if piece.isEmpty { return }
            try chunk(piece)
        }
    }

    /// The digest of a file, which is never held in memory as a whole; nil when its size is another one.
    func digest(_ path: String, size: Int) throws -> Digest? {
        guard try entry(path).size == UInt64(size) else { return nil }
        if digests[Identifier(path)] == nil { try read(path) { _ in } }
        return digests[Identifier(path)]
    }

    /// The digest of a file as it was when it was first read; nil before that.
    func firstDigest(_ path: String) -> Digest? { digests[Identifier(path)] }

    /// The size of a file, as the archive says.
    func size(_ path: String) throws -> Int { Int(clamping: try entry(path).size) }

    private func entry(_ path: String) throws -> ZIPEntry {
        guard let entry = entries[Identifier(path)] else { throw PackageError.missing(path) }
        return entry
    }

    /// A file of the log, by its path below `log/`.
    package func file(at path: String) throws -> [UInt8]? {
        let full = PackageLayout.log + path
        return entries[Identifier(full)] == nil ? nil : try bytes(full)
    }
}
