import Assessment
import Testing

/// What tests about incidents, notices and what else is owed conclude from made-up evidence.
@Suite struct DutyVerdictTests {
    static let breaches: [TemplateCase] = [
        TemplateCase(
            "incidents-judged", "patients' data, and nobody says whether it was permitted", .ineffective,
            """
            incident.record i 2026-02-01 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z","phi":true}
            """),
        TemplateCase(
            "incidents-judged", "nobody says so since an earlier period", .ineffective,
            """
            incident.record i 2025-02-01 {"severity":"sev1","opened_at":"2025-02-01T00:00:00Z","phi":true}
            """),
        TemplateCase(
            "incidents-judged", "nobody says whether patients' data is touched", .noEvidence,
            """
            incident.record i 2026-02-01 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z"}
            """),
        TemplateCase(
            "incidents-judged", "nobody said so in an earlier period", .noOccurrence,
            """
            incident.record i 2025-02-01 {"severity":"sev1","opened_at":"2025-02-01T00:00:00Z"}
            """),
        TemplateCase(
            "incidents-judged", "said after two days", .effective,
            """
            incident.record i 2026-02-01 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z","phi":true}
            incident.record i 2026-02-03 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z",\
            "phi":true,"impermissible":false}
            """),
        TemplateCase(
            "incidents-judged", "without patients' data", .noOccurrence,
            """
            incident.record i 2026-02-01 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z","phi":false}
            """),
        TemplateCase(
            "breach-assessed", "not permitted, as was found after a day, and assessed", .effective,
            """
            incident.record i 2026-02-01 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z",\
            "reference":"I-1"}
            incident.record i 2026-02-02 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z",\
            "reference":"I-1",\
            "impermissible":true}
            breach.assessment b 2026-02-05 {"incident":"I-1","factors":4,"signer_role":"privacy-official"}
            """),
        TemplateCase(
            "breach-assessed", "not permitted, and not assessed", .ineffective,
            """
            incident.record i 2026-02-02 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z",\
            "reference":"I-1",\
            "impermissible":true}
            """),
    ]

    static let notices: [TemplateCase] = [
        TemplateCase(
            "notices-entered", "no notice is on the list", .ineffective,
            """
            breach.assessment b 2026-02-05 {"incident":"I-1","notifiable":true}
            """),
        TemplateCase(
            "notices-entered", "the assessment does not say", .ineffective,
            """
            breach.assessment b 2026-02-05 {"incident":"I-1"}
            """),
        TemplateCase(
            "notices-entered", "entered on the day", .effective,
            """
            breach.assessment b 2026-02-05 {"incident":"I-1","notifiable":true}
            notice.duty n 2026-02-05T12:00 {"incident":"I-1","audience":"customer","sent":false,\
            "discovered_at":"2026-02-04T00:00:00Z","due_at":"2026-02-09T00:00:00Z"}
            """),
        TemplateCase(
            "notices-entered", "seen by the second daily reading", .effective,
            """
            breach.assessment b 2026-02-05T09:00 {"incident":"I-1","notifiable":true}
            notice.duty n 2026-02-06T12:00 {"incident":"I-1","audience":"customer","sent":false,\
            "discovered_at":"2026-02-04T00:00:00Z","due_at":"2026-02-09T00:00:00Z"}
            """),
        TemplateCase(
            "notices-entered", "entered after three days", .ineffective,
            """
            breach.assessment b 2026-02-05 {"incident":"I-1","notifiable":true}
            notice.duty n 2026-02-08 {"incident":"I-1","audience":"customer","sent":false,\
            "discovered_at":"2026-02-04T00:00:00Z","due_at":"2026-02-09T00:00:00Z"}
            """),
        TemplateCase(
            "notices-entered", "entered before the assessment", .effective,
            """
            breach.assessment b 2026-02-05 {"incident":"I-1","notifiable":true}
            notice.duty n 2026-02-04 {"incident":"I-1","audience":"individuals","sent":false,\
            "discovered_at":"2026-02-04T00:00:00Z","due_at":"2026-02-09T00:00:00Z"}
            """),
        TemplateCase(
            "notices-entered", "about another incident, and about none", .ineffective,
            """
            breach.assessment b 2026-02-05 {"incident":"I-1","notifiable":true}
            notice.duty n 2026-02-05 {"incident":"I-2","audience":"customer","sent":false,\
            "discovered_at":"2026-02-04T00:00:00Z","due_at":"2026-02-09T00:00:00Z"}
            notice.duty m 2026-02-05 {"audience":"customer","sent":false,\
            "discovered_at":"2026-02-04T00:00:00Z","due_at":"2026-02-09T00:00:00Z"}
            """),
        TemplateCase(
            "notices-entered", "shown to be no breach", .noOccurrence,
            """
            breach.assessment b 2026-02-05 {"incident":"I-1","notifiable":false}
            """),
    ]

