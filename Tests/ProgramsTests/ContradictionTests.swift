import Catalog
import Formats
import Testing

@testable import Programs

/// The contradictions that agreements, policies, parameters and the description can have, one example each.
@Suite struct ContradictionTests {
    private static func baa(_ terms: String, id: String = "customer-baa", more: String = "") -> String {
        """
        agreement: \(id)
        title: Agreement
        form: baa
        customer: Northside
        role: business-associate
        from: 2026-01-01
        \(more)terms: { \(terms) }
        ---

        """
    }

    private static let vendor = """
        vendor: host
        title: Host
        phi: true
        phi_since: 2026-02-01
        countries: [DE]
        owner: o
        reviewed: 2026-05-01
        ---

        """

    private static let vendorBAA = """
        agreement: host-baa
        title: Agreement
        form: baa
        vendor: host
        from: 2026-01-01
        terms: { breach_notice: 10d }
        ---

        """

    private static let control = "title: T\nstatement: S\nowner: o\nfrequency: event\nnature: manual\n"

    struct Example: Sendable {
        let name, rule, yaml, expected: String

        init(_ name: String, _ rule: String, _ yaml: String, _ expected: String = "") {
            (self.name, self.rule, self.yaml, self.expected) = (name, rule, yaml, expected)
        }
    }

    private static let contradicting: [Example] = [
        Example(
            "1, a policy's figure", "notice-later-than-promised",
            join(baa("breach_notice: 24h"), "policy: incidents\ntitle: I\nstates: { breach_notice: 72h }\n"),
            "policy incidents says 3d, agreement customer-baa promises 1d"),
        Example(
            "1, a test's parameter", "notice-later-than-promised",
            join(
                baa("breach_notice: 24h"), "control: INC-03\n\(control)tests: [notify]\n---\n",
                "test: notify\nkind: response\nparams: { sla: 72h }\ntrigger: { of: incident.record, where: i.phi, as: i, key: i.severity }\n",
                "response: { of: training.completion, key: c.course }\n"), "test notify of INC-03 says 3d"),
        Example(
            "2", "clock-starts-late",
            join(
                baa("clock_start: suspicion"), "policy: p\ntitle: I\nstates: { clock_start: confirmation }\n"),
            "counts from confirmation, agreement customer-baa from suspicion"),
        Example("3", "vendor-without-baa", vendor, "vendor host has PHI"),
        Example(
            "3, too late", "baa-after-phi",
            join(vendor, vendorBAA.replacing("2026-01-01", with: "2026-03-01")),
            "PHI reached vendor host on 2026-02-01"),
        Example(
            "4", "vendor-notice-too-late", join(baa("breach_notice: 48h"), vendor, vendorBAA),
            "gives the vendor 10d, and agreement customer-baa leaves us 2d"),
        Example(
            "5", "outside-allowed-places", join(baa("countries: [US]"), vendor),
            "vendor host is in DE and has PHI, agreement customer-baa allows US"),
        Example(
            "6", "backups-outlive-destruction",
            join(baa("destroy: 30d"), "asset: a\ntitle: A\nphi: true\nowner: o\nbackup_retention: 400d\n"),
            "asset a keeps backups for 400d, agreement customer-baa promises destruction in 30d"),
        Example(
            "7", "dataset-barred",
            join(
                baa("ai_training: false"),
                "dataset: d\ntitle: D\nagreements: [customer-baa]\npurposes: [training]\n"),
            "dataset d holds data under customer-baa, which bars training"),
        Example(
            "8", "report-category-missing",
            join(
                baa("report_categories: [security, availability]"),
                "period: p\nfrom: 2026-01-01\nto: 2027-01-01\ncategories: [security]\n"),
            "promises a report on Availability"),
        Example(
            "9", "availability-below-promise",
            join(
                baa("uptime: 99.9%"),
                "system: s\ntitle: S\ndescription: The service is available 99.5% of the time.\n"),
            "system s says 99.5%, agreement customer-baa promises 99.9%"),
        Example(
            "10", "encryption-exception",
            join(
                baa("safeguards: [encryption-at-rest]"),
                "asset: a\ntitle: A\nphi: true\nowner: o\nencrypted: false\n"),
            "asset a holds PHI unencrypted"),
        Example(
            "11", "logs-shorter-than-promised",
            join(baa("accounting_years: 6"), "policy: p\ntitle: P\nstates: { log_retention: 365d }\n"),
            "policy p keeps logs for 365d, agreement customer-baa promises an accounting over 6 years"),
        Example(
            "12", "insurance-below-promise", baa("insurance: 5000000"),
            "promises insurance of $5000000, and no insurance contract is in force"),
        Example(
            "13", "training-rarer-than-promised",
            join(baa("training: 365d"), "policy: p\ntitle: P\nstates: { training: 730d }\n"),
            "policy p says 730d"),
        Example(
            "14", "subcontractor-unannounced", join(baa("subcontractor_consent: approval"), vendor),
            "vendor host has no record of it"),
        Example(
            "15", "use-not-permitted",
            join(
                baa("permitted_uses: [services]"),
                "policy: notice\ntitle: N\nstates: { permitted_uses: [product-improvement] }\n"),
            "claims the use \"product-improvement\""),
        Example(
            "16", "notice-contact-gone",
            join(baa("notice_contacts: [p-1]"), "person: p-1\nname: A\nto: 2026-03-01\n"),
            "who left on 2026-03-01"),
        Example(
            "17", "system-outside-agreement",
            join(
                baa("countries: [US]", more: "systems: [a]\n"),
                "system: a\ntitle: A\ndescription: A\n---\nsystem: b\ntitle: B\ndescription: B\n---\n",
                "asset: x\ntitle: X\nphi: true\nowner: o\nsystem: b\n"), "asset x holds PHI in b"),
        Example(
            "18", "vendor-not-described",
            join(
                vendor,
                "vendor: other\ntitle: O\n---\nsystem: s\ntitle: S\ndescription: D\nvendors: [other]\n"),
            "vendor host is a subservice organization or has PHI"),
        Example(
            "19", "agreements-differ", join(baa("access: 5d"), baa("access: 10d", id: "second")),
            "agreement second says 10d, agreement customer-baa with the same customer 5d"),
        Example(
            "20", "vague-term", "commitment: c\nstatement: We tell customers immediately.\n",
            "\"immediately\""),
        Example("law", "later-than-law", baa("breach_notice: 90d"), "allows 90d, the law 60d (164.410(b))"),
        Example("safeguards", "safeguard-without-control", baa("safeguards: [mfa]"), "promises mfa"),
    ]

