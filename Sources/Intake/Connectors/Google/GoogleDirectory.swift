import Formats
import Transport

/// Accounts of a Google Workspace and who administers it.
enum GoogleDirectory {
    static let accounts = Reading<RestScope>("idp.account") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET …/directory/v1/users of \(scope.customer); a second factor counts where it is enrolled and enforced"
        )
        let users = try await scope.listed(
            "/admin/directory/v1/users",
            [("customer", scope.customer), ("maxResults", "500"), ("projection", "full")], entries: "users",
            &records)
        for user in users {
            let number = user["externalIds"]?.array?.first { $0["type"]?.string == "organization" }
            var fields = Fields()
            fields.text("owner_id", number?["value"]?.idText ?? user["primaryEmail"]?.lowercased)
            fields.text("login", user["primaryEmail"]?.lowercased)
            fields.flag("enabled", isOpen(user))
            fields.flag("mfa", both(user["isEnrolledIn2Sv"]?.bool, user["isEnforcedIn2Sv"]?.bool))
            fields.flag("admin", user["isAdmin"]?.bool.map { $0 || user["isDelegatedAdmin"]?.bool == true })
            fields.time("created_at", user["creationTime"]?.instant)
            // Who has never logged in has the year 1970 here.
            fields.time("last_login", user["lastLoginTime"]?.instant.flatMap { $0 > epoch ? $0 : nil })
            records.add("idp.account", [user["id"]?.string], at: scope.started, fields)
        }
        return records
    }

    private static let epoch = Instant(microseconds: 0)

    private static func isOpen(_ user: JSON) -> Bool? {
        guard let isSuspended = user["suspended"]?.bool else { return nil }
        return !isSuspended && user["archived"]?.bool != true
    }

    private static func both(_ one: Bool?, _ other: Bool?) -> Bool? {
        guard let one, let other else { return nil }
        return one && other
    }

    private static func all(_ what: String, _ scope: RestScope, _ records: inout Records)
        async throws(ReadingFailure) -> [JSON]
    {
        try await scope.listed(
            "/admin/directory/v1/customer/\(URLText.escape(scope.customer))/\(what)", [("maxResults", "100")],
            entries: "items", &records)
    }

    static let roles = Reading<RestScope>("idp.role") { scope async throws(ReadingFailure) in
        var records = Records("GET …/roles and …/roleassignments of \(scope.customer)")
        let roles = try await all("roles", scope, &records)
        let assignments = try await all("roleassignments", scope, &records)
        for role in roles {
            let id = role["roleId"]?.idText
            var fields = Fields()
            fields.text("role", role["roleName"]?.string)
            fields.text("system", "google")
            fields.flag("privileged", true)
            fields.flag("wildcard", role["isSuperAdminRole"]?.bool)
            let held = assignments.filter { $0["roleId"]?.idText == id }
            // How many a group stands for is not known here.
            fields.whole("standing", held.contains(where: isGroups) ? nil : held.count)
            records.add("idp.role", [id], at: scope.started, fields)
        }
        return records
    }

    /// It is a group that holds the role, which says nothing of who is in it.
    private static func isGroups(_ assignment: JSON) -> Bool {
        assignment["assigneeType"]?.lowercased == "group"
    }

    static let memberships = Reading<RestScope>("idp.membership") { scope async throws(ReadingFailure) in
        var records = Records("GET …/roleassignments of \(scope.customer): administrators' roles, not groups")
        let roles = try await all("roles", scope, &records)
        for assignment in try await all("roleassignments", scope, &records) {
            let id = assignment["roleId"]?.idText
            let role = roles.first { $0["roleId"]?.idText == id }
            if isGroups(assignment) {
                let name = Program.printable(role?["roleName"]?.string ?? id ?? "")
                records.fail("the role \(name)", "a group holds it, and its members are not read")
                continue
            }
            var fields = Fields()
            fields.text("subject_id", assignment["assignedTo"]?.idText)
            fields.text("system", "google")
            fields.text("role", role?["roleName"]?.string ?? id)
            fields.flag("privileged", true)
            fields.flag("standing", true)
            records.add(
                "idp.membership", [assignment["roleAssignmentId"]?.idText], at: scope.started, fields)
        }
        return records
    }
}
