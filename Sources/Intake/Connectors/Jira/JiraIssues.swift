import Formats
import Transport

/// Issues that are change requests or incidents, with what has happened to them.
enum JiraIssues {
    /// The search tells neither a total nor pages by number; that it is at its end it says itself.
    private static let search = Paging(entries: "issues") { page in
        if let reason = refusal(page.headers) { return .broken(reason) }
        if let token = page.json["nextPageToken"]?.string, !token.isEmpty {
            return .query([("nextPageToken", token)])
        }
        switch page.json["isLast"]?.bool {
        case true: return .end
        case false: return .broken("there is more, and no way to ask for it")
        case nil: return .broken("the answer says neither that it is the last page nor how to go on")
        }
    }

    private static let history = Paging(
        entries: "values", total: { $0["total"]?.integer.map { Int(clamping: $0) } },
        next: { page in
            if let reason = refusal(page.headers) { return .broken(reason) }
            return Paging.counted(page, [("startAt", "\(page.count)")])
        })

    /// Why the answer is not meant for these credentials, as Jira says it beside a status of 200; nil when it is.
    private static func refusal(_ headers: HTTPHeaders) -> String? {
        guard let word = headers["x-seraph-loginreason"], word.lowercased() != "ok" else { return nil }
        return "the credentials were refused: the answer is one for anybody"
    }

    /// Anybody may search, and whoever is not known finds nothing; only who signs in has an account to ask for.
    private static func signIn(_ scope: RestScope) async throws(ReadingFailure) {
        let path = "/rest/api/3/myself"
        let answer = try await scope.client.get(path)
        if let reason = refusal(answer.response.headers) { throw ReadingFailure("GET \(path)", reason) }
        guard answer.json["accountId"]?.string?.isEmpty == false else {
            throw ReadingFailure("GET \(path)", "the answer names no account")
        }
    }

    /// In the order of their making, so that pages do not shift while they are read.
    private static func issues(_ parameter: String, _ scope: RestScope, _ records: inout Records)
        async throws(ReadingFailure) -> [JSON]
    {
        let query = try scope.request.required(parameter)
        try await signIn(scope)
        return try await scope.list(
            "/rest/api/3/search/jql",
            [
                ("jql", query + " ORDER BY created ASC"), ("maxResults", "100"),
                ("fields", "created,status,labels,priority,reporter,resolutiondate"),
            ], search, &records)
    }

    static let changes = Reading<RestScope>("change.ticket") { scope async throws(ReadingFailure) in
        let approved = scope.request.parameters["approved"] ?? "Approved"
        let rejected = scope.request.parameters["rejected"] ?? "Rejected, Declined, Cancelled, Canceled"
        var records = Records(
            "GET /rest/api/3/search/jql \(scope.request.parameters["changes"] ?? ""), …/changelog of each; approved by who "
                + "moved it to \(approved) last, unless it went to one of \(rejected) then or later; "
                + "type by the labels emergency and standard; Jira tells no total"
        )
        for issue in try await issues("changes", scope, &records) {
            guard let id = issue["id"]?.idText, let about = issue["fields"] else {
                records.setAside("an issue without id or fields")
                continue
            }
            let labels = Set((about["labels"]?.array ?? []).compactMap(\.lowercased))
            var fields = Fields()
            fields.text("type", ["emergency", "standard"].first { labels.contains($0) } ?? "normal")
            fields.time("opened_at", about["created"]?.instant)
            fields.text("author_id", person(about["reporter"]))
            do throws(ReadingFailure) {
                let steps = try await scope.list(
                    "/rest/api/3/issue/\(URLText.escape(id))/changelog", [("maxResults", "100")], history,
                    &records)
                let step = approval(steps, approved, statuses(rejected))
                fields.flag("approved", step != nil)
                fields.text("approver_id", step.flatMap { person($0["author"]) })
            } catch {
                records.fail(error)
            }
            records.add("change.ticket", [issue["key"]?.string], at: scope.started, fields)
        }
        return records
    }

    /// The newest step into the status, unless one of refusal came with it or after it. Whoever moved it on afterwards has
    /// not approved it.
    private static func approval(_ steps: [JSON], _ approved: String, _ rejected: Set<String>) -> JSON? {
        guard let approval = newest(steps, into: [approved.lowercased()]) else { return nil }
        guard let refusal = newest(steps, into: rejected) else { return approval }
        return moment(refusal) < moment(approval) ? approval : nil
    }

    private static func newest(_ steps: [JSON], into statuses: Set<String>) -> JSON? {
        steps.filter { step in
            (step["items"]?.array ?? []).contains { item in
                item["field"]?.string == "status"
                    && item["toString"]?.lowercased.map { statuses.contains($0) } == true
            }
        }.max { moment($0) < moment($1) }
    }

    private static func moment(_ step: JSON) -> Instant {
        step["created"]?.instant ?? .distantPast
    }

    /// The names of a list with commas between, in lower case.
    private static func statuses(_ list: String) -> Set<String> {
        let names = list.lowercased().split(separator: ",").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        return Set(names.filter { !$0.isEmpty })
    }

    /// The address where it is shown, which Jira leaves to each person, else the account's id.
    private static func person(_ user: JSON?) -> String? {
        user?["emailAddress"]?.lowercased ?? user?["accountId"]?.string
    }

    static let incidents = Reading<RestScope>("incident.record") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET /rest/api/3/search/jql \(scope.request.parameters["incidents"] ?? ""); severity by priority, Highest is "
                + "sev1; Jira tells no total")
        for issue in try await issues("incidents", scope, &records) {
            guard let about = issue["fields"] else {
                records.setAside("an issue without fields")
                continue
            }
            // The three categories that every status of Jira belongs to.
            let state = about["status"]?["statusCategory"]?["key"]?.string
            var fields = Fields()
            fields.text("severity", severity(about["priority"]?["name"]?.lowercased))
            fields.time("opened_at", about["created"]?.instant)
            fields.text("reference", issue["key"]?.string)
            fields.flag("acknowledged", state.map { $0 != "new" })
            fields.flag("closed", state.map { $0 == "done" })
            if state == "done" { fields.time("closed_at", about["resolutiondate"]?.instant) }
            records.add("incident.record", [issue["key"]?.string], at: scope.started, fields)
        }
        return records
    }

    private static func severity(_ priority: String?) -> String? {
        switch priority {
        case "highest", "blocker", "critical": "sev1"
        case "high", "major": "sev2"
        case "medium": "sev3"
        case "low", "lowest", "minor", "trivial": "sev4"
        default: nil
        }
    }
}
