import Assessment
import Testing

/// What tests about systems, changes and findings conclude from made-up evidence.
@Suite struct SystemVerdictTests {
    static let changes: [TemplateCase] = [
        TemplateCase(
            "change-peer-review", "approved before the last commit only", .ineffective,
            """
            vcs.change c 2026-02-10 {"repository":"r","author":"p-2","approvers":["p-1"],"merged":true,\
            "merge":false,"pull_request":"7","approved_last":false}
            """),
        TemplateCase(
            "change-peer-review", "the last commit was approved", .effective,
            """
            vcs.change c 2026-02-10 {"repository":"r","author":"p-2","approvers":["p-1"],"merged":true,\
            "merge":false,"pull_request":"7","approved_last":true}
            """),
        TemplateCase(
            "change-peer-review", "a source that does not tell which commit was approved", .effective,
            """
            vcs.change c 2026-02-10 {"repository":"r","author":"p-2","approvers":["p-1"],"merged":true}
            """),
    ]

    /// What nobody has said is unknown, not "no".
    static let unsaid: [TemplateCase] = [
        TemplateCase(
            "store-not-public", "nobody has said whether it holds patients' data", .noEvidence,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true,"public":true}
            """),
        TemplateCase(
            "store-not-public", "open, with patients' data", .ineffective,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true,"public":true,"phi":true}
            """),
        TemplateCase(
            "store-not-public", "open, without patients' data", .noOccurrence,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true,"public":true,"phi":false}
            """),
        TemplateCase(
            "backup-daily", "nobody has said whether it holds patients' data", .noEvidence,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true}
            """),
        TemplateCase(
            "restore-quarterly", "nobody has said whether it holds patients' data", .noEvidence,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true}
            """),
        TemplateCase(
            "integrity-checked", "nobody has said whether it holds patients' data", .noEvidence,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true}
            """),
        TemplateCase(
            "phi-stores-located", "nobody has said whether it holds patients' data", .noEvidence,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true,"region":"eu-west-1"}
            """),
        TemplateCase(
            "emergency-rare", "nobody has said which were emergencies", .noEvidence,
            """
            deploy.run d 2026-02-01 {"service":"api"}
            """),
        TemplateCase(
            "emergency-rare", "none was an emergency", .effective,
            """
            deploy.run d 2026-02-01 {"service":"api","emergency":false}
            """),
        TemplateCase(
            "findings-exploited", "no scanner says whether it is exploited", .noEvidence,
            """
            scan.finding f 2026-02-02 {"target":"t","severity":"low","found_at":"2026-02-01T00:00:00Z",\
            "fixed":false}
            """),
        TemplateCase(
            "findings-exploited", "exploited", .ineffective,
            """
            scan.finding f 2026-02-02 {"target":"t","severity":"low","found_at":"2026-02-01T00:00:00Z",\
            "fixed":false,\
            "exploited":true}
            """),
        TemplateCase(
            "findings-exploited", "fixed, and no scanner says whether it is exploited", .noOccurrence,
            """
            scan.finding f 2026-02-02 {"target":"t","severity":"low","found_at":"2026-02-01T00:00:00Z",\
            "fixed":true}
            """),
        TemplateCase(
            "findings-exploited", "fixed after three days", .effective,
            """
            scan.finding f 2026-02-02 {"target":"t","severity":"low","found_at":"2026-02-01T00:00:00Z",\
            "fixed":false,"exploited":true}
            scan.finding f 2026-02-04 {"target":"t","severity":"low","found_at":"2026-02-01T00:00:00Z",\
            "fixed":true,"exploited":true}
            """),
        TemplateCase(
            "findings-exploited", "fixed after ten days", .ineffective,
            """
            scan.finding f 2026-02-02 {"target":"t","severity":"low","found_at":"2026-02-01T00:00:00Z",\
            "fixed":false,"exploited":true}
            scan.finding f 2026-02-11 {"target":"t","severity":"low","found_at":"2026-02-01T00:00:00Z",\
            "fixed":true,"exploited":true}
            """),
    ]

    static let keys: [TemplateCase] = [
        TemplateCase(
            "key-rotation", "AWS turns it every 365 days, which is seen a day later", .effective,
            """
            kms.key k 2025-01-01 {"rotated_at":"2024-08-15T00:00:00Z","rotation":true}
            kms.key k 2025-08-16 {"rotated_at":"2025-08-15T06:00:00Z","rotation":true}
            """),
        TemplateCase(
            "key-rotation", "the plan says so, and it was not turned", .ineffective,
            """
            kms.key k 2025-01-01 {"rotated_at":"2024-08-15T00:00:00Z","rotation":true}
            """),
    ]

    @Test(arguments: keys) func `a key is judged by its last rotation`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: changes) func `changes are judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: unsaid) func `what nobody has said is unknown`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    static let logs: [TemplateCase] = [
        TemplateCase(
            "logs-intact", "only one of two stores is checked", .ineffective,
            """
            log.store web 2026-06-20 {"name":"web"}
            log.store phi 2026-06-20 {"name":"phi"}
            \(Self.days("log.integrity", "web", #"{"store":"web","breaks":0}"#))
            """),
        TemplateCase(
            "logs-intact", "both stores are checked", .effective,
            """
            log.store web 2026-06-20 {"name":"web"}
            log.store phi 2026-06-20 {"name":"phi"}
            \(Self.days("log.integrity", "web", #"{"store":"web","breaks":0}"#))
            \(Self.days("log.integrity", "phi", #"{"store":"phi","breaks":0}"#))
            """),
        TemplateCase(
            "logs-immutable", "entries can be changed", .ineffective,
            """
            log.store web 2025-01-01 {"name":"web","immutable":false}
            """),
        TemplateCase(
            "logs-immutable", "entries cannot be changed", .effective,
            """
            log.store web 2025-01-01 {"name":"web","immutable":true}
            """),
        TemplateCase(
            "phi-log-compared", "only one of two applications is compared", .ineffective,
            """
            phi.application viewer 2026-06-20 {"name":"viewer","emits":true}
            phi.application portal 2026-06-20 {"name":"portal","emits":true}
            \(Self.days("phi.coverage", "viewer", #"{"application":"viewer","reads":9,"matched":9}"#))
            """),
        TemplateCase(
            "phi-log-compared", "compared every day", .effective,
            """
            phi.application viewer 2026-06-20 {"name":"viewer","emits":true}
            \(Self.days("phi.coverage", "viewer", #"{"application":"viewer","reads":0,"matched":0}"#))
            """),
        TemplateCase(
            "phi-log-reads", "no reads in any comparison", .ineffective,
            """
            phi.application viewer 2026-04-20 {"name":"viewer","emits":true}
            phi.coverage c1 2026-05-10 {"application":"viewer","reads":0,"matched":0,"filled":0}
            phi.coverage c2 2026-06-10 {"application":"viewer","reads":0,"matched":0,"filled":0}
            """),
        TemplateCase(
            "phi-log-reads", "reads in one application of two", .ineffective,
            """
            phi.application viewer 2026-04-20 {"name":"viewer","emits":true}
            phi.application portal 2026-04-20 {"name":"portal","emits":true}
            phi.coverage c1 2026-05-10 {"application":"viewer","reads":9,"matched":9,"filled":9}
            phi.coverage c2 2026-06-10 {"application":"viewer","reads":9,"matched":9,"filled":9}
            """),
        TemplateCase(
            "phi-log-reads", "reads in every month", .effective,
            """
            phi.application viewer 2026-04-20 {"name":"viewer","emits":true}
            phi.coverage c1 2026-05-10 {"application":"viewer","reads":9,"matched":9,"filled":9}
            phi.coverage c2 2026-06-10 {"application":"viewer","reads":9,"matched":9,"filled":9}
            """),
        TemplateCase(
            "phi-log-complete", "nothing was read", .noOccurrence,
            """
            phi.coverage c 2026-02-10 {"application":"viewer","reads":0,"matched":0,"filled":0}
            """),
        TemplateCase(
            "phi-log-complete", "one read in ten is missing", .ineffective,
            """
            phi.coverage c 2026-02-10 {"application":"viewer","reads":10,"matched":9,"filled":9}
            """),
    ]

    static let places: [TemplateCase] = [
        TemplateCase(
            "phi-stores-located", "a region of Azure in the country", .effective,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true,"phi":true,"region":"eastus"}
            """),
        TemplateCase(
            "phi-stores-located", "elsewhere", .ineffective,
            """
            cloud.store a 2025-01-01 {"name":"a","encrypted":true,"phi":true,"region":"eu-west-1"}
            """),
        TemplateCase(
            "access-explained", "nobody has judged it", .ineffective,
            """
            phi.access a 2026-02-10 {"application":"viewer","user_id":"p-1"}
            """),
        TemplateCase(
            "access-explained", "judged after the weekend", .effective,
            """
            phi.access a 2026-02-12 {"application":"viewer","user_id":"p-1",\
            "judged_at":"2026-02-16T00:00:00Z"}
            """),
        TemplateCase(
            "access-explained", "a ticket", .effective,
            """
            phi.access a 2026-02-12 {"application":"viewer","user_id":"p-1","basis":"ticket"}
            """),
    ]

    @Test(arguments: places) func `access and places are judged as the control asks`(
        _ example: TemplateCase
    ) throws {
        #expect(try example.conclusion() == example.expected)
    }

    /// The same event on each of the last days of June 2026.
    private static func days(_ kind: String, _ id: String, _ value: String) -> String {
        (20...30).map { "\(kind) \(id)-\($0) 2026-06-\($0)T03:00 \(value)" }.joined(separator: "\n")
    }

    @Test(arguments: logs) func `logs are judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }
}
