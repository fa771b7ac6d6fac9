import Formats

/// What came to the default branches, what was built of it, and what was deployed.
enum GitHubChanges {
    /// The commits of the branch in a window, by their committer's time; the branch is the population, so that a change
    /// without a pull request is seen.
    private static func commits(
        _ repository: GitHubScope.Repository, _ window: Interval, _ scope: GitHubScope,
        _ records: inout Records
    ) async throws(ReadingFailure) -> [JSON] {
        try await scope.client.list(
            "/repos/\(repository.name)/commits",
            asking: [
                (name: "sha", value: repository.branch), (name: "since", value: window.start.description),
                (name: "until", value: window.end.description),
            ], &records)
    }

    /// What came to a branch, and where it stands now.
    private struct Arrivals {
        var commits: [JSON] = []
        var head = GitHubHeads.Head()
    }

    /// The commits of the window, and those that the branch has gained since the last collection: a merge brings commits
    /// of earlier days, and a committer may write any day into his.
    private static func arrivals(
        _ repository: GitHubScope.Repository, _ window: Interval, _ scope: GitHubScope,
        _ records: inout Records
    ) async throws(ReadingFailure) -> Arrivals {
        let (client, name) = (scope.client, repository.name)
        let old = scope.heads[name]
        guard let head = try await client.head(of: repository.branch, in: name, &records) else {
            var left = old ?? GitHubHeads.Head()
            if left.commit != nil {
                records.fail(name, "its branch had commits and has none any longer")
                // What it had gained until then is not told, today or later.
                left = GitHubHeads.Head(since: scope.started)
            }
            return Arrivals(head: left)
        }
        // Of a repository that is seen for the first time nothing is known, however far others have been read.
        let asked = try old?.commit == nil ? firstWindow(window, scope) : window
        var found = Arrivals(
            commits: try await commits(repository, asked, scope, &records),
            head: GitHubHeads.Head(commit: head, since: old?.since))
        guard let stood = old?.commit, stood != head else { return found }
        let gained = try await client.comparison(of: name, from: stood, to: head, &records)
        if let lack = gained.lack {
            records.fail("\(name), \(repository.branch)", lack)
            found.head.since = scope.started
        }
        let listed = Set(found.commits.compactMap { $0["sha"]?.string })
        found.commits += gained.commits.filter { !listed.contains($0["sha"]?.string ?? "") }
        return found
    }

    private static func firstWindow(_ window: Interval, _ scope: GitHubScope) throws(ReadingFailure)
        -> Interval
    {
        var request = scope.request
        request.cursor = nil
        let first = try request.window("vcs.change", until: scope.started)
        return first.start < window.start ? first : window
    }

