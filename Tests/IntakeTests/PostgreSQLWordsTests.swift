import Formats
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

    @Test(arguments: [
        ("connection to server was lost", "the connection broke off while it answered"),
        ("\tbefore or while processing the request.", "the connection broke off while it answered"),
        ("FATAL:  password authentication failed for user \"a\"", "no connection: the password was refused"),
    ]) func `a connection that breaks off is no log-in that was refused`(_ said: String, _ told: String) {
        #expect(PostgreSQLScope.connectionFailure(said) == told)
    }

    private static func rows(_ names: [String], version: String) -> [JSON] {
        names.map { name in
            .object([
                ("name", .string(name)), ("setting", .string(name == "server_version" ? version : "on")),
            ])
        }
    }

    @Test func `a setting that is not shown is a gap, one of a later version is not`() {
        let all = PostgreSQLSettings.names
        #expect(PostgreSQLSettings.hidden(asked: all, Self.rows(all, version: "15.4")) == nil)
        let seen = all.filter { $0 != "shared_preload_libraries" }
        let hidden = PostgreSQLSettings.hidden(asked: all, Self.rows(seen, version: "15.4 (Debian)"))
        #expect(hidden?.reason.contains("not shown shared_preload_libraries;") == true)
        #expect(PostgreSQLSettings.hidden(asked: seen, Self.rows(seen, version: "15.4")) == nil)
        let old = all.filter { $0 != "idle_session_timeout" }
        #expect(PostgreSQLSettings.hidden(asked: all, Self.rows(old, version: "13.9")) == nil)
        #expect(PostgreSQLSettings.hidden(asked: all, Self.rows(old, version: "14.1")) != nil)
        #expect(PostgreSQLSettings.hidden(asked: all, []) != nil)
    }

    @Test(arguments: [
        ("user", true), ("database", true), ("database user", true), ("client", true), ("session", true),
        ("default", false), ("configuration file", false), ("command line", false), ("override", false),
        ("environment variable", false), ("global", false),
    ]) func `a value of this session alone is not the server's`(source: String, isOwn: Bool) {
        let rows: [JSON] = [
            .object([("name", .string("ssl")), ("setting", .string("on")), ("source", .string("default"))]),
            .object([
                ("name", .string("log_statement")), ("setting", .string("all")), ("source", .string(source)),
            ]),
        ]
        #expect(rows.filter(PostgreSQLSettings.isOwn).count == (isOwn ? 1 : 0))
        let told = PostgreSQLSettings.own(rows)?.reason.hasPrefix(
            "set for this role or database only: log_statement;")
        #expect(told == (isOwn ? true : nil))
        // It is shown, if not as the server's.
        let hidden = PostgreSQLSettings.hidden(asked: ["ssl", "log_statement"], rows)
        #expect(hidden == nil)
    }

    @Test func `only settings that are read can be left out`() throws {
        #expect(try PostgreSQLSettings.without(["pg_hba", "log_statement"]) == ["pg_hba", "log_statement"])
        #expect(try PostgreSQLSettings.without([]).isEmpty)
        for text in ["pg_hbaa", "server_version", "pg_hba,ssl"] {
            #expect(throws: ReadingFailure.self) { try PostgreSQLSettings.without([text]) }
        }
    }

    @Test func `a file of rules that the server does not load is a gap that names its lines`() {
        #expect(PostgreSQLSettings.faulty([]) == nil)
        let rows: [JSON] = [
            .object([("line_number", .integer(4))]), .object([("line_number", .integer(17))]),
            .object([("line_number", .null)]),
        ]
        let failure = PostgreSQLSettings.faulty(rows)
        #expect(failure?.scope == "pg_hba_file_rules")
        #expect(failure?.reason.hasPrefix("faults in line 4, 17, unknown of the file") == true)
        let many = (Int64(1)...25).map { JSON.object([("line_number", .integer($0))]) }
        #expect(PostgreSQLSettings.faulty(many)?.reason.contains(", 20 and 5 more of the file") == true)
    }

    @Test func `rules of who may connect that cannot be read are a gap with its reason`() {
        let failure = PostgreSQLSettings.unread(ReadingFailure("db:5432", "no answer within 90 s"))
        #expect(failure.scope == "pg_hba_file_rules" && failure.reason.hasPrefix("no answer within 90 s"))
    }
}
