import Evidence
import Formats

/// Reads roles, memberships and settings of a PostgreSQL server through its own client program, `psql`.
///
/// Parameters: `host`, `port`, `database` (postgres unless said), `user`, `sslmode` (verify-full unless said; `host` may
/// be a folder with the server's socket); `without`, settings that are not to be read. Secret: `password`. Least
/// privilege: a role with LOGIN and, to see every setting, membership in pg_read_all_settings and the right to read
/// pg_hba_file_rules; the session is read-only. No table's content is read.
package struct PostgreSQLConnector: Connector {
    package static let name = "postgresql"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "PostgreSQL server",
            [Self.roles, Self.memberships, Self.settings], emit: emit,
            parameters: { scope in
                scope.parameters
            },
            scope: { () async throws(ReadingFailure) in try await PostgreSQLScope(request) })
    }

    private static let roles = Reading<PostgreSQLScope>("db.role") { scope async throws(ReadingFailure) in
        // pg_authid holds the password hashes and is left alone.
        let sql = """
            SELECT rolname AS name, rolsuper AS superuser, rolcanlogin AS login, CASE WHEN isfinite(rolvaliduntil) \
            THEN to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END AS expires_at \
            FROM pg_roles WHERE rolname !~ '^pg_'
            """
        var records = Records("\(sql) (built-in pg_ roles left out)")
        for row in try await scope.rows(sql, &records) {
            records.add(
                "db.role", [scope.server, row["name"]?.string ?? ""], at: scope.started,
                [
                    ("name", row["name"]), ("database", .string(scope.server)),
                    ("superuser", row["superuser"]),
                    ("login", row["login"]), ("expires_at", row["expires_at"]),
                ])
        }
        return records
    }

    /// Predefined roles that reach the machine itself, or every table.
    private static let privilegedRoles = [
        "pg_execute_server_program", "pg_read_server_files", "pg_write_server_files", "pg_read_all_data",
        "pg_write_all_data",
    ]

    /// Also the roles that a role has by way of another (membership is transitive).
    private static let memberships = Reading<PostgreSQLScope>("idp.membership") {
        scope async throws(ReadingFailure) in
        let powerful = privilegedRoles.map { "'\($0)'" }.joined(separator: ",")
        let sql = """
            WITH RECURSIVE held(member, role) AS (SELECT member, roleid FROM pg_auth_members UNION SELECT \
            h.member, m.roleid FROM held h JOIN pg_auth_members m ON m.member = h.role) SELECT s.rolname AS \
            subject, r.rolname AS role, (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls OR r.rolreplication \
            OR r.rolname IN (\(powerful))) AS privileged FROM held h JOIN pg_roles s ON s.oid = h.member \
            JOIN pg_roles r ON r.oid = h.role WHERE s.rolname !~ '^pg_'
            """
        var records = Records(sql)
        for row in try await scope.rows(sql, &records) {
            let subject = row["subject"]?.string ?? ""
            let role = row["role"]?.string ?? ""
            records.add(
                "idp.membership", [scope.server, role, subject], at: scope.started,
                [
                    ("subject_id", .string(subject)), ("system", .string(scope.server)),
                    ("role", .string(role)),
                    ("privileged", row["privileged"]), ("standing", .bool(true)),
                ])
        }
        return records
    }

    private static let settings = Reading<PostgreSQLScope>("db.setting") {
        scope async throws(ReadingFailure) in
        let names = PostgreSQLSettings.names.filter { !scope.without.contains($0) }
        let list = names.map { "'\($0)'" }.joined(separator: ",")
        let sql = "SELECT name, setting, source FROM pg_settings WHERE name IN (\(list))"
        var records = Records(sql)
        let rows = try await scope.rows(sql, &records)
        for row in rows where !PostgreSQLSettings.isOwn(row) {
            add(row["name"]?.string ?? "", row["setting"], scope, &records)
        }
        if let own = PostgreSQLSettings.own(rows) { records.fail(own) }
        if let hidden = PostgreSQLSettings.hidden(asked: names, rows) { records.fail(hidden) }
        if scope.without.contains(PostgreSQLSettings.rules) { return records }
        do throws(ReadingFailure) {
            try await readRules(scope, &records)
        } catch {
            records.fail(PostgreSQLSettings.unread(error))
        }
        return records
    }

    /// Who may connect, by the file of it; nothing where the server has refused to load that.
    private static func readRules(_ scope: PostgreSQLScope, _ records: inout Records)
        async throws(ReadingFailure)
    {
        let rules =
            "SELECT type, auth_method FROM pg_hba_file_rules WHERE error IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
        records.query += "; \(rules); \(PostgreSQLSettings.faultyLines)"
        let lines = try await scope.rows(PostgreSQLSettings.faultyLines, &records)
        if let fault = PostgreSQLSettings.faulty(lines) { return records.fail(fault) }
        let methods = try await scope.rows(rules, &records)
            .map { "\($0["type"]?.string ?? ""):\($0["auth_method"]?.string ?? "")" }.joined(separator: " ")
        add(PostgreSQLSettings.rules, .string(methods), scope, &records)
    }

    private static func add(
        _ name: String, _ value: JSON?, _ scope: PostgreSQLScope, _ records: inout Records
    ) {
        records.add(
            "db.setting", [scope.server, name], at: scope.started,
            [("database", .string(scope.server)), ("setting", .string(name)), ("value", value)])
    }
}

/// One server, at one moment.
struct PostgreSQLScope: Sendable {
    let parameters: [String: String]
    let server: String
    /// Settings that are not to be read, by the operator's word.
    let without: Set<String>
    let started: Instant
    private let environment: [String: String]
    private let answers: AnswerLog
    private let repeated: RepeatedRun

