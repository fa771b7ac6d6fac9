import Formats
import Ledger
import Programs
import Testing

@testable import Assessment

/// Which versions of a test ask the same, so that what is broken goes on from one into the next.
@Suite struct ContinuityTests {
    private static let signed = """
        organization: acme
        name: Acme
        domain: acme.example
        zone: UTC
        ---
        test: signed
        kind: attest
        of: statement
        where: s.about == 'plan'
        attester: s.attester
        operator: s.operator
        artifacts: s.artifacts
        params: { valid: 100d }

        """

    private func continuity(_ documents: String) throws -> String? {
        let program = try Program(reading: [
            ProgramFile(path: "program.yaml", bytes: Array(documents.utf8))
        ])
        return try TestCompiler(zone: program.zone).continuity(
            try #require(program.tests.first), at: .stored)
    }

    @Test func `a statement's new title asks nothing else, another signer or validity does`() throws {
        let own = try #require(try continuity(Self.signed))
        #expect(try continuity(Self.signed + "title: Another\n") == own)
        for (old, new) in [
            ("100d", "90d"), ("s.attester", "s.signer"), ("'plan'", "'budget'"),
            ("artifacts: s.artifacts", "artifacts: s.artifacts\nuntil: s.until"),
        ] {
            #expect(try continuity(Self.signed.replacing(old, with: new)) != own, "\(new)")
        }
        // Nothing lasts from one window into the next.
        #expect(try continuity(Self.signed.replacing("100d", with: "100d, every: month")) == nil)
    }

    @Test func `a statement may stand longer than canonical JSON counts microseconds`() throws {
        let ages = Self.signed.replacing("100d", with: "110000d")
        let own = try #require(try continuity(ages))
        #expect(try continuity(ages.replacing("s.attester", with: "s.signer")) != own)
        #expect(try continuity(ages.replacing("110000d", with: "120000d")) != own)
    }

    @Test func `what has no canonical bytes has no digest`() throws {
        let place = Place.stored
        #expect(throws: CompilationError.self) {
            try TestCompiler.digest(of: .array([.decimal("0.5")]), at: place)
        }
        #expect(try TestCompiler.digest(of: .array([]), at: place) == Digest.sha256(Array("[]".utf8)).hex)
    }
}
