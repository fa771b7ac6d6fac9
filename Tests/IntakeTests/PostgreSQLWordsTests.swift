import Testing

@testable import Intake

@Suite struct PostgreSQLWordsTests {
    /// What a server says may quote a row.
    @Test(arguments: [
        ("ERROR:  permission denied for view pg_settings", "grant it pg_read_all_settings"),
        ("ERROR:  canceling statement due to statement timeout", "took too long"),
        ("ERROR:  invalid input syntax for type integer: \"Okafor, Asha\"", "the server's own log says why"),
    ]) func `why a query failed is told without the server's words`(_ said: String, _ told: String) {
        let reason = PostgreSQLScope.queryFailure(said)
        #expect(reason.contains(told) && !reason.contains("ERROR") && !reason.contains("Okafor"))
    }
}