    static let officials: [TemplateCase] = [
        TemplateCase(
            "privacy-official-exists", "only the other official is named", .ineffective,
            """
            org.role sec 2025-01-01 {"role":"security-official","holder_id":"p-1","holders":1}
            """),
        TemplateCase(
            "security-official-exists", "named", .effective,
            """
            org.role sec 2025-01-01 {"role":"security-official","holder_id":"p-1","holders":1}
            """),
        TemplateCase(
            "privacy-official-exists", "vacant", .ineffective,
            """
            org.role sec 2025-01-01 {"role":"security-official","holder_id":"p-1","holders":1}
            org.role priv 2025-01-01 {"role":"privacy-official","holders":0}
            """),
    ]

    static let vendors: [TemplateCase] = [
        TemplateCase(
            "hosting-report-covers", "reports without a gap, the second issued after its period", .effective,
            """
            vendor.record v 2025-01-01 {"name":"v","phi":true,"hosting":true}
            vendor.report r1 2025-01-01 {"vendor":"v","type":"soc2-type-2","opinion":"unmodified",\
            "period_from":"2025-01-01T00:00:00Z","period_to":"2026-01-01T00:00:00Z",\
            "covered_until":"2026-01-01T00:00:00Z"}
            vendor.report r2 2026-01-01 {"vendor":"v","type":"soc2-type-2","opinion":"qualified",\
            "period_from":"2026-01-01T00:00:00Z","period_to":"2026-07-01T00:00:00Z",\
            "covered_until":"2026-07-10T00:00:00Z"}
            """),
        TemplateCase(
            "hosting-report-covers", "of a period that is to come", .ineffective,
            """
            vendor.record v 2025-01-01 {"name":"v","phi":true,"hosting":true}
            vendor.report r1 2025-01-01 {"vendor":"v","type":"soc2-type-2","opinion":"unmodified",\
            "period_from":"2026-12-01T00:00:00Z","period_to":"2027-01-01T00:00:00Z",\
            "covered_until":"2027-01-01T00:00:00Z"}
            """),
        TemplateCase(
            "hosting-report-covers", "with an adverse opinion", .ineffective,
            """
            vendor.record v 2025-01-01 {"name":"v","phi":true,"hosting":true}
            vendor.report r1 2025-01-01 {"vendor":"v","type":"soc2-type-2","opinion":"adverse",\
            "period_from":"2025-01-01T00:00:00Z","period_to":"2026-07-01T00:00:00Z",\
            "covered_until":"2026-07-10T00:00:00Z"}
            """),
        TemplateCase(
            "hosting-report-covers", "of a point in time", .ineffective,
            """
            vendor.record v 2025-01-01 {"name":"v","phi":true,"hosting":true}
            vendor.report r1 2025-01-01 {"vendor":"v","type":"soc2-type-1","opinion":"unmodified",\
            "period_from":"2025-01-01T00:00:00Z","period_to":"2026-07-01T00:00:00Z",\
            "covered_until":"2026-07-10T00:00:00Z"}
            """),
        TemplateCase(
            "hosting-report-covers", "nobody says what it concludes", .noEvidence,
            """
            vendor.record v 2025-01-01 {"name":"v","phi":true,"hosting":true}
            vendor.report r1 2025-01-01 {"vendor":"v","type":"soc2-type-2",\
            "period_from":"2025-01-01T00:00:00Z","period_to":"2026-07-01T00:00:00Z",\
            "covered_until":"2026-07-10T00:00:00Z"}
            """),
        TemplateCase(
            "vendor-assessed-first", "neither signed nor in use yet", .effective,
            """
            vendor.record v 2026-02-01 {"name":"v","phi":true}
            """),
        TemplateCase(
            "vendor-assessed-first", "signed before it was assessed", .ineffective,
            """
            vendor.record v 2026-02-01 {"name":"v","phi":true,"signed_at":"2026-01-15T00:00:00Z",\
            "assessed_at":"2026-01-20T00:00:00Z"}
            """),
        TemplateCase(
            "vendor-assessed-first", "signed and never assessed", .ineffective,
            """
            vendor.record v 2026-02-01 {"name":"v","phi":true,"signed_at":"2026-01-15T00:00:00Z"}
            """),
    ]

