import Foundation

/// Why pages could not be printed.
package enum PrintingError: Error, Hashable, CustomStringConvertible {
    case notInstalled
    case failed(String)

    package var description: String {
        switch self {
        case .notInstalled:
            "PDF is printed by WeasyPrint, which was not found on this machine; install it with \"apt-get install weasyprint\" "
                + "or write --output html and print that from a browser"
        case .failed(let what): "WeasyPrint could not print the report: \(what)"
        }
    }
}

/// Prints a page of HTML as PDF with WeasyPrint, when that is installed. Nothing is fetched: the page loads nothing.
package enum PagePrinter {
    /// - Parameter program: the name or path of WeasyPrint.
    package static func pdf(of html: String, program: String = "weasyprint") async throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "assay-" + UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = folder.appendingPathComponent("report.html")
        try Data(html.utf8).write(to: page)
        var printing = Program(executable: program, arguments: ["--encoding", "utf-8", page.path, "-"])
        printing.timeLimit = .seconds(900)
        printing.environment["HOME"] = folder.path
        let run = await printing.run()
        switch run.end {
        case .exited(0):
            let bytes = run.bytes
            guard bytes.starts(with: Array("%PDF-".utf8)) else {
                throw PrintingError.failed("what it wrote is no PDF")
            }
            return bytes
        case .failed("the program was not found"): throw PrintingError.notInstalled
        case .timedOut: throw PrintingError.failed("it took longer than fifteen minutes")
        default: throw PrintingError.failed(run.complaint.isEmpty ? "\(run.end)" : run.complaint)
        }
    }
}
