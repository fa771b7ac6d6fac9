import Formats

/// What Okta demands, what it opens, and who came in.
enum OktaPosture {
    static let passwords = Reading<RestScope>("auth.policy") { scope async throws(ReadingFailure) in
        var records = Records("GET /api/v1/policies of type PASSWORD that are active")
        let found = try await scope.list("/api/v1/policies", [("type", "PASSWORD")], .link, &records)
        for policy in found where policy["status"]?.string != "INACTIVE" {
            let rules = policy["settings"]?["password"]
            var fields = Fields()
            fields.text("system", "okta: " + (policy["name"]?.string ?? "unnamed"))
            fields.whole(
                "minimum_length", rules?["complexity"]?["minLength"]?.integer.map { Int(clamping: $0) })
            fields.whole(
                "lockout_attempts", rules?["lockout"]?["maxAttempts"]?.integer.map { Int(clamping: $0) })
            fields.flag("breached_check", rules?["complexity"]?["dictionary"]?["common"]?["exclude"]?.bool)
            records.add("auth.policy", [policy["id"]?.string], at: scope.started, fields)
        }
        return records
    }

    static let applications = Reading<RestScope>("asset.record") { scope async throws(ReadingFailure) in
        var records = Records("GET /api/v1/apps that are active")
        let found = try await scope.list("/api/v1/apps", [("limit", "200")], .link, &records)
        for application in found where application["status"]?.string != "INACTIVE" {
            var fields = Fields()
            fields.text("name", application["label"]?.string)
            fields.text("type", "software")
            fields.time("first_seen", application["created"]?.instant)
            records.add("asset.record", [application["id"]?.string], at: scope.started, fields)
        }
        return records
    }

    /// Events are written a little late: of these last minutes nothing is concluded.
    private static let lag = TimeSpan.minutes(10)

    static let logins = Reading<RestScope>("auth.event") { scope async throws(ReadingFailure) in
        let window = try scope.request.window("auth.event", until: scope.started - lag)
        var records = Records("GET /api/v1/logs of eventType user.session.start, \(window)", window: window)
        // With both ends given the pages come to an end; without, the log is followed for ever.
        let found = try await scope.list(
            "/api/v1/logs",
            [
                ("since", window.start.description), ("until", window.end.description),
                ("filter", "eventType eq \"user.session.start\""), ("sortOrder", "ASCENDING"),
                ("limit", "1000"),
            ], .link, &records)
        for event in found {
            guard let at = event["published"]?.instant, let result = event["outcome"]?["result"]?.string
            else {
                records.setAside("an event without time or outcome")
                continue
            }
            var fields = Fields()
            fields.text("user_id", event["actor"]?["alternateId"]?.lowercased)
            fields.text("system", "okta")
            fields.flag("succeeded", result == "SUCCESS" || result == "ALLOW")
            fields.text("address", event["client"]?["ipAddress"]?.string)
            records.add("auth.event", [event["uuid"]?.string], at: at, isEvent: true, fields)
        }
        return records
    }
}