    init(_ request: CollectionRequest) async throws(ReadingFailure) {
        let host = try request.required("host")
        let user = try request.required("user")
        let port = request.parameters["port"] ?? "5432"
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw ReadingFailure("parameters", "\"port\" is a number from 1 to 65535")
        }
        let database = request.parameters["database"] ?? "postgres"
        let mode = request.parameters["sslmode"] ?? (host.hasPrefix("/") ? "disable" : "verify-full")
        guard ["disable", "require", "verify-ca", "verify-full"].contains(mode) else {
            throw ReadingFailure("parameters", "\"sslmode\" is verify-full, verify-ca, require or disable")
        }
        without = try PostgreSQLSettings.without(request.words("without"))
        var parameters = ["host": host, "port": port, "database": database, "user": user, "sslmode": mode]
        parameters["without"] = request.parameters["without"]
        self.parameters = parameters
        server = request.parameters["name"] ?? (host.hasPrefix("/") ? "localhost" : host) + ":" + port
        started = request.now()
        answers = request.answers
        repeated = RepeatedRun(sleep: request.services.sleep)
        var environment = Program.plainEnvironment
        environment["PGHOST"] = host
        environment["PGPORT"] = port
        environment["PGDATABASE"] = database
        environment["PGUSER"] = user
        environment["PGSSLMODE"] = mode
        environment["PGAPPNAME"] = "assay"
        environment["PGCONNECT_TIMEOUT"] = "10"
        // Whatever the session is asked, it cannot write.
        environment["PGOPTIONS"] = "-c default_transaction_read_only=on -c statement_timeout=60000"
        environment["PGCLIENTENCODING"] = "UTF8"
        // Nobody is asked for a password, and no other user's file of passwords is read.
        environment["PGPASSFILE"] = "/dev/null"
        if let root = request.parameters["authority"] { environment["PGSSLROOTCERT"] = root }
        // The one way to hand a password to psql that leaves it out of arguments and files.
        if let password = try await request.secret("password") {
            environment["PGPASSWORD"] = password.exposed
        }
        self.environment = environment
    }

    /// The rows of a query as JSON objects.
    func rows(_ sql: String, _ records: inout Records) async throws(ReadingFailure) -> [JSON] {
        let wrapped = "SELECT row_to_json(row) FROM (\(sql)) AS row"
        let program = Program(
            executable: "psql",
            arguments: ["-X", "-q", "-t", "-A", "-w", "-v", "ON_ERROR_STOP=1", "-c", wrapped],
            environment: environment, timeLimit: .seconds(90))
        let run = await repeated.run(program) { Self.isPassing($0.end, $0.complaint) }
        switch run.end {
        case .exited(0): break
        case .failed:
            throw ReadingFailure("psql", "the program psql is not installed here (package postgresql-client)")
        case .exited(2): throw ReadingFailure(server, Self.connectionFailure(run.complaint))
        case .timedOut: throw ReadingFailure(server, "no answer within 90 s")
        default: throw ReadingFailure(server, Self.queryFailure(run.complaint))
        }
        records.pages += 1
        let bytes = run.bytes
        answers.note(bytes)
        var rows: [JSON] = []
        for line in bytes.split(separator: 0x0A) {
            guard let row = try? JSON(parsing: Array(line)) else {
                throw ReadingFailure(server, "a row of the answer is not JSON")
            }
            rows.append(row)
        }
        return rows
    }

    /// What the server's words mean; themselves they may quote what the tables hold.
    static func queryFailure(_ complaint: String) -> String {
        if complaint.contains("permission denied") {
            return "the role may not read what is asked for; grant it pg_read_all_settings"
        }
        if complaint.contains("statement timeout") { return "the server ended the query: it took too long" }
        return "the query failed; the server's own log says why"
    }

    /// Whether the same query may well succeed later: the connection failed, for no reason that lies with who asks.
    static func isPassing(_ end: Program.End, _ complaint: String) -> Bool {
        guard end == .exited(2) else { return false }
        // It tells of every address that it tried: one may be closed beside another that refused who asks.
        let isRefused = [
            "authentication failed", "no password supplied", "certificate", "pg_hba.conf", "does not exist",
            "does not support SSL",
        ].contains { complaint.contains($0) }
        return !isRefused
            && (broken + [
                "Is the server running", "Connection refused", "timeout expired",
                "could not translate host name",
                "is starting up", "is shutting down", "too many clients",
            ]).contains { complaint.contains($0) }
    }

    private static let broken = ["connection to server was lost", "before or while processing the request"]

    /// Why there is no connection, or none any more.
    static func connectionFailure(_ complaint: String) -> String {
        broken.contains { complaint.contains($0) }
            ? "the connection broke off while it answered" : "no connection: \(reason(complaint))"
    }

    /// The server's words without what may quote the user's secrets.
    static func reason(_ complaint: String) -> String {
        for (word, reason) in [
            ("password authentication failed", "the password was refused"),
            ("no password supplied", "the server wants a password: give the secret \"password\""),
            ("certificate", "the server's certificate is not trusted"),
            ("does not support SSL", "the server does not speak TLS; sslmode says that it must"),
            ("refused", "nobody listens at this address"),
            // The second line of what it says then.
            ("Is the server running", "nobody listens at this address"),
            ("could not translate host name", "there is no such host, or its name cannot be looked up now"),
            ("timeout expired", "no answer within 10 s"),
            ("is starting up", "the server is not ready yet"), ("is shutting down", "the server is ending"),
            ("too many clients", "the server has no connection left"),
            ("does not exist", "there is no such role or database"),
        ] where complaint.contains(word) { return reason }
        return "psql could not sign in"
    }
}
