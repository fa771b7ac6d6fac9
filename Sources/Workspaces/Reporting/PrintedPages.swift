import Intake

/// Pages of HTML as PDF.
package enum PrintedPages {
    /// Throws a message with its remedy when the printing program is missing.
    package static func pdf(of html: String) async throws -> [UInt8] {
        try await PagePrinter.pdf(of: html)
    }
}
