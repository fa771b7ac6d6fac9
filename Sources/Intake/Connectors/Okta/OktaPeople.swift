import Formats
import Transport

/// Who has an account at Okta, with which factors, in which groups.
enum OktaPeople {
    private static let statuses = [
        "STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED",
        "DEPROVISIONED",
    ]
    /// Nobody can log in with these; a password that has expired or a lock only delays.
    private static let closed: Set<String> = ["STAGED", "SUSPENDED", "DEPROVISIONED"]

    /// Without a search the API leaves out deactivated accounts without a word, and leavers would never be seen.
    static let accounts = Reading<RestScope>("idp.account") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET /api/v1/users in every status, …/factors of each that can log in, /api/v1/iam/assignees/users; a factor "
                + "counts that is enrolled, whether or not a policy demands it")
        let search = statuses.map { "status eq \"\($0)\"" }.joined(separator: " or ")
        let users = try await scope.list(
            "/api/v1/users", [("search", search), ("limit", "200")], .link, &records)
        let admins = await administrators(scope, &records)
        for user in users {
            let id = user["id"]?.string ?? ""
            let profile = user["profile"]
            let status = user["status"]?.string ?? ""
            var fields = Fields()
            fields.text(
                "owner_id", profile?["employeeNumber"]?.idText ?? profile?["email"]?.lowercased)
            fields.text("login", profile?["login"]?.lowercased)
            fields.flag("enabled", statuses.contains(status) ? !closed.contains(status) : nil)
            fields.text("type", AccountType.named(profile?["userType"]?.string))
            fields.time("created_at", user["created"]?.instant)
            fields.time("last_login", user["lastLogin"]?.instant)
            // Who is not among them may hold a role by way of a group.
            fields.flag("admin", admins?.contains(id) == true ? true : nil)
            if statuses.contains(status), !closed.contains(status), !id.isEmpty {
                await factors(id, scope, &fields, &records)
            }
            records.add("idp.account", [id], at: scope.started, fields)
        }
        return records
    }

    private static func administrators(_ scope: RestScope, _ records: inout Records) async -> Set<String>? {
        do throws(ReadingFailure) {
            let paging = Paging(entries: "value") { page in
                page.json["_links"]?["next"]?["href"]?.string.map { .address($0) } ?? .end
            }
            let before = records.failures.count
            let found = try await scope.list(
                "/api/v1/iam/assignees/users", [("limit", "100")], paging, &records)
            return records.failures.count == before ? Set(found.compactMap { $0["id"]?.string }) : nil
        } catch {
            records.fail("administrators", error.reason)
            return nil
        }
    }

    private static func factors(
        _ id: String, _ scope: RestScope, _ fields: inout Fields, _ records: inout Records
    ) async {
        let path = "/api/v1/users/\(URLText.escape(id))/factors"
        do throws(ReadingFailure) {
            let found = try await scope.list(path, [], .link, &records)
            let active = found.filter { $0["status"]?.string == "ACTIVE" }.compactMap {
                $0["factorType"]?.string
            }
            // A question whose answer others can find out is no second factor.
            fields.flag("mfa", active.contains { $0 != "question" })
            fields.flag("phishing_resistant", active.contains { $0 == "webauthn" || $0 == "u2f" })
        } catch {
            records.fail("factors", error.reason)
        }
    }

    static let groups = Reading<RestScope>("idp.group") { scope async throws(ReadingFailure) in
        var records = Records("GET /api/v1/groups with their statistics")
        for group in try await list(scope, &records) {
            let statistics = group["_embedded"]?["stats"]
            var fields = Fields()
            fields.text("name", group["profile"]?["name"]?.string)
            fields.whole("members", statistics?["usersCount"]?.integer.map { Int(clamping: $0) })
            fields.flag("privileged", statistics?["hasAdminPrivilege"]?.bool)
            records.add("idp.group", [group["id"]?.string], at: scope.started, fields)
        }
        return records
    }

    private static func list(_ scope: RestScope, _ records: inout Records) async throws(ReadingFailure)
        -> [JSON]
    {
        try await scope.list("/api/v1/groups", [("limit", "200"), ("expand", "stats")], .link, &records)
    }

    static let memberships = Reading<RestScope>("idp.membership") { scope async throws(ReadingFailure) in
        var records = Records("GET /api/v1/groups and …/users of each, but for the group of everyone")
        for group in try await list(scope, &records) where group["type"]?.string != "BUILT_IN" {
            guard let id = group["id"]?.string else {
                records.setAside("a group without an id")
                continue
            }
            do throws(ReadingFailure) {
                let members = try await scope.list(
                    "/api/v1/groups/\(URLText.escape(id))/users", [("limit", "200")], .link, &records)
                for member in members {
                    var fields = Fields()
                    fields.text("subject_id", member["id"]?.string)
                    fields.text("system", "okta")
                    fields.text("role", group["profile"]?["name"]?.string)
                    fields.flag("privileged", group["_embedded"]?["stats"]?["hasAdminPrivilege"]?.bool)
                    records.add("idp.membership", [id, member["id"]?.string], at: scope.started, fields)
                }
            } catch {
                records.fail(error)
            }
        }
        return records
    }
}
