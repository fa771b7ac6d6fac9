import Formats

/// The settings of a server that are read, and what it means when one does not come.
enum PostgreSQLSettings {
    static let names = [
        "ssl", "ssl_min_protocol_version", "password_encryption", "log_connections", "log_disconnections",
        "log_statement", "log_line_prefix", "logging_collector", "log_destination", "fsync",
        "full_page_writes", "data_checksums", "archive_mode", "wal_level", "row_security",
        "authentication_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout",
        "server_version", "shared_preload_libraries", "listen_addresses",
    ]
    /// The rules of who may connect, which are no setting of the server's own.
    static let rules = "pg_hba"
    /// The version that brought a setting: before it, the setting is not hidden but unknown.
    private static let since = ["ssl_min_protocol_version": 12, "idle_session_timeout": 14]

    /// The names of settings that a parameter gives. A name that is none would leave in what was to be left out.
    static func without(_ found: [String]) throws(ReadingFailure) -> Set<String> {
        for name in found where name == "server_version" || !(names + [rules]).contains(name) {
            throw ReadingFailure(
                "parameters", "\"without\" names settings that are read, such as pg_hba, and spaces between")
        }
        return Set(found)
    }

    /// Why settings are missing among the rows: the server leaves out what a role may not see, and says nothing.
    static func hidden(asked: [String], _ rows: [JSON]) -> ReadingFailure? {
        let shown = Set(rows.compactMap { $0["name"]?.string })
        let version = rows.first { $0["name"]?.string == "server_version" }?["setting"]?.string
        let major = version.flatMap { Int($0.prefix { $0.isASCII && $0.isNumber }) } ?? .max
        let hidden = asked.filter { !shown.contains($0) && major >= since[$0] ?? 0 }
        if hidden.isEmpty { return nil }
        return ReadingFailure(
            "pg_settings",
            "this role is not shown \(hidden.joined(separator: ", ")); grant it pg_read_all_settings, or name "
                + "them in \"without\"")
    }

    /// Whether a value is that of this session, by its role or database, and not what the server has for all. What the
    /// connector sets for its session is not among the settings that are read.
    static func isOwn(_ row: JSON) -> Bool {
        ["user", "database", "database user", "client", "interactive", "session"].contains(
            row["source"]?.string)
    }

    /// Why the server's own values of some settings are not known; nil where they are.
    static func own(_ rows: [JSON]) -> ReadingFailure? {
        let names = rows.filter(isOwn).compactMap { $0["name"]?.string }.sorted()
        if names.isEmpty { return nil }
        return ReadingFailure(
            "pg_settings",
            "set for this role or database only: \(names.joined(separator: ", ")); the server's own value is not shown: "
                + "reset it for them (ALTER ROLE or ALTER DATABASE … RESET), or name it in \"without\"")
    }

    /// Lines of the file of rules with a fault for which the server refuses all of it. A rule that cannot match because
    /// TLS is off is loaded, and matches nobody. What is wrong with a line may quote it, and is not asked for.
    static let faultyLines =
        "SELECT line_number FROM pg_hba_file_rules WHERE error IS NOT NULL AND "
        + "error NOT LIKE '%record cannot match because%' ORDER BY 1"

    /// Why the rules in the file are not those in force; nil where nothing speaks against it.
    static func faulty(_ rows: [JSON]) -> ReadingFailure? {
        if rows.isEmpty { return nil }
        let lines = rows.prefix(20).map { row in (row["line_number"]?.integer).map { "\($0)" } ?? "unknown" }
        let more = rows.count > lines.count ? " and \(rows.count - lines.count) more" : ""
        return ReadingFailure(
            "pg_hba_file_rules",
            "faults in line \(lines.joined(separator: ", "))\(more) of the file: the server does not load it, and goes by "
                + "the rules that it had; mend the file and have it loaded (pg_reload_conf)")
    }

    /// The failure to read the rules of who may connect, with what would help.
    static func unread(_ failure: ReadingFailure) -> ReadingFailure {
        ReadingFailure(
            "pg_hba_file_rules",
            "\(failure.reason); to read it takes SELECT on this view and EXECUTE on its function, which "
                + "pg_read_all_settings does not give; or say without: pg_hba")
    }
}
