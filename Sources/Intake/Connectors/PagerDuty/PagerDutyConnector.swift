import Evidence
import Formats
import Transport

/// Reads incidents and who is on call from PagerDuty.
///
/// Parameters: `services`, the ids of those that count, with spaces between (all unless said); `since`, how far back
/// incidents are read each time (365d unless said); `url`, https://api.eu.pagerduty.com for the European region. Secret:
/// `token`. Least privilege: a read-only API key.
package struct PagerDutyConnector: Connector {
    package static let name = "pagerduty"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "PagerDuty's REST API", [Self.incidents, Self.duty],
            showing: ["services", "since"], emit: emit
        ) { () async throws(ReadingFailure) in
            let token = try await request.requiredSecret("token")
            return try RestScope(
                request, base: request.parameters["url"] ?? "https://api.pagerduty.com",
                headers: [
                    "authorization": "Token token=\(token.exposed)",
                    "accept": "application/vnd.pagerduty+json;version=2",
                ])
        }
    }

    /// Pages by offset, of which the service gives no more than so many.
    private static func paging(_ entries: String) -> Paging {
        Paging(entries: entries) { page in
            guard let more = page.json["more"]?.bool else {
                return .broken("the answer does not say whether there is more")
            }
            if !more { return .end }
            if page.entries == 0 { return .broken("there is more, and the page is empty") }
            if page.count >= 10_000 - 100 {
                return .broken(
                    "more than 10,000 in one stretch, which PagerDuty does not give; name services")
            }
            return .query([("offset", "\(page.count)")])
        }
    }

    /// One question takes half a year at most.
    private static let stretch = TimeSpan.days(90)

    private static let incidents = Reading<RestScope>("incident.record") {
        scope async throws(ReadingFailure) in
        guard let span = TimeSpan(scope.request.parameters["since"] ?? "365d"), span > .zero else {
            throw ReadingFailure("parameters", "\"since\" must be a length of time such as 365d")
        }
        let services = scope.request.words("services")
        var records = Records(
            "GET /incidents opened in the \(span) before \(scope.started), in every status, and open ones of any age"
                + (services.isEmpty ? "" : ", of the services \(services.joined(separator: " ")))")
                + "; severity by priority, else urgency: high is sev2, low is sev3")
        var seen: Set<String> = []
        var start = scope.started - span
        while start < scope.started {
            let end = min(start + stretch, scope.started)
            let found = try await scope.list(
                "/incidents",
                [
                    ("since", start.description), ("until", end.description), ("time_zone", "UTC"),
                    ("limit", "100"), ("sort_by", "created_at:asc"),
                ] + services.map { ("service_ids[]", $0) }, paging("incidents"), &records)
            for incident in found { add(incident, scope, &records, &seen) }
            start = end
        }
        // One that was opened before is not over for being old.
        let open = try await scope.list(
            "/incidents",
            [
                ("date_range", "all"), ("statuses[]", "triggered"), ("statuses[]", "acknowledged"),
                ("time_zone", "UTC"), ("limit", "100"), ("sort_by", "created_at:asc"),
            ] + services.map { ("service_ids[]", $0) }, paging("incidents"), &records)
        for incident in open { add(incident, scope, &records, &seen) }
        return records
    }

    private static func add(
        _ incident: JSON, _ scope: RestScope, _ records: inout Records, _ seen: inout Set<String>
    ) {
        if let id = incident["id"]?.string, !seen.insert(id).inserted { return }
        let status = incident["status"]?.string
        var fields = Fields()
        fields.text("severity", severity(incident))
        fields.time("opened_at", incident["created_at"]?.instant)
        fields.text("reference", incident["incident_number"]?.idText)
        fields.flag("acknowledged", status.map { $0 != "triggered" })
        fields.flag("closed", status.map { $0 == "resolved" })
        // Only those that stand now are told: none once it is resolved, and not one that ran out before another was
        // given. Nothing in the answer shows that it did.
        let taken = incident["acknowledgements"]?.array?.compactMap { $0["at"]?.instant }.min()
        fields.time("acknowledged_at", taken)
        if status == "resolved" {
            let changed = incident["resolved_at"]?.instant ?? incident["last_status_change_at"]?.instant
            fields.time("closed_at", changed)
        }
        records.add("incident.record", [incident["id"]?.string], at: scope.started, fields)
    }

    /// Priorities are named by each account, mostly P1 to P5 or SEV1 to SEV5; P0 is as grave as the first.
    private static func severity(_ incident: JSON) -> String? {
        let name = incident["priority"]?["summary"]?.string ?? ""
        let digits = name.split { !($0.isASCII && $0.isNumber) }.last.map(String.init)
        if let number = digits.flatMap({ Int($0) }) { return "sev\(min(max(number, 1), 4))" }
        switch incident["urgency"]?.string {
        case "high": return "sev2"
        case "low": return "sev3"
        default: return nil
        }
    }

    /// Each level of each escalation policy, and how many people stand there at this moment. A level without anybody is
    /// seen only by way of the policy.
    private static let duty = Reading<RestScope>("org.role") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET /oncalls at this moment, /escalation_policies for the levels that must be filled")
        let policies = try await scope.list(
            "/escalation_policies", [("limit", "100")], paging("escalation_policies"), &records)
        let calls = try await scope.list(
            "/oncalls", [("limit", "100"), ("time_zone", "UTC")], paging("oncalls"), &records)
        for policy in policies {
            let id = policy["id"]?.string ?? ""
            for level in 1...max(1, policy["escalation_rules"]?.array?.count ?? 1) {
                let holders = Set(
                    calls.filter {
                        $0["escalation_policy"]?["id"]?.string == id
                            && $0["escalation_level"]?.integer == Int64(level)
                    }.compactMap { $0["user"]?["id"]?.string })
                var fields = Fields()
                fields.text("role", "on-call: \(policy["name"]?.string ?? id), level \(level)")
                fields.text("holder_id", holders.min())
                fields.whole("holders", holders.count)
                records.add("org.role", [id, "\(level)"], at: scope.started, fields)
            }
        }
        return records
    }
}
