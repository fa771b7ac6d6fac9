import Assessment
import Formats
import Ledger

/// The digests of a package's result, which is as long as the evidence has exceptions and never in memory as a whole.
struct PackagedResult: Sendable {
    let digest: Digest
    /// Of its summary; nil when it is no result.
    let summary: Result<Digest?, any Error>

    init(_ reader: PackageReader) throws {
        let pieces = try reader.stream(PackageLayout.result)
        summary = Result { try ResultSummary.bytes(of: pieces).map { Digest.sha256($0) } }
        while try !pieces.next().isEmpty {}
        // Known by now, as of every file that was read to its end.
        let size = try reader.size(PackageLayout.result)
        guard let digest = try reader.digest(PackageLayout.result, size: size) else {
            throw PackageError.missing(PackageLayout.result)
        }
        self.digest = digest
    }
}
