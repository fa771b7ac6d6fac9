import Formats

/// What GitHub has found in repositories: vulnerable dependencies, faulty code, leaked secrets.
///
/// An alert that somebody has dismissed is not fixed: that it may stay is for a waiver to say. Where alerts are not
/// turned on the API answers 403 or 404, which is a gap; but not where it says that it tells none of archived
/// repositories.
enum GitHubAlerts {
    static let findings = Reading<GitHubScope>("scan.finding") { scope async throws(ReadingFailure) in
        var silent: [String] = []
        var unscanned: [String] = []
        var records = try await scope.everyRepository(
            "GET …/dependabot/alerts and …/code-scanning/alerts in every state; dismissed ones count as open"
        ) { repository, records async throws(ReadingFailure) in
            let dependencies = try await alerts("dependabot", of: repository, scope, &records)
            if dependencies == nil { silent.append(repository.name) }
            for alert in dependencies ?? [] {
                let advisory = alert["security_advisory"]
                add(
                    alert, "dependabot", repository, severity: advisory?["severity"]?.string,
                    name: advisory?["cve_id"]?.string ?? advisory?["ghsa_id"]?.string,
                    component: alert["dependency"]?["package"]?["name"]?.string, tool: "Dependabot",
                    scope, &records)
            }
            let code = try await alerts("code-scanning", of: repository, scope, &records)
            if code == nil { unscanned.append(repository.name) }
            for alert in code ?? [] {
                let rule = alert["rule"]
                add(
                    alert, "code-scanning", repository,
                    severity: rule?["security_severity_level"]?.string ?? rule?["severity"]?.string,
                    name: rule?["id"]?.string,
                    component: alert["most_recent_instance"]?["location"]?["path"]?.string,
                    tool: alert["tool"]?["name"]?.string, scope, &records)
            }
        }
        records.query += silence(silent, "dependabot") + silence(unscanned, "code-scanning")
        return records
    }

    /// The alerts of one sort; nil of an archived repository of which GitHub tells none.
    private static func alerts(
        _ sort: String, of repository: GitHubScope.Repository,
        asking query: [(name: String, value: String)] = [],
        _ scope: GitHubScope, _ records: inout Records
    ) async throws(ReadingFailure) -> [JSON]? {
        do throws(ReadingFailure) {
            return try await scope.client.list(
                "/repos/\(repository.name)/\(sort)/alerts", asking: query, &records)
        } catch {
            if repository.isArchived, error.reason == GitHubClient.archived { return nil }
            throw error
        }
    }

    /// What the query says of archived repositories without alerts: what was found in them has ended, and was not mended.
    private static func silence(_ names: [String], _ sort: String) -> String {
        if names.isEmpty { return "" }
        return "; archived ones that tell no \(sort) alerts, so that earlier ones end unmended: "
            + names.sorted().joined(separator: " ")
    }

    private static func add(
        _ alert: JSON, _ sort: String, _ repository: GitHubScope.Repository, severity: String?, name: String?,
        component: String?, tool: String?, _ scope: GitHubScope, _ records: inout Records
    ) {
        guard let number = alert["number"]?.integer, let found = GitHubScope.time(alert["created_at"]),
            let state = alert["state"]?.string
        else { return records.setAside("an alert of \(repository.name) without number, state or time") }
        let grade: String? =
            switch severity {
            case "critical", "high", "medium", "low": severity
            case "moderate", "warning": "medium"
            case "error": "high"
            case "note", "none": "low"
            default: nil
            }
        guard let grade else { return records.setAside("an alert of \(repository.name) without a severity") }
        records.add(
            "scan.finding", [repository.name, sort, "\(number)"], at: scope.started,
            [
                ("target", .string(repository.name)), ("severity", .string(grade)), ("found_at", found),
                ("fixed", .bool(state == "fixed")), ("name", name.map { .string(Program.printable($0)) }),
                ("component", component.map { .string(Program.printable($0)) }),
                ("tool", tool.map { .string(Program.printable($0)) }),
            ])
    }

    /// What is told only when it is asked for by name: secrets that follow no provider's pattern.
    private static let otherSecrets = [
        "http_basic_authentication_header", "http_bearer_authentication_header",
        "mongodb_connection_string", "mysql_connection_string", "openssh_private_key", "password",
        "pgp_private_key", "postgres_connection_string", "rsa_private_key",
    ].joined(separator: ",")

    static let secrets = Reading<GitHubScope>("secret.leak") { scope async throws(ReadingFailure) in
        var silent: [String] = []
        var records = try await scope.everyRepository(
            "GET …/secret-scanning/alerts in every state, of the default patterns and of secret_type=\(otherSecrets); "
                + "the secrets themselves left out"
        ) { repository, records async throws(ReadingFailure) in
            var numbers: Set<Int64> = []
            for type in [nil, otherSecrets] {
                var query = [(name: "hide_secret", value: "true")]
                if let type { query.append((name: "secret_type", value: type)) }
                let found = try await alerts(
                    "secret-scanning", of: repository, asking: query, scope, &records)
                guard let found else {
                    silent.append(repository.name)
                    return
                }
                for alert in found {
                    // Which patterns are default ones is GitHub's to change.
                    if let number = alert["number"]?.integer, !numbers.insert(number).inserted { continue }
                    add(leak: alert, repository, scope, &records)
                }
            }
        }
        records.query += silence(silent, "secret-scanning")
        return records
    }

    private static func add(
        leak alert: JSON, _ repository: GitHubScope.Repository, _ scope: GitHubScope,
        _ records: inout Records
    ) {
        guard let number = alert["number"]?.integer, let found = GitHubScope.time(alert["created_at"])
        else { return records.setAside("an alert of \(repository.name) without number or time") }
        let isRevoked = alert["resolution"]?.string == "revoked" || alert["validity"]?.string == "inactive"
        records.add(
            "secret.leak", [repository.name, "\(number)"], at: scope.started,
            [
                ("location", .string("\(repository.name) alert \(number)")), ("found_at", found),
                ("revoked", .bool(isRevoked)),
            ])
    }
}
