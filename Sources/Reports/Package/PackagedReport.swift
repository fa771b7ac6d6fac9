import Assessment
import Formats
import Ledger

/// Says in the head of a page of which result it is a report, and in which form it was written:
///
///     <meta name="assay-result" content="sha256:2c26b4…">
///     <meta name="assay-report-form" content="2">
enum ReportMark {
    static let name = "assay-result"
    static let formName = "assay-report-form"
    /// To be raised with every release in which the same material gives another page: a page of another form is not
    /// compared byte by byte, and is no forgery for that.
    static let form = 2

    /// What stands in the head of a report of a result.
    static func notes(_ digest: Digest) -> [(name: String, content: String)] {
        [(name: name, content: "sha256:\(digest.hex)"), (name: formName, content: String(form))]
    }

    /// The result that a page names in its head; nil when it names none.
    static func result(of page: [UInt8]) -> Digest? {
        value(of: "<meta name=\"\(name)\" content=\"sha256:", in: page, length: 2 * Digest.length).flatMap {
            Digest(hex: $0)
        }
    }

    /// The form that a page names in its head; nil when it names none, as those did that were written before.
    static func form(of page: [UInt8]) -> Int? {
        value(of: "<meta name=\"\(formName)\" content=\"", in: page, length: 9)
            .flatMap { Int($0.prefix { $0 != "\"" }) }
    }

    /// What stands behind a mark. The head comes first; what the report's text quotes does not count.
    private static func value(of mark: String, in page: [UInt8], length: Int) -> String? {
        guard let start = page.prefix(4_096).firstRange(of: Array(mark.utf8))?.upperBound else { return nil }
        return String(decoding: page[start...].prefix(length), as: UTF8.self)
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
