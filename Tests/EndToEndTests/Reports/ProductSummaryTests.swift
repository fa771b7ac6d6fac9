import Foundation
import Testing

/// What buyers are told of what a product rests on.
@Suite struct ProductSummaryTests {
    /// A product, and a vendor that is carved out, with the lines that tie the two.
    private func summary(_ ties: String, and others: String...) async throws -> [String] {
        let desk = try Desk()
        let vendor = """
            vendor: host
            title: Example Host (synthetic)
            method: carve-out
            phi: true
            \(ties)

            """
        let documents = [TinyProgram.complete(), vendor] + others
        try desk.scratch.write("program/all.yaml", documents.joined(separator: "---\n"))
        try await desk.expect(0, "apply", "program")
        try desk.scratch.write("facts.jsonl", TinyProgram.facts)
        try await desk.expect(0, "import", "facts.jsonl")
        let text = try await desk.expect(0, "report", "product-summary", "--output", "md").output
        #expect(text.contains("Example Host (synthetic)"))
        return text.components(separatedBy: "\n## ").filter { $0.contains("### What is covered") }
    }

    private static let side = """
        system: side
        title: A side product
        description: Another page.

        """

    private static let nothing = "No subservice organization is carved out on record."
    private static let loose = "Carved out, and tied to no product by a document"

    @Test func `a vendor that is carved out and tied to no product is named as such`() async throws {
        let page = try #require(try await summary("services: hosting").first)
        #expect(!page.contains(Self.nothing), "\(page)")
        #expect(page.contains("- No document ties a carved-out subservice organization to it."))
        #expect(page.contains("\(Self.loose), so that this one may rely on it too"))
        #expect(page.contains("(read their own reports): Example Host (synthetic)."))
        #expect(!page.contains("- Not tied to any product by a document"))
        #expect(
            page.contains(
                "; held by what no document ties to a product: Example Host (synthetic)\n"), "\(page)")
    }

    @Test func `what another product relies on is on record too`() async throws {
        let pages = try await summary("systems: [portal]", and: Self.side)
        let own = try #require(pages.first { $0.hasPrefix("The portal") })
        let side = try #require(pages.first { $0.hasPrefix("A side product") })
        #expect(
            own.contains(
                "- Not in it, but relied on (carved out; read their own reports): Example Host (synthetic)."))
        #expect(side.contains("- No document ties a carved-out subservice organization to it."))
        for page in [own, side] { #expect(!page.contains(Self.nothing) && !page.contains(Self.loose)) }
    }

    @Test func `an asset without a product ties its vendor to none`() async throws {
        let asset = """
            asset: archive
            title: The archive
            vendor: host

            """
        let page = try #require(try await summary("services: hosting", and: asset).first)
        #expect(page.contains("\(Self.loose), so that"), "\(page)")
        #expect(page.contains("- Not tied to any product by a document: The archive."))
    }
}