    static let changes = Reading<GitHubScope>("vcs.change") { scope async throws(ReadingFailure) in
        let window = try scope.request.window("vcs.change", until: scope.started)
        // Before this it is not known what some branch has gained.
        var known = window.start
        var reviewers = GitHubReviewers(scope.client)
        var records = try await scope.everyRepository(
            "GET …/commits of the default branch, …/compare/OLD...NEW since the last collection, "
                + "…/commits/SHA/pulls, …/pulls/N and …/pulls/N/reviews; no review by a bot counts, and in a repository "
                + "that is not private only those of owners, members and collaborators, with GET /orgs/ORG/members "
                + "where a review does not say so",
            window: window
        ) { repository, records async throws(ReadingFailure) in
            var requests: [Int64: PullRequest] = [:]
            let before = records.setAside.count
            let came = try await arrivals(repository, window, scope, &records)
            known = max(known, came.head.since ?? known)
            for commit in came.commits {
                guard let hash = commit["sha"]?.string, let details = commit["commit"],
                    let at = GitHubScope.instant(details["committer"]?["date"])
                else {
                    records.setAside("a commit of \(repository.name) without hash or time")
                    continue
                }
                let path = "/repos/\(repository.name)"
                let pulls = try await scope.client.list("\(path)/commits/\(hash)/pulls", &records)
                let merged = pulls.first {
                    $0["merged_at"]?.string != nil && $0["base"]?["ref"]?.string == repository.branch
                }
                var request: PullRequest?
                if let number = merged?["number"]?.integer {
                    if requests[number] == nil {
                        requests[number] = try await PullRequest(
                            number, repository, scope.client, &reviewers, &records)
                    }
                    request = requests[number]
                }
                let parents = commit["parents"]?.array?.count ?? 0
                records.add(
                    // A fork or a mirror may hold the same commit, and have got it in another way.
                    // Whatever day it bears, it is here by now.
                    "vcs.change", [repository.name, hash], at: min(at, scope.started), isEvent: true,
                    [
                        ("repository", .string(repository.name)), ("branch", .string(repository.branch)),
                        ("author", person(commit["author"], details["author"])),
                        ("committer", person(commit["committer"], details["committer"])),
                        ("authored_at", GitHubScope.time(details["author"]?["date"])),
                        ("merge", .bool(parents > 1)), ("parents", .integer(Int64(parents))),
                        ("signature", signature(details["verification"])), ("merged", .bool(true)),
                        ("pull_request", request.map { .string("\($0.number)") }),
                        ("approvers", approvers(request)),
                        ("merged_by", request?.mergedBy.map { .string($0) }),
                        ("approved_last", request?.isHeadApproved.map { .bool($0) }),
                    ])
            }
            // A commit that could not be read is to be asked for again.
            if records.setAside.count == before, !reviewers.doubts(repository) {
                scope.heads.keep(came.head, of: repository.name)
            }
        }
        records.query += reviewers.note
        records.stretches = Interval(from: known, to: window.end).map { [$0] } ?? []
        return records
    }

    /// A commit without a pull request was approved by nobody.
    private static func approvers(_ request: PullRequest?) -> JSON? {
        guard let request else { return .array([]) }
        return request.approvers.map { names in .array(names.map { .string($0) }) }
    }

    /// The account's name; a commit of nobody's account has an e-mail address only.
    private static func person(_ account: JSON?, _ stated: JSON?) -> JSON? {
        (GitHubScope.login(account) ?? stated?["email"]?.string?.lowercased()).map { .string($0) }
    }

    private static func signature(_ verification: JSON?) -> JSON? {
        if verification?["verified"]?.bool == true { return .string("good") }
        switch verification?["reason"]?.string {
        case nil: return nil
        case "unsigned": return .string("none")
        case "invalid", "malformed_signature", "bad_cert", "ocsp_revoked": return .string("bad")
        default: return .string("unverified")
        }
    }

    /// What is told of a pull request that was merged.
    private struct PullRequest {
        let number: Int64
        /// Nil where it is not known whether an approval counts that makes the difference; so below.
        let approvers: [String]?
        let mergedBy: String?
        /// Somebody else has approved just what was merged.
        let isHeadApproved: Bool?

        init(
            _ number: Int64, _ repository: GitHubScope.Repository, _ client: GitHubClient,
            _ reviewers: inout GitHubReviewers, _ records: inout Records
        ) async throws(ReadingFailure) {
            let path = "/repos/\(repository.name)"
            let json = try await client.object("\(path)/pulls/\(number)", &records)
            let reviews = try await client.list("\(path)/pulls/\(number)/reviews", &records)
            let author = GitHubScope.login(json["user"])
            let head = json["head"]?["sha"]?.string
            let mergedAt = GitHubScope.instant(json["merged_at"])
            // The last word of each reviewer counts, a mere comment is none; nobody approves his own request.
            var words: [String: JSON] = [:]
            for review in reviews {
                guard let who = GitHubScope.login(review["user"]), who != author,
                    ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].contains(review["state"]?.string),
                    let at = GitHubScope.instant(review["submitted_at"]), mergedAt.map({ at <= $0 }) ?? true
                else { continue }
                words[who] = review
            }
            let approvals = words.filter { $0.value["state"]?.string == "APPROVED" }
            let verdict = await reviewers.judge(approvals, in: repository, &records)
            self.number = number
            mergedBy = GitHubScope.login(json["merged_by"])
            let isApproved = Self.covers(head, verdict.counting)
            let isDecided =
                verdict.unknown.isEmpty
                || !verdict.counting.isEmpty && (isApproved || !Self.covers(head, verdict.unknown))
            approvers = isDecided ? verdict.counting.keys.sorted() : nil
            isHeadApproved = isDecided ? isApproved : nil
            if !isDecided { reviewers.doubt(repository, &records) }
        }

