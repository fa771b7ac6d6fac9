import Formats
import Foundation
import Testing

/// `assay import` as somebody at a terminal sees it.
@Suite struct ImportTests {
    private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    /// A report that is longer than the stretch after which progress is shown.
    private static let report =
        #"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","padding":""#
        + String(repeating: "x", count: 5 << 20)
        + #"","runs":[{"tool":{"driver":{"name":"Scan","rules":[{"id":"R1"}]}},"#
        + #""invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-01T09:00:00Z"}],"results":[]}]}"#

    @Test(.enabled(if: hasScript, "skipped: script (util-linux) is not installed"))
    func `progress goes to a terminal, by way of standard error, and nowhere else`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.coverage)
        try desk.scratch.write("scan.sarif", Self.report)
        let plain = try await desk.assay("import", "scan.sarif")
        #expect(plain.says("SARIF 2.1.0 by Scan: 1 tested") && !plain.says("MB:"))
        let program = try desk.command("assay", []).executable
        for (redirection, isShown) in [(">/dev/null", true), ("2>/dev/null", false)] {
            var command = try desk.command(
                "assay", ["-qec", "'\(program)' import scan.sarif \(redirection)", "/dev/null"])
            command.executable = "/usr/bin/script"
            let outcome = try await command.run()
            #expect(outcome.status == plain.status, "\(outcome.said)")
            #expect(outcome.says("scan.sarif, MB: 4 of 5") == isShown, "\(redirection): \(outcome.said)")
        }
    }

    @Test func `what is written in a form that is not read is refused with a remedy, and is on record`()
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.coverage)
        let cases = [
            (
                "bom.xml", #"<bom xmlns="http://cyclonedx.org/schema/bom/9.9"><components/></bom>"#,
                "1.0 to 1.7 are understood"
            ),
            ("bom.yaml", "spdxVersion: SPDX-2.3\ndataLicense: CC0-1.0\n", "write it as JSON"),
            ("bom.rdf", #"<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"></rdf:RDF>"#, "write it as JSON"),
            ("report.bz2", "BZh91AY", "unpack it first"),
        ]
        for (name, text, remedy) in cases {
            try desk.scratch.write(name, text)
            let before = try await desk.entries()
            #expect(try await desk.expect(1, "import", name).says("not covered", remedy), "\(name)")
            #expect(try await desk.entries() == before + 1)
        }
    }
}
