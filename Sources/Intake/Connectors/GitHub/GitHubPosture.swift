import Formats

/// How repositories are guarded, and who belongs to the organization.
enum GitHubPosture {
    static let repositories = Reading<GitHubScope>("vcs.repository") { scope async throws(ReadingFailure) in
        try await scope.everyRepository("GET /orgs/…/repos or /repos/…") {
            repository, records async throws(ReadingFailure) in
            let json = repository.json
            let scanning = json["security_and_analysis"]?["secret_scanning"]?["status"]?.string
            records.pages += 1
            records.add(
                "vcs.repository", [repository.name], at: scope.started,
                [
                    ("name", .string(repository.name)), ("private", json["private"]),
                    ("archived", json["archived"]),
                    // Told to administrators only: absent, it is not known.
                    ("secret_scanning", scanning.map { .bool($0 == "enabled") }),
                ])
        }
    }

    /// What applies to a branch, from rules and from classic protection together.
    private struct Protection {
        var approvals: Int64 = 0
        var checks = false
        var forcePush = true
        /// Nil while it is not known.
        var bypass: Bool?
        /// Rules are among it.
        private var hasRules = false

        var isEnforced: Bool { approvals > 0 && !forcePush }

        init(rules: [JSON]) {
            for rule in rules {
                let parameters = rule["parameters"]
                switch rule["type"]?.string {
                case "pull_request":
                    hasRules = true
                    approvals = max(
                        approvals, parameters?["required_approving_review_count"]?.integer ?? 0)
                case "required_status_checks": (hasRules, checks) = (true, true)
                case "non_fast_forward": (hasRules, forcePush) = (true, false)
                default: break
                }
            }
        }

        /// What classic protection demands by itself.
        private init(classic: JSON) {
            let reviews = classic["required_pull_request_reviews"]
            approvals = reviews?["required_approving_review_count"]?.integer ?? 0
            let asked = classic["required_status_checks"]
            checks =
                !(asked?["checks"]?.array ?? []).isEmpty || !(asked?["contexts"]?.array ?? []).isEmpty
            forcePush = classic["allow_force_pushes"]?["enabled"]?.bool != false
            let allowances = reviews?["bypass_pull_request_allowances"]
            let someone = ["users", "teams", "apps"].contains {
                !(allowances?[$0]?.array ?? []).isEmpty
            }
            bypass = classic["enforce_admins"]?["enabled"]?.bool.map { !$0 || someone }
        }

        mutating func add(classic json: JSON) {
            let classic = Protection(classic: json)
            approvals = max(approvals, classic.approvals)
            checks = checks || classic.checks
            forcePush = forcePush && classic.forcePush
            // Who may go around a rule is not told: it must not matter for what is stated here.
            let isAll =
                classic.approvals == approvals && classic.checks == checks && classic.forcePush == forcePush
            bypass = hasRules && (!isAll || classic.bypass == true) ? nil : classic.bypass
        }
    }

    static let protection = Reading<GitHubScope>("vcs.protection") { scope async throws(ReadingFailure) in
        try await scope.everyRepository(
            "GET …/rules/branches/BRANCH and …/branches/BRANCH/protection of the default branch; enforced is: an "
                + "approval is required and history cannot be overwritten; who may bypass rules is not told"
        ) { repository, records async throws(ReadingFailure) in
            let path = "/repos/\(repository.name)"
            let rules = try await scope.client.list(
                "\(path)/rules/branches/\(repository.branchPath)", &records)
            var found = Protection(rules: rules)
            do throws(ReadingFailure) {
                let classic = try await scope.client.object(
                    "\(path)/branches/\(repository.branchPath)/protection",
                    unlessSaying: "Branch not protected", &records)
                if let classic { found.add(classic: classic) }
            } catch {
                // Rules add up: what they demand holds whatever the rest may be. That nothing is demanded does not.
                if !found.isEnforced || !found.checks { throw error }
            }
            records.add(
                "vcs.protection", [repository.name, repository.branch], at: scope.started,
                [
                    ("repository", .string(repository.name)), ("branch", .string(repository.branch)),
                    ("approvals", .integer(found.approvals)), ("checks", .bool(found.checks)),
                    ("force_push", .bool(found.forcePush)), ("bypass", found.bypass.map { .bool($0) }),
                    ("enforced", .bool(found.isEnforced)),
                ])
        }
    }

    static let members = Reading<GitHubScope>("idp.account") { scope async throws(ReadingFailure) in
        guard let organization = scope.organization else {
            throw ReadingFailure("parameters", "members need the parameter \"organization\"")
        }
        let path = "/orgs/\(organization)/members"
        var records = Records("GET \(path) by role, and with filter 2fa_disabled; members only")
        let admins = try await scope.client.list(path, asking: [(name: "role", value: "admin")], &records)
        let others = try await scope.client.list(path, asking: [(name: "role", value: "member")], &records)
        var unguarded: Set<Int64>?
        do throws(ReadingFailure) {
            unguarded = Set(
                try await scope.client.list(path, asking: [(name: "filter", value: "2fa_disabled")], &records)
                    .compactMap { $0["id"]?.integer })
        } catch {
            records.fail("second factors", error.reason + "; only owners of the organization are told")
        }
        for (member, isAdmin) in admins.map({ ($0, true) }) + others.map({ ($0, false) }) {
            let id = member["id"]?.integer
            records.add(
                "idp.account", [id.map(String.init) ?? ""], at: scope.started,
                [
                    ("login", GitHubScope.login(member).map { .string($0) }), ("enabled", .bool(true)),
                    ("admin", .bool(isAdmin)),
                    ("type", .string(member["type"]?.string == "Bot" ? "service" : "human")),
                    ("mfa", unguarded.map { set in .bool(!(id.map { set.contains($0) } ?? true)) }),
                ])
        }
        return records
    }
}