    private static let inLine: [Example] = [
        Example(
            "", "notice-later-than-promised",
            join(baa("breach_notice: 72h"), "policy: p\ntitle: I\nstates: { breach_notice: 24h }\n")),
        Example("", "vendor-without-baa", join(vendor, vendorBAA)),
        Example(
            "", "vendor-notice-too-late",
            join(baa("breach_notice: 48h"), vendor, vendorBAA.replacing("10d", with: "36h"))),
        Example("", "outside-allowed-places", join(baa("countries: [DE]"), vendor)),
        Example(
            "", "backups-outlive-destruction",
            join(
                baa("destroy: 30d, infeasible_terms: true"),
                "asset: a\ntitle: A\nphi: true\nowner: o\nbackup_retention: 400d\n")),
        Example(
            "", "agreements-differ",
            join(baa("access: 5d"), baa("access: 10d", id: "second", more: "to: 2026-02-01\n"))),
        Example(
            "", "vague-term", "commitment: c\nstatement: We tell customers immediately, within 24 hours.\n"),
        Example("", "notice-contact-gone", baa("notice_contacts: [privacy@northside.example]")),
    ]

    @Test(arguments: contradicting)
    func `a contradiction is found`(example: Example) throws {
        let found = try check(example.yaml).filter { $0.rule == example.rule }
        #expect(found.contains { $0.description.contains(example.expected) }, "\(example.name): \(found)")
        #expect(found.allSatisfy { $0.place.file == "p.yaml" && $0.severity == .warning })
    }

    /// The same documents, brought in line: none of the rules has anything to say.
    @Test(arguments: inLine)
    func `documents in line contradict nothing`(example: Example) throws {
        #expect(try check(example.yaml).filter { $0.rule == example.rule } == [])
    }

    @Test func `figures are found in running text, at their line`() throws {
        let policy = """
            ---
            policy: p
            title: P
            ---
            # Incidents

            Customers are told of a breach within 72 hours after confirmation.
            Training is repeated every two years.
            Backups are kept for 400 days.
            """
        let files = [
            ProgramFile(
                path: "a.yaml",
                bytes: Array(
                    Self.baa("breach_notice: 24h, clock_start: discovery, training: 365d, destroy: 30d").utf8)
            ),
            ProgramFile(path: "p.md", bytes: Array(policy.utf8)),
        ]
        let program = try Program(reading: files)
        let found = try program.lint(kinds: .builtin(), criteria: .builtin(), on: Self.today).filter {
            $0.place.file == "p.md"
        }
        let lines = Dictionary(grouping: found, by: \.rule).mapValues { $0.map(\.place.line) }
        #expect(lines["notice-later-than-promised"] == [7] && lines["clock-starts-late"] == [7])
        #expect(lines["training-rarer-than-promised"] == [8] && lines["backups-outlive-destruction"] == [9])
    }

    @Test(arguments: [(1, 4), (2, 5), (5, 8), (6, 11), (10, 15)])
    func `business days are compared at their longest`(count: Int, days: Int64) {
        #expect(TimeAllowed.businessDays(count).longest == .days(days))
    }

    private static let today = CalendarDate("2026-06-01")

    private func check(_ yaml: String) throws -> [Finding] {
        let (program, findings) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        try #require(findings.isEmpty, "\(findings)")
        return try program.lint(kinds: .builtin(), criteria: .builtin(), hipaa: .builtin(), on: Self.today)
    }
}