    @Test(arguments: vendors) func `vendors are judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: notices + officials)
    func `notices and officials are judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: breaches) func `breaches are judged as the control asks`(_ example: TemplateCase) throws
    {
        #expect(try example.conclusion() == example.expected)
    }

    /// What a daily reading sees first when it is over.
    static let deadlines: [TemplateCase] = [
        TemplateCase(
            "incidents-taken", "first seen on the next day, taken after an hour", .ineffective,
            """
            incident.record i 2026-02-11 {"severity":"sev1",\
            "opened_at":"2026-02-10T03:00:00Z","acknowledged":true,"acknowledged_at":"2026-02-10T04:00:00Z"}
            """),
        TemplateCase(
            "incidents-taken", "taken after ten minutes", .effective,
            """
            incident.record i 2026-02-11 {"severity":"sev1",\
            "opened_at":"2026-02-10T03:00:00Z","acknowledged":true,"acknowledged_at":"2026-02-10T03:10:00Z"}
            """),
        TemplateCase(
            "incidents-taken", "nobody says when", .effective,
            """
            incident.record i 2026-02-11 {"severity":"sev1",\
            "opened_at":"2026-02-10T03:00:00Z","acknowledged":true}
            """),
        TemplateCase(
            "incidents-taken", "never taken", .ineffective,
            """
            incident.record i 2026-02-10T03:05 {"severity":"sev1","opened_at":"2026-02-10T03:00:00Z",\
            "acknowledged":false}
            """),
        TemplateCase(
            "incidents-contained-1", "after five hours", .ineffective,
            """
            incident.record i 2026-02-11 {"severity":"sev1",\
            "opened_at":"2026-02-10T03:00:00Z","contained":true,"contained_at":"2026-02-10T08:00:00Z"}
            """),
        TemplateCase(
            "incidents-contained-2", "after five hours", .effective,
            """
            incident.record i 2026-02-11 {"severity":"sev2",\
            "opened_at":"2026-02-10T03:00:00Z","contained":true,"contained_at":"2026-02-10T08:00:00Z"}
            """),
        TemplateCase(
            "malware-handled", "after five hours", .ineffective,
            """
            alert.record a 2026-02-11 {"type":"malware","severity":"high",\
            "opened_at":"2026-02-10T03:00:00Z","closed":true,"closed_at":"2026-02-10T08:00:00Z"}
            """),
        TemplateCase(
            "external-shares-closed", "after five hours", .effective,
            """
            alert.record a 2026-02-11 {"type":"external-share","severity":"high",\
            "opened_at":"2026-02-10T03:00:00Z","closed":true,"closed_at":"2026-02-10T08:00:00Z"}
            """),
        TemplateCase(
            "alerts-acknowledged", "after two hours", .ineffective,
            """
            alert.record a 2026-02-11 {"type":"login","severity":"high",\
            "opened_at":"2026-02-10T03:00:00Z","acknowledged":true,"acknowledged_at":"2026-02-10T05:00:00Z"}
            """),
        TemplateCase(
            "collector-failures-told", "after two hours", .ineffective,
            """
            alert.record a 2026-02-11 {"type":"collector","severity":"low",\
            "opened_at":"2026-02-10T03:00:00Z","acknowledged":true,"acknowledged_at":"2026-02-10T05:00:00Z"}
            """),
        TemplateCase(
            "egress-triaged", "after two days", .ineffective,
            """
            alert.record a 2026-02-11 {"type":"egress","severity":"low",\
            "opened_at":"2026-02-10T03:00:00Z","verdict":"benign","judged_at":"2026-02-12T05:00:00Z"}
            """),
        TemplateCase(
            "alerts-judged", "after two days", .effective,
            """
            alert.record a 2026-02-11 {"type":"egress","severity":"low",\
            "opened_at":"2026-02-10T03:00:00Z","verdict":"benign","judged_at":"2026-02-12T05:00:00Z"}
            """),
        TemplateCase(
            "unexplained-access-judged", "after two days", .effective,
            """
            alert.record a 2026-02-11 {"type":"phi-access","severity":"low",\
            "opened_at":"2026-02-10T03:00:00Z","verdict":"benign","judged_at":"2026-02-12T05:00:00Z"}
            """),
        TemplateCase(
            "leaked-secrets-revoked", "after two days", .ineffective,
            """
            secret.leak l 2026-02-12 {"location":"r","found_at":"2026-02-10T03:00:00Z","revoked":true,\
            "revoked_at":"2026-02-12T03:00:00Z"}
            """),
        TemplateCase(
            "customers-notified", "after it was due", .ineffective,
            """
            notice.duty n 2026-02-12 {"audience":"customer","discovered_at":"2026-02-10T03:00:00Z",\
            "due_at":"2026-02-11T03:00:00Z","sent":true,"sent_at":"2026-02-11T04:00:00Z"}
            """),
        TemplateCase(
            "customers-notified-limit", "within 24 hours", .effective,
            """
            notice.duty n 2026-02-12 {"audience":"customer","discovered_at":"2026-02-10T03:00:00Z",\
            "due_at":"2026-02-11T03:00:00Z","sent":true,"sent_at":"2026-02-10T04:00:00Z"}
            """),
        TemplateCase(
            "individuals-notified", "after it was due", .ineffective,
            """
            notice.duty n 2026-02-12 {"audience":"individuals","discovered_at":"2026-02-10T03:00:00Z",\
            "due_at":"2026-02-11T03:00:00Z","sent":true,"sent_at":"2026-02-11T04:00:00Z"}
            """),
        TemplateCase(
            "individuals-notified-limit", "within 60 days", .effective,
            """
            notice.duty n 2026-02-12 {"audience":"individuals","discovered_at":"2026-02-10T03:00:00Z",\
            "due_at":"2026-02-11T03:00:00Z","sent":true,"sent_at":"2026-02-11T04:00:00Z"}
            """),
        TemplateCase(
            "outages-announced", "after an hour", .ineffective,
            """
            notice.duty n 2026-02-12 {"audience":"status-page","discovered_at":"2026-02-10T03:00:00Z",\
            "due_at":"2026-02-11T03:00:00Z","sent":true,"sent_at":"2026-02-10T04:00:00Z"}
            """),
    ]

    @Test(arguments: deadlines) func `a time decides where there is one`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }
}
