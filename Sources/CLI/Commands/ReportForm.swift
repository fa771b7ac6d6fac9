import ArgumentParser
import Formats
import Foundation
import Ledger
import Reports
import Workspaces

/// What a report is written as.
enum ReportForm: String, ExpressibleByArgument, CaseIterable {
    case html, md, oscal, xlsx, docx, pdf

    var isText: Bool { self == .html || self == .md }

    /// One file of a report; the name is empty when there is only one.
    struct File {
        let name: String
        let bytes: [UInt8]

        var digest: Digest { .sha256(bytes) }
    }

    func text(of material: ReportMaterial) throws -> String {
        let manuscript = Manuscript(material)
        return self == .md ? manuscript.markdown : manuscript.html
    }

    func files(of material: ReportMaterial) async throws -> [File] {
        switch self {
        case .html, .md: [File(name: "", bytes: Array(try text(of: material).utf8))]
        case .xlsx: [File(name: "", bytes: try material.workbook)]
        case .docx: [File(name: "", bytes: try Manuscript(material, isPrinted: true).wordDocument)]
        case .oscal:
            try OSCALBundle(material).files.map {
                File(name: $0.name, bytes: try CanonicalJSON.encode($0.json))
            }
        case .pdf:
            [
                File(
                    name: "",
                    bytes: try await PrintedPages.pdf(of: Manuscript(material, isPrinted: true).html))
            ]
        }
    }
}

/// Writes what a report command makes.
enum WrittenFile {
    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            let url = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url, options: .atomic)
        } catch {
            throw WorkspaceError.unreadable(
                path: path, "the file cannot be written; check the folder and its rights")
        }
    }
}
