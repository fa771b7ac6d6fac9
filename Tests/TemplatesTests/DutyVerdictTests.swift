import Assessment
import Testing

/// What tests about incidents, notices and what else is owed conclude from made-up evidence.
@Suite struct DutyVerdictTests {
    static let breaches: [TemplateCase] = [
        TemplateCase(
            "incidents-judged", "nobody says whether it was permitted", .ineffective,
            """
            incident.record i 2026-02-01 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z"}
            """),
        TemplateCase(
            "incidents-judged", "said after two days", .effective,
            """
            incident.record i 2026-02-01 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z"}
            incident.record i 2026-02-03 {"severity":"sev1","opened_at":"2026-02-01T00:00:00Z",\
            "impermissible":false}
            """),
        TemplateCase(
            "incidents-judged", "without patients' data", .effective,
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
}
