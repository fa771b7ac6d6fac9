package import Formats

/// A format of evidence files: the name by which `--as` asks for it, and what people call it.
package struct ImportFormat: Sendable, Hashable {
    package let name: String
    package let title: String

    package init(_ name: String, _ title: String) {
        self.name = name
        self.title = title
    }
}

/// Reads one format.
///
/// An importer goes through its document once, from its beginning to its end, and tells the report what the document
/// says, what it tested, and what it did not. It never concludes: what is not tested is not fine.
package protocol Importer: Sendable {
    static var format: ImportFormat { get }

    /// Whether a file that begins like this is of the format. Only the content counts, never the file's name.
    static func recognises(_ head: FileHead) -> Bool

    init()

    /// Reads the whole document.
    /// - Throws: what keeps the rest from being read. What was told before stays, but counts as incomplete.
    func read(_ input: ByteStream, into report: ImportReport) throws
}

/// What keeps a document, or the rest of it, from being read.
package struct ImportError: Error, Hashable, CustomStringConvertible {
    /// Names places and fields, never the content of a record; says what would help.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The formats that are built in.
package enum Importers {
    /// In the order in which they are asked whether a file is theirs.
    static let all: [any Importer.Type] = [
        SARIFImporter.self, CycloneDXImporter.self, SPDXImporter.self, OCSFImporter.self, TrivyImporter.self,
        GrypeImporter.self, OSVImporter.self, CSAFImporter.self, OSCALImporter.self, CloudTrailImporter.self,
        PrometheusImporter.self, FHIRAuditImporter.self, JUnitImporter.self, NmapImporter.self,
        XCCDFImporter.self, NessusImporter.self, OpenVASImporter.self, AuditMessageImporter.self,
        CredentialReportImporter.self,
    ]

    /// The names for `--as`, in alphabetical order.
    package static var names: [String] { (all.map { $0.format.name } + ["csv", "jsonl"]).sorted() }

    static func named(_ name: String) -> (any Importer.Type)? { all.first { $0.format.name == name } }

    static func recognising(_ head: FileHead) -> (any Importer.Type)? { all.first { $0.recognises(head) } }
}
