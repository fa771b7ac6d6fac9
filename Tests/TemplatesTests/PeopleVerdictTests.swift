import Assessment
import Testing

/// What tests about people and their access conclude from made-up evidence.
@Suite struct PeopleVerdictTests {
    static let access: [TemplateCase] = [
        TemplateCase(
            "grants-approved", "approved by who receives it", .ineffective,
            """
            access.grant g 2026-02-01 {"system":"prod","subject_id":"p-1","requester_id":"p-9",\
            "approver_id":"p-1","approved_at":"2026-01-31T08:00:00Z"}
            """),
        TemplateCase(
            "grants-approved", "approved by who asked", .ineffective,
            """
            access.grant g 2026-02-01 {"system":"prod","subject_id":"p-1","requester_id":"p-9",\
            "approver_id":"p-9","approved_at":"2026-01-31T08:00:00Z"}
            """),
        TemplateCase(
            "grants-approved", "approved by a third person", .effective,
            """
            access.grant g 2026-02-01 {"system":"prod","subject_id":"p-1","requester_id":"p-9",\
            "approver_id":"p-2","approved_at":"2026-01-31T08:00:00Z"}
            """),
        TemplateCase(
            "access-review-every-system", "some decided about themselves", .ineffective,
            """
            asset.system prod 2025-01-01 {"name":"prod","tier":1}
            access.review q3 2025-09-20 {"system":"prod","entitlements":9,"decided":9,"self_decided":1}
            access.review q1 2026-03-20 {"system":"prod","entitlements":9,"decided":9,"self_decided":1}
            access.review q2 2026-06-20 {"system":"prod","entitlements":9,"decided":9,"self_decided":1}
            """),
        TemplateCase(
            "access-review-every-system", "nobody decided about herself or himself", .effective,
            """
            asset.system prod 2025-01-01 {"name":"prod","tier":1}
            access.review q1 2026-03-20 {"system":"prod","entitlements":9,"decided":9,"self_decided":0}
            access.review q2 2026-06-20 {"system":"prod","entitlements":9,"decided":9}
            access.review q3 2025-09-20 {"system":"prod","entitlements":9,"decided":9}
            access.review q4 2025-12-20 {"system":"prod","entitlements":9,"decided":9}
            """),
        TemplateCase(
            "access-review-revocations", "never carried out", .ineffective,
            """
            access.review q1 2026-03-20 {"system":"prod","entitlements":9,"decided":9,"revoked":2}
            """),
        TemplateCase(
            "access-review-revocations", "carried out after three days", .effective,
            """
            access.review q1 2026-03-20 {"system":"prod","entitlements":9,"decided":9,"revoked":2,\
            "revoked_at":"2026-03-23T00:00:00Z"}
            """),
        TemplateCase(
            "access-review-revocations", "carried out after eight days", .ineffective,
            """
            access.review q1 2026-03-20 {"system":"prod","entitlements":9,"decided":9,"revoked":2,\
            "revoked_at":"2026-03-28T00:00:00Z"}
            """),
        TemplateCase(
            "access-review-revocations", "nothing was revoked", .noOccurrence,
            """
            access.review q1 2026-03-20 {"system":"prod","entitlements":9,"decided":9,"revoked":0}
            """),
        TemplateCase(
            "service-accounts-owned", "nobody owns it", .ineffective,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account svc 2025-01-01 {"enabled":true,"type":"service"}
            """),
        TemplateCase(
            "service-accounts-owned", "nobody owns it, and somebody is called nobody", .ineffective,
            """
            hr.employment nobody 2025-01-01 {"person_id":"nobody"}
            idp.account svc 2025-01-01 {"enabled":true,"type":"service"}
            """),
        TemplateCase(
            "service-accounts-owned", "nobody says whether it is a person's", .noOccurrence,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account a 2025-01-01 {"enabled":true}
            """),
        TemplateCase(
            "service-accounts-owned", "its owner works here", .effective,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account svc 2025-01-01 {"enabled":true,"type":"service","owner_id":"p-1"}
            """),
        TemplateCase(
            "service-accounts-owned", "its owner has left", .ineffective,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1","ended_at":"2026-03-01T00:00:00Z"}
            idp.account svc 2025-01-01 {"enabled":true,"type":"service","owner_id":"p-1"}
            """),
        TemplateCase(
            "accounts-not-shared", "nobody has said whether it is shared", .noEvidence,
            """
            idp.account a 2025-01-01 {"enabled":true}
            """),
        TemplateCase(
            "accounts-not-shared", "shared", .ineffective,
            """
            idp.account a 2025-01-01 {"enabled":true,"shared":true}
            """),
    ]

