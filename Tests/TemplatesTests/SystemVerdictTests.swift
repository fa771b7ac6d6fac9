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

    @Test(arguments: changes) func `changes are judged as the control asks`(_ example: TemplateCase) throws {
        #expect(try example.conclusion() == example.expected)
    }
}
