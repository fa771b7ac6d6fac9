import Assessment
import Formats
import Ledger

/// Says in the head of a page of which result it is a report:
///
///     <meta name="assay-result" content="sha256:2c26b4…">
enum ReportMark {
    static let name = "assay-result"

    static func content(_ digest: Digest) -> String { "sha256:\(digest.hex)" }

    /// The result that a page names in its head; nil when it names none.
    static func result(of page: [UInt8]) -> Digest? {
        let mark = Array("<meta name=\"\(name)\" content=\"sha256:".utf8)
        // The head comes first; what the report's text quotes does not count.
        guard let start = page.prefix(4_096).firstRange(of: mark)?.upperBound else { return nil }
        return Digest(hex: String(decoding: page[start...].prefix(2 * Digest.length), as: UTF8.self))
    }
}

extension PackageVerification {
    /// A report that travels with the result is of this result; the manifest's digest seals its text.
    func checkReport() throws -> String {
        let (leaf, statement) = try assessment()
        guard let named = ReportMark.result(of: try reader.bytes(PackageLayout.report)) else {
            throw Failed(description: "report.html does not say of which result it is")
        }
        guard named == statement.result else {
            throw Failed(
                description:
                    "report.html is a report of the result \(named.hex), log entry \(leaf) states \(statement.result.hex)"
            )
        }
        let rest =
            manifest?.profile == .buyer
            ? "\"reperform\" writes it again where its tests read nothing that is withheld"
            : "\"reperform\" writes it again"
        return
            "report.html names the result that log entry \(leaf) states; its text is as it was sealed, and was not "
            + "compared with the result (\(rest))"
    }
}
