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
            "GET /api/v1/users in every status, …/factors of each that can log in, /api/v1/iam/assignees/users, "
                + "/api/v1/groups and …/users of those that give administrative rights; a factor counts that is enrolled, "
                + "whether or not a policy demands it")
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
            fields.text("relation", AccountType.relation(profile?["userType"]?.string))
            fields.time("created_at", user["created"]?.instant)
            fields.time("last_login", user["lastLogin"]?.instant)
            // No list says of anybody that she or he holds no role.
            fields.flag("admin", admins.contains(id) ? true : nil)
            if statuses.contains(status), !closed.contains(status), !id.isEmpty {
                await factors(id, scope, &fields, &records)
            }
            records.add("idp.account", [id], at: scope.started, fields)
        }
        return records
    }

    /// Who holds a role, alone or by way of a group; what cannot be read of it is a failure.
    private static func administrators(_ scope: RestScope, _ records: inout Records) async -> Set<String> {
        var found = await assignees(scope, &records)
        do throws(ReadingFailure) {
            let groups = try await list(scope, &records)
            let silent = groups.count { isPrivileged($0) == nil }
            if silent > 0 {
                records.fail(
                    "administrators",
                    "groups that do not say whether they give administrative rights: \(silent)")
            }
            for group in groups where isPrivileged(group) == true {
                found.formUnion(await members(of: group, scope, &records))
            }
        } catch {
            records.fail("administrators", "groups cannot be read: \(error.reason)")
        }
        return found
    }

    /// Who was given a role herself or himself.
    private static func assignees(_ scope: RestScope, _ records: inout Records) async -> Set<String> {
        do throws(ReadingFailure) {
            let paging = Paging(entries: "value") { page in
                page.json["_links"]?["next"]?["href"]?.string.map { .address($0) } ?? .end
            }
            let found = try await scope.list(
                "/api/v1/iam/assignees/users", [("limit", "100")], paging, &records)
            return Set(found.compactMap { $0["id"]?.string })
        } catch {
            records.fail("administrators", error.reason)
            return []
        }
    }

    /// Who holds a role by way of this group.
    private static func members(of group: JSON, _ scope: RestScope, _ records: inout Records) async
        -> Set<String>
    {
        let id = group["id"]?.string ?? ""
        do throws(ReadingFailure) {
            let found = try await scope.list(
                "/api/v1/groups/\(URLText.escape(id))/users", [("limit", "200")], .link, &records)
            return Set(found.compactMap { $0["id"]?.string })
        } catch {
            let name = Program.printable(group["profile"]?["name"]?.string ?? id)
            records.fail("administrators", "the members of the group \(name) cannot be read: \(error.reason)")
            return []
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
            fields.flag("privileged", isPrivileged(group))
            records.add("idp.group", [group["id"]?.string], at: scope.started, fields)
        }
        return records
    }

    /// Okta makes two groups by itself: of everyone, and of all administrators.
    private static func isBuiltIn(_ group: JSON, named name: String) -> Bool {
        group["type"]?.string == "BUILT_IN" && group["profile"]?["name"]?.string == name
    }

    /// Whether the members of a group hold administrative rights; nil where it does not say.
    private static func isPrivileged(_ group: JSON) -> Bool? {
        if isBuiltIn(group, named: "Okta Administrators") { return true }
        return group["_embedded"]?["stats"]?["hasAdminPrivilege"]?.bool
    }

    private static func list(_ scope: RestScope, _ records: inout Records) async throws(ReadingFailure)
        -> [JSON]
    {
        try await scope.list("/api/v1/groups", [("limit", "200"), ("expand", "stats")], .link, &records)
    }

    static let memberships = Reading<RestScope>("idp.membership") { scope async throws(ReadingFailure) in
        var records = Records("GET /api/v1/groups and …/users of each, but for the built-in group Everyone")
        for group in try await list(scope, &records) where !isBuiltIn(group, named: "Everyone") {
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
                    fields.flag("privileged", isPrivileged(group))
                    records.add("idp.membership", [id, member["id"]?.string], at: scope.started, fields)
                }
            } catch {
                records.fail(error)
            }
        }
        return records
    }
}