        private static func covers(_ head: String?, _ approvals: [String: JSON]) -> Bool {
            approvals.values.contains { $0["commit_id"]?.string == head && head != nil }
        }
    }

    static let builds = Reading<GitHubScope>("ci.build") { scope async throws(ReadingFailure) in
        let window = try scope.request.window("ci.build", until: scope.started)
        var end = window.end
        var records = try await scope.everyRepository(
            "GET …/commits/SHA/check-runs and …/status of each commit on the default branch; all checks, required "
                + "or not; a commit without any is no build; commits are asked for by their own time, so that checks "
                + "that run again on older ones are not seen: nothing is covered", window: window
        ) { repository, records async throws(ReadingFailure) in
            // An empty repository has no list of commits.
            guard try await scope.client.head(of: repository.branch, in: repository.name, &records) != nil
            else { return }
            for commit in try await commits(repository, window, scope, &records) {
                guard let hash = commit["sha"]?.string,
                    let at = GitHubScope.instant(commit["commit"]?["committer"]?["date"])
                else {
                    records.setAside("a commit of \(repository.name) without hash or time")
                    continue
                }
                let path = "/repos/\(repository.name)/commits/\(hash)"
                let runs = try await scope.client.list("\(path)/check-runs", member: "check_runs", &records)
                let status = try await scope.client.object("\(path)/status", &records)
                let states = status["statuses"]?.array ?? []
                if runs.isEmpty, states.isEmpty { continue }
                let isRunning =
                    runs.contains { $0["status"]?.string != "completed" }
                    || !states.isEmpty && status["state"]?.string == "pending"
                if isRunning {
                    // Its outcome is for the next collection, which begins here.
                    end = min(end, at)
                    continue
                }
                let passed =
                    runs.allSatisfy {
                        ["success", "neutral", "skipped"].contains($0["conclusion"]?.string ?? "")
                    } && (states.isEmpty || status["state"]?.string == "success")
                let done = runs.compactMap { GitHubScope.instant($0["completed_at"]) }.max() ?? at
                records.add(
                    "ci.build", [repository.name, hash], at: max(at, done), isEvent: true,
                    [
                        ("repository", .string(repository.name)), ("commit", .string(hash)),
                        ("checks_passed", .bool(passed)),
                    ])
            }
        }
        records.window = Interval(from: window.start, to: end)
        // A nightly or repeated check of an older commit ends in this time and is not asked for.
        records.stretches = []
        if records.window == nil { records.fail("checks", "they are still running") }
        return records
    }

    static let deployments = Reading<GitHubScope>("deploy.run") { scope async throws(ReadingFailure) in
        let window = try scope.request.window("deploy.run", until: scope.started)
        return try await scope.everyRepository(
            "GET …/deployments, newest first, whatever came of them", window: window
        ) { repository, records async throws(ReadingFailure) in
            let found = try await scope.client.list("/repos/\(repository.name)/deployments", &records) {
                (GitHubScope.instant($0["created_at"]) ?? .distantFuture) >= window.start
            }
            for one in found {
                guard let id = one["id"]?.integer, let at = GitHubScope.instant(one["created_at"]) else {
                    records.setAside("a deployment of \(repository.name) without id or time")
                    continue
                }
                if !window.contains(at) { continue }
                let place = one["environment"]?.string.map { ":" + Program.printable($0) } ?? ""
                records.add(
                    "deploy.run", [repository.name, "\(id)"], at: at, isEvent: true,
                    [
                        ("service", .string(repository.name + place)),
                        ("author", GitHubScope.login(one["creator"]).map { .string($0) }),
                        ("commit", one["sha"]),
                    ])
            }
        }
    }
}
