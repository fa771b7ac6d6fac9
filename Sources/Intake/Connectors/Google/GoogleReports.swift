import Formats

/// What a Google Workspace reports about log-ins and its administration.
enum GoogleReports {
    /// Reports arrive late: of these last hours nothing is concluded.
    private static let lag = TimeSpan.hours(6)

    private static func activities(
        _ application: String, _ kind: Identifier, _ scope: RestScope,
        _ take: (JSON, JSON, Instant, String, inout Records) -> Void
    ) async throws(ReadingFailure) -> Records {
        let window = try scope.request.window(kind, until: scope.started - lag)
        let path = "/admin/reports/v1/activity/users/all/applications/\(application)"
        var records = Records("GET \(path), \(window)", window: window)
        let found = try await scope.listed(
            path,
            [
                ("startTime", window.start.description), ("endTime", window.end.description),
                ("maxResults", "1000"),
            ], entries: "items", &records)
        for activity in found {
            guard let at = activity["id"]?["time"]?.instant,
                let id = activity["id"]?["uniqueQualifier"]?.idText
            else {
                records.setAside("an activity without time or number")
                continue
            }
            for (index, event) in (activity["events"]?.array ?? []).enumerated() {
                take(activity, event, at, "\(id).\(index)", &records)
            }
        }
        return records
    }

    static let logins = Reading<RestScope>("auth.event") { scope async throws(ReadingFailure) in
        try await activities("login", "auth.event", scope) { activity, event, at, id, records in
            guard let name = event["name"]?.string, name == "login_success" || name == "login_failure" else {
                return
            }
            // Told of the check of a factor, an event of its own; of the log-in as a whole only where Google adds it.
            let second = event["parameters"]?.array?.first { $0["name"]?.string == "is_second_factor" }
            var fields = Fields()
            fields.text("user_id", activity["actor"]?["email"]?.lowercased)
            fields.text("system", "google")
            fields.flag("succeeded", name == "login_success")
            fields.flag("mfa", second?["boolValue"]?.bool)
            fields.text("address", activity["ipAddress"]?.string)
            records.add(
                "auth.event", [activity["id"]?["time"]?.string, id], at: at, isEvent: true, fields)
        }
    }

    static let administration = Reading<RestScope>("cloud.activity") { scope async throws(ReadingFailure) in
        try await activities("admin", "cloud.activity", scope) { activity, event, at, id, records in
            var fields = Fields()
            fields.text("action", "google.admin:" + (event["name"]?.string ?? "unnamed"))
            fields.text("actor_id", activity["actor"]?["email"]?.lowercased)
            fields.flag("succeeded", true)
            fields.flag("read_only", false)
            fields.text("address", activity["ipAddress"]?.string)
            records.add(
                "cloud.activity", [activity["id"]?["time"]?.string, id], at: at, isEvent: true, fields)
        }
    }
}
