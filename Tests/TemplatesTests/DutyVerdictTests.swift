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

    @Test(arguments: notices + officials)
    func `notices and officials are judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }

    @Test(arguments: breaches) func `breaches are judged as the control asks`(_ example: TemplateCase) throws
    {
        #expect(try example.conclusion() == example.expected)
    }
}
