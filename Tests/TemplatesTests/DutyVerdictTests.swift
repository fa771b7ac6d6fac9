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

    @Test(arguments: breaches) func `breaches are judged as the control asks`(_ example: TemplateCase) throws
    {
        #expect(try example.conclusion() == example.expected)
    }
}
