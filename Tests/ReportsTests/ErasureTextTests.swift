import Evidence
import Formats
import Ledger
import Testing

@testable import Reports

/// What was erased, in the words of those who verify: a log of somebody else is quoted there.
@Suite struct ErasureTextTests {
    /// Erased a day before its term ended. Made up.
    private static func erasure(_ basis: String, items: Int = 1) throws -> LoggedErasure {
        let recorded = try #require(Instant("2026-03-01T00:00:00Z"))
        let statement = ErasureStatement(
            recorded: recorded, kind: "lab.sample", by: "privacy officer", reason: "request", basis: basis,
            retainedUntil: recorded + .days(1),
            items: (0..<items).map { ErasedItem(leaf: 3, item: $0, hash: Digest.sha256([UInt8($0)])) })
        return try #require(LoggedErasure(statement.statement, leaf: 7, recorded: { _ in nil }))
    }

    @Test func `a basis can forge no line and no colour`() throws {
        let forged = "none)\nok        anchors      stamped\u{1b}[32m"
        let claim = ErasureText.claim(1, by: [7], early: [try Self.erasure(forged)])
        #expect(!claim.contains("\n") && !claim.contains("\u{1b}"))
        #expect(claim.contains(#"basis: none)\u{a}ok"#) && claim.contains(#"\u{1b}[32m"#))
        let causes = ErasureText.causes([try Self.erasure(forged)])
        #expect(causes.allSatisfy { !$0.contains("\n") && !$0.contains("\u{1b}") })
    }

    @Test func `no claim of a verification can forge another`() {
        let claims = [
            Claim(
                "erased", .erased, "1 item\nok        anchors  stamped\u{1b}[32m\r\nok        time  stamped")
        ]
        let lines = VerificationReport(claims: claims, isSynthetic: false).text.split(separator: "\n")
        #expect(lines.allSatisfy { !$0.hasPrefix("ok") && !$0.contains("\u{1b}") && !$0.contains("\r") })
    }

    @Test func `a very long basis is cut`() throws {
        let long = String(repeating: "a", count: 201)
        let claim = ErasureText.claim(1, by: [7], early: [try Self.erasure(long)])
        #expect(claim.hasSuffix("basis: \(long.dropLast())…)"))
        let kept = ErasureText.claim(1, by: [7], early: [try Self.erasure(String(long.dropLast()))])
        #expect(kept.hasSuffix("basis: \(long.dropLast()))"))
    }

    @Test func `one item of one is no part of a number`() throws {
        let one = ErasureText.claim(1, by: [7], early: [try Self.erasure("none")])
        #expect(one == "1 item, by log entry 7; before its term ended (entry 7, basis: none)")
        let two = ErasureText.claim(3, by: [5, 7], early: [try Self.erasure("none", items: 2)])
        #expect(
            two == "3 items, by log entries 5, 7; 2 of them before their term ended (entry 7, basis: none)")
    }

    @Test func `what was on record for less than six years is early, whatever its tombstone says`() throws {
        let recorded = try #require(Instant("2026-03-01T00:00:00Z"))
        func erasure(after known: TimeSpan?) throws -> LoggedErasure {
            let statement = ErasureStatement(
                recorded: recorded, kind: "lab.sample", by: "officer", reason: "request", basis: "none",
                retainedUntil: recorded,
                items: [2, 5, 9].map { ErasedItem(leaf: $0, item: 0, hash: Digest.sha256([])) })
            // Entry 9 comes behind, and entry 5 is the newest in front.
            return try #require(
                LoggedErasure(statement.statement, leaf: 7) { leaf in
                    leaf == 5 ? known.map { recorded - $0 } : nil
                })
        }
        let short = try erasure(after: .days(6 * 366 - 1))
        #expect(short.isEarly && short.keptUntil == recorded + .days(1))
        let told = ErasureText.sentences([short], of: ["lab.sample"]).joined()
        #expect(told.contains("though it was to be kept until"), "\(told)")
        #expect(try !erasure(after: .days(6 * 366)).isEarly)
        #expect(try !erasure(after: nil).isEarly)
    }
}
