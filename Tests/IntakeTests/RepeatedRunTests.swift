import Formats
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Intake

/// Programs that ask a server are run again where it did not answer, and only there.
@Suite struct RepeatedRunTests {
    /// Ends well at this attempt, and before it as a program does that found nobody.
    private static func runs(succeedingAt attempt: Int, _ rule: RetryRule = RetryRule()) async throws -> (
        run: Program.Run, waits: [Duration]
    ) {
        let folder = try Folder()
        let count = folder.path + "/count"
        let script = "echo x >> \(count); [ $(wc -l < \(count)) -ge \(attempt) ] || exit 7; echo done"
        let waits = Mutex<[Duration]>([])
        let repeated = RepeatedRun(
            rule: rule, sleep: { wait in waits.withLock { $0.append(wait) } }, share: { 0.5 })
        let run = await repeated.run(Program(executable: "/bin/sh", arguments: ["-c", script])) {
            $0.end == .exited(7)
        }
        return (run, waits.withLock { $0 })
    }

    @Test func `a server that comes up is found at a later attempt, after waits that double`() async throws {
        let found = try await Self.runs(succeedingAt: 3)
        #expect(found.run.succeeded && found.run.text == "done\n")
        #expect(found.waits == [.milliseconds(500), .seconds(1)])
        let first = try await Self.runs(succeedingAt: 1)
        #expect(first.run.succeeded && first.waits.isEmpty)
    }

    @Test func `a server that stays away is given up after the attempts or the time of the rule`()
        async throws
    {
        let attempts = try await Self.runs(succeedingAt: 100)
        #expect(attempts.run.end == .exited(7) && attempts.waits.count == 4)
        let time = try await Self.runs(succeedingAt: 100, RetryRule(budget: .seconds(2)))
        #expect(time.run.end == .exited(7) && time.waits == [.milliseconds(500), .seconds(1)])
    }

    @Test(
        arguments: [
            (255, "ldap_sasl_bind(SIMPLE): Can't contact LDAP server (-1)", true),
            (255, "additional info: the certificate is not trusted", false),
            (52, "ldap_bind: Server is unavailable (52)", true), (51, "", true),
            (49, "ldap_bind: Invalid credentials (49)", false), (4, "", false), (32, "", false),
            (0, "", false),
        ] as [(Int32, String, Bool)])
    func `a directory is asked again where it did not answer`(code: Int32, said: String, isPassing: Bool) {
        #expect(LDAPScope.isPassing(.exited(code), said) == isPassing)
        #expect(!LDAPScope.isPassing(.timedOut, said) && !LDAPScope.isPassing(.interrupted, said))
    }

    @Test(arguments: [
        ("Is the server running on that host and accepting TCP/IP connections?", true, "nobody listens"),
        ("psql: error: could not translate host name \"x\" to address: …", true, "no such host"),
        (
            """
            connection to server at "::1", port 5432 failed: Connection refused
            \tIs the server running on that host and accepting TCP/IP connections?
            connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "x"
            """, false, "password was refused"
        ),
        ("connection to server at \"x\", port 5432 failed: timeout expired", true, "within 10 s"),
        ("FATAL:  the database system is starting up", true, "not ready yet"),
        ("FATAL:  sorry, too many clients already", true, "no connection left"),
        ("FATAL:  password authentication failed for user \"a\"", false, "password was refused"),
        ("SSL error: certificate verify failed", false, "not trusted"),
        ("FATAL:  database \"x\" does not exist", false, "no such role or database"),
    ])
    func `a database is asked again where it did not answer`(
        said: String, isPassing: Bool, reason: String
    ) {
        #expect(PostgreSQLScope.isPassing(.exited(2), said) == isPassing)
        // The query itself failed.
        #expect(!PostgreSQLScope.isPassing(.exited(3), said))
        #expect(PostgreSQLScope.reason(said).contains(reason))
    }

    // MARK: Where nobody listens

    private static func attempts(_ connector: some Connector, _ parameters: [String: String]) async throws
        -> (
            reasons: [String], waits: Int
        )
    {
        let waits = Mutex(0)
        var request = CollectionRequest.sample(parameters, kinds: ["idp.membership"])
        request.secrets = ["password": .program(["printf", "right"])]
        request.services = Services(
            http: NoNetwork(), tls: NoNetwork(), sleep: { _ in waits.withLock { $0 += 1 } })
        let drafts = try await Collected.by(connector, request)
        return (drafts.flatMap(\.reasons), waits.withLock { $0 })
    }

    @Test(.enabled(if: Tool.path("ldapsearch") != nil, "skipped: ldapsearch is not installed"))
    func `a directory that nobody serves is asked five times`() async throws {
        let port = try RealServer.freePort()
        let found = try await Self.attempts(
            LDAPConnector(), ["url": "ldap://127.0.0.1:\(port)", "base": "dc=x", "bind_dn": "cn=reader,dc=x"])
        #expect(found.waits == 4 && found.reasons.first?.contains("no connection") == true)
    }

    @Test(.enabled(if: Tool.path("psql") != nil, "skipped: psql is not installed"))
    func `a database that nobody serves is asked five times`() async throws {
        let port = try RealServer.freePort()
        let found = try await Self.attempts(
            PostgreSQLConnector(),
            ["host": "127.0.0.1", "port": "\(port)", "user": "reader", "sslmode": "disable"])
        #expect(found.waits == 4 && found.reasons == ["no connection: nobody listens at this address"])
    }
}
