import Evidence
import Formats
import Glibc

/// Reads the history of a local git repository: each commit on a branch is a change, each tag a release.
///
/// Parameters: `path` (folder; `.` unless said), `branch` (`HEAD`), `since` (a time or date; older ones are left
/// out), `repository` (its name; that of its folder), `verify` (`true` has git check signatures, slowly), `timeout`.
///
/// Git cannot prove who approved a change; it gives the whole population of changes, against which the forge's pull
/// requests are held.
package struct GitConnector: Connector {
    package static let name = "git"

    /// A history of more commits goes out in parts of about so many.
    var batchLimit = 50_000

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        if let refusal = refusingRaw(request, "the repository is that already: keep it") {
            return try await emit(refusal)
        }
        let started = request.now()
        let plan: GitPlan
        do {
            plan = try await GitPlan(request)
        } catch {
            return try await emit(
                failed(
                    request, "git log and git for-each-ref", scope: error.scope, error.reason,
                    parameters: request.parameters, started: started))
        }
        var harvest = GitHarvest(
            repository: plan.repository, branch: plan.branch, head: plan.head, since: plan.since,
            checks: plan.checks)
        var failures = plan.failures
        var draft = BatchDraft(
            source: request.source, collector: Self.collector(request), mode: .changes,
            query: plan.query(request),
            parameters: plan.parameters,
            kinds: [GitHarvest.change, GitHarvest.release].filter(request.wants),
            started: started, ended: started)
        // Of an earlier part: the recorder looks at each batch by itself.
        var lost = false
        if request.wants(GitHarvest.change) {
            if let failure = try await readLog(
                plan, into: &harvest,
                flush: { harvest in
                    draft.ended = request.now()
                    draft.facts = harvest.facts
                    draft.setAside = harvest.setAside
                    var delivery = Delivery(draft)
                    delivery.isContinued = true
                    try await emit(delivery)
                    lost = lost || harvest.setAside.contains(where: \.mayHideRecord)
                    (harvest.facts, harvest.setAside) = ([], [])
                })
            {
                failures.append(failure)
            } else {
                if let cut = harvest.cut { failures.append(plan.cutFailure(at: cut)) }
                if lost {
                    failures.append(plan.failure("commits of an earlier part could not be read"))
                } else {
                    harvest.facts += Self.coverage(harvest, plan, at: started, &failures)
                }
            }
            draft.sourceTotal = plan.count.map { $0 - harvest.leftOut }
        }
        if request.wants(GitHarvest.release) {
            let run = await plan.commands.run(GitCommands.tags)
            if run.succeeded {
                harvest.takeTags(run.bytes)
            } else {
                failures.append(
                    CollectionFailure(
                        kind: GitHarvest.release, scope: "refs/tags", reason: GitCommands.reason(run)))
            }
        }
        draft.ended = request.now()
        (draft.facts, draft.setAside, draft.failures) = (harvest.facts, harvest.setAside, failures)
        try await emit(Delivery(draft))
    }

    /// Reads all commits; says what went wrong, if anything did.
    private func readLog(
        _ plan: GitPlan, into harvest: inout GitHarvest, flush: (inout GitHarvest) async throws -> Void
    ) async throws -> CollectionFailure? {
        let run = await plan.commands.run(GitCommands.log(plan.head))
        var failure = run.succeeded ? nil : plan.failure(GitCommands.reason(run))
        var reader = GitLogReader()
        var offset = 0
        while let file = run.output {
            do {
                let chunk = try file.read(at: offset)
                if chunk.isEmpty { break }
                offset += chunk.count
                for commit in try reader.append(chunk) { harvest.take(commit) }
            } catch {
                return failure ?? plan.failure("the output of git cannot be read: is it a very old git?")
            }
            if harvest.facts.count >= batchLimit { try await flush(&harvest) }
        }
        do {
            if let last = try reader.finish() { harvest.take(last) }
        } catch {
            failure = failure ?? plan.failure("the output of git ends in the middle of a commit")
        }
        if failure == nil, let count = plan.count, count != harvest.seen {
            return plan.failure("git counts \(count) commits and listed \(harvest.seen)")
        }
        return failure
    }

    /// The branch holds every change since its oldest commit, or since the place where history was cut; a clone, up to
    /// when it was last fetched.
    private static func coverage(
        _ harvest: GitHarvest, _ plan: GitPlan, at now: Instant, _ failures: inout [CollectionFailure]
    ) -> RawFacts {
        guard let oldest = harvest.oldest else { return [] }
        let start = max(oldest, harvest.cut ?? oldest, harvest.since ?? oldest)
        var end = now
        switch plan.freshness {
        case .original: break
        case .fetched(let at): end = min(now, at)
        case .unknown(let reason):
            failures.append(plan.failure(reason))
            return []
        }
        guard let interval = Interval(from: start, to: end) else {
            let reason =
                start < now
                ? "it was last fetched before the time that is asked for; run git fetch before"
                : "every commit is dated after this collection: one of the clocks is wrong"
            failures.append(plan.failure(reason))
            return []
        }
        return [RawFact(.coverage(GitHarvest.change, interval))]
    }
}
