import Formats
import Transport

/// Accounts, administrators and log-ins of Entra ID.
enum MicrosoftPeople {
    /// Methods that are bound to the address they are used at (as the registration report names them).
    private static let resistant: Set<String> = [
        "fido2SecurityKey", "passKeyDeviceBound", "passKeyDeviceBoundAuthenticator",
        "passKeyDeviceBoundWindowsHello", "windowsHelloForBusiness", "x509CertificateMultiFactor",
    ]

    static let accounts = Reading<RestScope>("idp.account") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET /users with signInActivity, /reports/authenticationMethods/userRegistrationDetails; a factor counts that is "
                + "registered, whether or not a policy demands it; deleted accounts are not listed")
        let select =
            "id,userPrincipalName,mail,employeeId,accountEnabled,createdDateTime,userType,signInActivity"
        let users = try await scope.list(
            "/users", [("$select", select), ("$top", "500")], MicrosoftConnector.paging, &records)
        let registered = await registrations(scope, &records)
        for user in users {
            let id = user["id"]?.string ?? ""
            let methods = registered[id]
            var fields = Fields()
            fields.text("owner_id", user["employeeId"]?.idText ?? user["mail"]?.lowercased)
            fields.text("login", user["userPrincipalName"]?.lowercased)
            fields.flag("enabled", user["accountEnabled"]?.bool)
            fields.flag("mfa", methods?["isMfaRegistered"]?.bool)
            fields.flag(
                "phishing_resistant",
                (methods?["methodsRegistered"]?.array).map {
                    $0.contains { resistant.contains($0.string ?? "") }
                }
            )
            fields.flag("admin", methods?["isAdmin"]?.bool)
            fields.text("type", AccountType.named(user["userType"]?.string))
            fields.text("relation", AccountType.relation(user["userType"]?.string))
            fields.time("created_at", user["createdDateTime"]?.instant)
            fields.time("last_login", user["signInActivity"]?["lastSuccessfulSignInDateTime"]?.instant)
            records.add("idp.account", [id], at: scope.started, fields)
        }
        return records
    }

    /// The registration report by account; without it factors are unknown, which makes the kind incomplete.
    private static func registrations(_ scope: RestScope, _ records: inout Records) async -> [String: JSON] {
        do throws(ReadingFailure) {
            let found = try await scope.list(
                "/reports/authenticationMethods/userRegistrationDetails", [("$top", "999")],
                MicrosoftConnector.paging, &records)
            return Dictionary(found.map { ($0["id"]?.string ?? "", $0) }) { first, _ in first }
        } catch {
            records.fail("second factors", error.reason)
            return [:]
        }
    }

    static let memberships = Reading<RestScope>("idp.membership") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET /directoryRoles and …/members of each: roles that are in force now; /groups/ID/transitiveMembers of the groups "
                + "among them")
        // Neither list takes a page size.
        for role in try await scope.list("/directoryRoles", [], MicrosoftConnector.paging, &records) {
            guard let id = role["id"]?.string else {
                records.setAside("a role without an id")
                continue
            }
            do throws(ReadingFailure) {
                let members = try await scope.list(
                    "/directoryRoles/\(URLText.escape(id))/members", [("$select", "id")],
                    MicrosoftConnector.paging, &records)
                let groups = members.filter { sort($0) == "group" }
                var holders = members.filter { sort($0) != "group" }.map { $0["id"]?.string }
                var known = Set(holders)
                for holder in await people(groups, holding: role, scope, &records)
                where known.insert(holder).inserted { holders.append(holder) }
                for holder in holders {
                    var fields = Fields()
                    fields.text("subject_id", holder)
                    fields.text("system", "entra")
                    fields.text("role", role["displayName"]?.string)
                    fields.flag("privileged", true)
                    records.add("idp.membership", [id, holder], at: scope.started, fields)
                }
            } catch {
                records.fail(error)
            }
        }
        return records
    }

    /// What an object of the directory is, such as `user`; nil where the answer does not say.
    private static func sort(_ object: JSON) -> String? {
        object["@odata.type"]?.string?.split(separator: ".").last.map { $0.lowercased() }
    }

    /// The users and applications that hold a role by way of groups, groups in these groups included.
    private static func people(
        _ groups: [JSON], holding role: JSON, _ scope: RestScope, _ records: inout Records
    ) async -> [String] {
        var found: [String] = []
        let name = Program.printable(role["displayName"]?.string ?? role["id"]?.string ?? "")
        for group in groups {
            do throws(ReadingFailure) {
                let members = try await scope.list(
                    "/groups/\(URLText.escape(group["id"]?.string ?? ""))/transitiveMembers",
                    [("$select", "id"), ("$top", "999")], MicrosoftConnector.paging, &records)
                for member in members {
                    guard let what = sort(member), let id = member["id"]?.string else {
                        throw ReadingFailure("members", "one does not say what it is")
                    }
                    if ["user", "serviceprincipal"].contains(what) { found.append(id) }
                }
            } catch {
                records.fail(
                    "the role \(name)", "a group holds it, and its members cannot be read: \(error.reason)")
            }
        }
        return found
    }

    static let logins = Reading<RestScope>("auth.event") { scope async throws(ReadingFailure) in
        var asked = scope.request
        if asked.parameters["since"] == nil { asked.parameters["since"] = "30d" }
        let window = try asked.window("auth.event", until: scope.started - .hours(2))
        var records = Records("GET /auditLogs/signIns, interactive ones, \(window)", window: window)
        let found = try await scope.list(
            "/auditLogs/signIns",
            [
                (
                    "$filter",
                    "createdDateTime ge \(window.start) and createdDateTime lt \(window.end)"
                ), ("$top", "1000"),
            ], MicrosoftConnector.paging, &records)
        for event in found {
            guard let at = event["createdDateTime"]?.instant,
                let code = event["status"]?["errorCode"]?.integer
            else {
                records.setAside("a sign-in without time or outcome")
                continue
            }
            var fields = Fields()
            fields.text("user_id", event["userPrincipalName"]?.lowercased)
            fields.text("system", event["appDisplayName"]?.string)
            fields.flag("succeeded", code == 0)
            // Version 1.0 of Graph does not tell it; that of another address may.
            fields.flag(
                "mfa", event["authenticationRequirement"]?.string.map { $0 == "multiFactorAuthentication" })
            fields.text("address", event["ipAddress"]?.string)
            fields.text("country", event["location"]?["countryOrRegion"]?.string)
            records.add("auth.event", [event["id"]?.string], at: at, isEvent: true, fields)
        }
        return records
    }
}