    /// An account is a person's unless it is said to be a service's.
    static let sorts: [TemplateCase] = [
        TemplateCase(
            "mfa-people", "nobody says whether it is a person's, without a second factor", .ineffective,
            """
            idp.account a 2025-01-01 {"enabled":true,"mfa":false}
            """),
        TemplateCase(
            "mfa-people", "nobody says whether it is a person's, with a second factor", .effective,
            """
            idp.account a 2025-01-01 {"enabled":true,"mfa":true}
            """),
        TemplateCase(
            "mfa-people", "the directory has a word of its own for it", .ineffective,
            """
            idp.account a 2025-01-01 {"enabled":true,"type":"member","mfa":false}
            """),
        TemplateCase(
            "mfa-people", "a service's", .noOccurrence,
            """
            idp.account svc 2025-01-01 {"enabled":true,"type":"service","mfa":false}
            """),
        TemplateCase(
            "accounts-owned", "nobody says whether it is a person's, and its owner works here", .effective,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account a 2025-01-01 {"enabled":true,"owner_id":"p-1"}
            """),
        TemplateCase(
            "accounts-owned", "nobody says whether it is a person's, and its owner is unknown", .ineffective,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account a 2025-01-01 {"enabled":true,"owner_id":"p-2"}
            """),
        TemplateCase(
            "accounts-owned", "the directory has a word of its own for it", .ineffective,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account a 2025-01-01 {"enabled":true,"type":"member","owner_id":"p-2"}
            """),
        TemplateCase(
            "accounts-owned", "a service's", .noOccurrence,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account svc 2025-01-01 {"enabled":true,"type":"service","owner_id":"p-2"}
            """),
        TemplateCase(
            "service-accounts-owned", "the directory has a word of its own for it", .noOccurrence,
            """
            hr.employment p-1 2025-01-01 {"person_id":"p-1"}
            idp.account a 2025-01-01 {"enabled":true,"type":"member"}
            """),
    ]

    static let training: [TemplateCase] = [
        TemplateCase(
            "training-at-start", "another course", .ineffective,
            """
            hr.employment p-1 2026-01-10 {"person_id":"p-1","started_at":"2026-01-10T09:00:00Z"}
            training.completion t 2026-01-15 {"person_id":"p-1","course":"spreadsheets","passed":true}
            """),
        TemplateCase(
            "training-at-start", "not passed", .ineffective,
            """
            hr.employment p-1 2026-01-10 {"person_id":"p-1","started_at":"2026-01-10T09:00:00Z"}
            training.completion t 2026-01-15 {"person_id":"p-1","course":"security-and-hipaa",\
            "passed":false}
            """),
        TemplateCase(
            "training-at-start", "completed, without a test at its end", .effective,
            """
            hr.employment p-1 2026-01-10 {"person_id":"p-1","started_at":"2026-01-10T09:00:00Z"}
            training.completion t 2026-01-15 {"person_id":"p-1","course":"security-and-hipaa"}
            """),
        TemplateCase(
            "training-yearly", "not once in the year", .ineffective,
            """
            hr.employment p-1 2024-06-01 {"person_id":"p-1"}
            training.completion t 2024-06-10 {"person_id":"p-1","course":"security-and-hipaa"}
            """),
        TemplateCase(
            "training-yearly", "within the year", .effective,
            """
            hr.employment p-1 2024-06-01 {"person_id":"p-1"}
            training.completion t 2025-06-10 {"person_id":"p-1","course":"security-and-hipaa"}
            """),
    ]

