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

    /// A plan of action in the folder of a bundle that has none: whoever takes in the folder would take it for this one's.
    struct StrayPlan {
        let path: String
        /// An earlier report left it; else it is somebody else's.
        let isOfReport: Bool
    }

    /// Nil where there is none.
    func strayPlan(in folder: String, beside files: [File]) -> StrayPlan? {
        let name = OSCALBundle.planName
        guard self == .oscal, !files.contains(where: { $0.name == name }) else { return nil }
        let path = folder + name
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return StrayPlan(path: path, isOfReport: OSCALBundle.isPlan(Array(data)))
    }
}
