import Crypto
import Formats
import Ledger
import Storage

/// What assessments remember of parts of the evidence, beside the columns: derived as they are, sealed as they are, and
/// gone when they are written anew. What the bytes say is the assessment's business.
///
///     log size u64   root 32   the bytes   HMAC-SHA-256 of all that, 32
extension ColumnArchive {
    static let partsName = "parts"
    /// Larger ones are neither written nor read.
    private static let limit = 1 << 28

    /// Nil when there are none, when somebody else wrote them, or when they are of another log.
    package func keptParts(_ reader: EvidenceReader) throws -> [UInt8]? {
        guard let body = try? sealedParts() else { return nil }
        var bytes = ColumnBytes(body, file: Self.partsName)
        let (size, root) = (try bytes.size(), try bytes.digest())
        guard size <= (try LogTable.size(reader.database)), try Self.root(size, reader.database) == root
        else {
            return nil
        }
        return Array(body[40...])
    }

    /// The file without its seal; nil when there is none.
    ///
    /// - Throws: `ColumnError.damaged` when it is not as an assessment wrote it.
    func sealedParts() throws -> [UInt8]? {
        guard let file = try store.open(Self.partsName) else { return nil }
        guard (72...Self.limit).contains(file.size) else {
            throw ColumnError.damaged(file: Self.partsName, "it is cut off or was lengthened")
        }
        let sealed = try file.read(0..<file.size)
        let body = Array(sealed.dropLast(32))
        guard Array(sealed.suffix(32)) == ColumnManifest.seal(body, key, for: Self.partsName) else {
            throw ColumnError.damaged(file: Self.partsName, "its seal does not hold")
        }
        return body
    }

    /// Puts bytes in place of those that were kept. They count as long as the log goes on from where it is now.
    ///
    /// - Parameter write: hands them over in pieces.
    package func keepParts(
        _ reader: EvidenceReader, _ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let size = try LogTable.size(reader.database)
        var head: [UInt8] = []
        head.append(number: UInt64(size))
        head.append(digest: try Self.root(size, reader.database))
        var (seal, count) = (ColumnManifest.runningSeal(key, for: Self.partsName), head.count)
        try store.replace(Self.partsName) { sink in
            seal.update(data: head)
            try sink(head)
            // The compiler cannot see that the sink does not outlive the body that is handed it.
            try withoutActuallyEscaping(sink) { sink in
                try write { piece in
                    count += piece.count
                    seal.update(data: piece)
                    try sink(piece)
                }
            }
            try sink(Array(seal.finalize()))
        }
        if count + 32 > Self.limit { try store.remove(Self.partsName) }
    }
}