    /// What is done before the day that counts is done.
    static let early: [TemplateCase] = [
        TemplateCase(
            "terms-signed", "with the contract", .effective,
            """
            hr.employment p-1 2026-02-20 {"person_id":"p-1","started_at":"2026-03-02T09:00:00Z"}
            policy.acknowledgement a 2026-02-25 {"document":"workforce-terms","person_id":"p-1"}
            """),
        TemplateCase(
            "terms-signed", "two weeks after the first day", .effective,
            """
            hr.employment p-1 2026-03-02 {"person_id":"p-1","started_at":"2026-03-02T09:00:00Z"}
            policy.acknowledgement a 2026-03-16 {"document":"workforce-terms","person_id":"p-1"}
            """),
        TemplateCase(
            "terms-signed", "three weeks after the first day", .ineffective,
            """
            hr.employment p-1 2026-03-02 {"person_id":"p-1","started_at":"2026-03-02T09:00:00Z"}
            policy.acknowledgement a 2026-03-23 {"document":"workforce-terms","person_id":"p-1"}
            """),
        TemplateCase(
            "training-at-start", "before the first day", .effective,
            """
            hr.employment p-1 2026-02-20 {"person_id":"p-1","started_at":"2026-03-02T09:00:00Z"}
            training.completion t 2026-02-27 {"person_id":"p-1","course":"security-and-hipaa","passed":true}
            """),
        TemplateCase(
            "training-at-start", "five weeks after the first day", .ineffective,
            """
            hr.employment p-1 2026-03-02 {"person_id":"p-1","started_at":"2026-03-02T09:00:00Z"}
            training.completion t 2026-04-06 {"person_id":"p-1","course":"security-and-hipaa","passed":true}
            """),
        TemplateCase(
            "mover-adjustment", "on the day before", .effective,
            """
            hr.transfer t 2026-04-01 {"person_id":"p-1"}
            access.adjustment a 2026-03-31 {"person_id":"p-1"}
            """),
        TemplateCase(
            "mover-adjustment", "announced long before it takes effect", .effective,
            """
            hr.transfer t 2026-01-15 {"person_id":"p-1","effective_at":"2026-04-01T00:00:00Z"}
            access.adjustment a 2026-04-07 {"person_id":"p-1"}
            """),
        TemplateCase(
            "mover-adjustment", "nine days after", .ineffective,
            """
            hr.transfer t 2026-04-01 {"person_id":"p-1"}
            access.adjustment a 2026-04-10 {"person_id":"p-1"}
            """),
        TemplateCase(
            "mover-adjustment", "one adjustment after two changes", .ineffective,
            """
            hr.transfer t 2026-04-01 {"person_id":"p-1"}
            hr.transfer u 2026-04-10 {"person_id":"p-1"}
            access.adjustment a 2026-04-04 {"person_id":"p-1"}
            """),
        TemplateCase(
            "mover-adjustment", "an adjustment after each change", .effective,
            """
            hr.transfer t 2026-04-01 {"person_id":"p-1"}
            hr.transfer u 2026-04-10 {"person_id":"p-1"}
            access.adjustment a 2026-04-04 {"person_id":"p-1"}
            access.adjustment b 2026-04-12 {"person_id":"p-1"}
            """),
        TemplateCase(
            "screened-before-access", "a service needs no background check", .noOccurrence,
            """
            access.grant g 2026-02-02 {"system":"prod","subject_id":"svc","subject_type":"service",\
            "production":true}
            """),
        TemplateCase(
            "screened-before-access", "a person does", .ineffective,
            """
            access.grant g 2026-02-02 {"system":"prod","subject_id":"p-1","production":true}
            """),
    ]

    @Test(arguments: early) func `what was done before counts`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: access) func `access is judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: sorts) func `each account is a person's or a service's`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: training) func `training is judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }
}
