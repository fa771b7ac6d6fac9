import Catalog
import Formats
import Testing

@testable import Programs

/// Who is engaged to examine, and how periods follow each other.
@Suite struct EngagementTests {
    private static let complete = """
        engagement: soc2
        form: type-2
        firm: Northgate Assurance
        period: year
        licence: State board 1
        peer_reviewed: 2025-06-01
        letter: 2026-01-10
        independence: Declared in the letter.
        """

    private static let year = "---\nperiod: year\nfrom: 2026-01-01\nto: 2027-01-01\n"

    private func rules(_ yaml: String, on day: String = "2026-03-01") throws -> [String] {
        let (program, findings) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        #expect(findings.isEmpty, "\(findings)")
        let found = try program.lint(kinds: .builtin(), criteria: .builtin(), on: CalendarDate(day))
        return found.map(\.rule).filter {
            $0.hasPrefix("engagement-") || $0.hasPrefix("period-") || $0 == "unknown-period"
        }
    }

    @Test func `an examination with everything on file is found right`() throws {
        #expect(try rules(Self.complete + "\n" + Self.year) == [])
    }

    @Test(arguments: ["licence", "peer_reviewed", "letter", "independence", "period"])
    func `what is not on file is told by its key`(_ key: String) throws {
        let lines = Self.complete.split(separator: "\n").filter { !$0.hasPrefix(key + ":") }
        let yaml = lines.joined(separator: "\n") + "\n" + Self.year
        #expect(try rules(yaml) == ["engagement-incomplete"])
        let (program, _) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        let finding = try program.lint(kinds: .builtin(), criteria: .builtin()).first {
            $0.rule == "engagement-incomplete"
        }
        #expect(finding?.message.contains("lacks \(key):") == true)
    }

    @Test func `advice needs no licence, and may be privileged, of which is warned`() throws {
        let advice = "engagement: gap\nform: readiness\nfirm: Counsel\n"
        #expect(try rules(advice) == [])
        #expect(try rules(advice + "privileged: true\n") == ["engagement-advice-privileged"])
        #expect(
            try rules(Self.complete + "\nprivileged: true\n" + Self.year) == ["engagement-privileged"])
    }

    @Test func `whoever examines has no part in what is examined`() throws {
        let control = """
            ---
            control: OPS-01
            title: T
            statement: S
            owner: Northgate Assurance
            frequency: daily
            nature: manual

            """
        let vendor = "---\nvendor: northgate\ntitle: Northgate Assurance\n"
        for part in [control, vendor] {
            #expect(try rules(Self.complete + "\n" + Self.year + part) == ["engagement-not-independent"])
        }
    }

    @Test func `one firm that advises and examines says why that is no threat`() throws {
        let advice = "---\nengagement: gap\nform: readiness\nfirm: Northgate Assurance\n"
        #expect(try rules(Self.complete + "\n" + Self.year + advice) == [])
        let silent = Self.complete.replacing("independence: Declared in the letter.", with: "")
        #expect(
            Set(try rules(silent + "\n" + Self.year + advice)) == [
                "engagement-incomplete", "engagement-same-firm",
            ])
    }

    @Test func `a peer review holds for three years, and a period must exist`() throws {
        #expect(try rules(Self.complete + "\n" + Self.year, on: "2026-12-01") == [])
        #expect(
            try rules(
                Self.complete + "\n" + Self.year.replacing("2027-01-01", with: "2030-01-01"), on: "2028-07-01"
            )
                == ["engagement-peer-review-old"])
        #expect(try rules(Self.complete).contains("unknown-period"))
    }

    @Test(arguments: [
        ("2026-07-01", "2027-07-01", []), ("2026-07-02", "2027-07-01", ["period-gap"]),
        ("2026-05-01", "2027-07-01", []), ("2026-12-01", "2027-07-01", ["period-gap"]),
        ("2026-07-01", "2026-09-01", ["period-short"]),
    ])
    func `periods follow each other and are long enough`(_ from: String, _ to: String, _ expected: [String])
        throws
    {
        let first = "period: a\nfrom: 2025-07-01\nto: 2026-07-01\n"
        #expect(try rules(first + "---\nperiod: b\nfrom: \(from)\nto: \(to)\n") == expected)
    }

    @Test(arguments: [
        ("tolerable: 20%\ncoverage: 80%\n", []), ("tolerable: 20.01%\n", ["period-lenient"]),
        ("coverage: 79.99%\n", ["period-lenient"]), ("tolerable: 100%\ncoverage: 0%\n", ["period-lenient"]),
    ])
    func `a period that accepts much is told`(_ shares: String, _ expected: [String]) throws {
        #expect(try rules(String(Self.year.dropFirst(4)) + shares) == expected)
    }

    @Test(arguments: [
        ("2026-11-30", []), ("2026-12-02", ["period-next-missing"]), ("2027-03-01", ["period-next-missing"]),
    ])
    func `the next period is asked for before the last one ends`(_ day: String, _ expected: [String]) throws {
        #expect(try rules(String(Self.year.dropFirst(4)), on: day) == expected)
    }
}
