import Formats

/// The changes that reached the main branches, and the deployments of them.
struct SourceControl: Sendable {
    private static let repositories = ["viewer", "ingest", "worklist", "inference", "infrastructure"]

    let workforce: Workforce

    func chapter(seed: UInt64) -> Chapter {
        var random = SplitMix64(seed: seed, topic: "source control")
        var chapter = Chapter()
        var commits: [String] = []
        for day in ObservationYear.days where day.weekday < 5 {
            // What is deployed today reached main on an earlier day.
            let ready = Array(commits.suffix(20))
            for _ in 0..<random.within(6...8) {
                let at = day + .hours(14) + .minutes(Int64(random.below(540)))
                let change = Change(
                    at: at, people: workforce.reviewers(at: at), repositories: Self.repositories,
                    random: &random)
                commits.append(change.id)
                chapter.observations.append(change.observation)
            }
            chapter.badChange(day, workforce, Self.repositories, &random)
            for _ in 0..<random.within(1...2) {
                chapter.deploy(
                    day + .hours(15) + .minutes(Int64(random.below(420))), workforce, ready, &random)
            }
            chapter.badDeployment(day, ready.last ?? "")
        }
        return chapter
    }
}

/// One commit, reviewed by one or two people other than its author unless told otherwise.
private struct Change {
    let id: String
    let at: Instant
    let repository: String
    let author: String
    var approvers: [String]
    var merger: String?
    let files: Int
    let signed: Bool

    init(at: Instant, people: [String], repositories: [String], random: inout SplitMix64) {
        id = random.hex(40)
        self.at = at
        repository = random.pick(repositories) ?? "viewer"
        let author = random.pick(people) ?? "p-003"
        self.author = author
        let others = people.filter { $0 != author }
        let first = random.pick(others) ?? "p-004"
        let second = random.pick(others) ?? "p-004"
        approvers = random.below(4) == 0 && second != first ? [first, second] : [first]
        merger = first
        files = random.within(1...24)
        signed = random.below(10) > 0
    }

    var observation: Observation {
        var value: [(String, JSON)] = [
            ("repository", .string(repository)), ("branch", .string("main")), ("author", .string(author)),
            ("committer", .string(author)), ("authored_at", .instant(at - .minutes(95))),
            ("approvers", .array(approvers.map(JSON.string))), ("merge", .bool(false)), ("parents", .int(1)),
            ("signature", .string(signed ? "good" : "none")), ("files", .int(files)), ("merged", .bool(true)),
        ]
        if let merger { value.append(("merged_by", .string(merger))) }
        return .event(.sourceControl, "vcs.change", id, at: at, value)
    }
}

extension Chapter {
    /// Three changes in the year that nobody else looked at.
    fileprivate mutating func badChange(
        _ day: Instant, _ workforce: Workforce, _ repositories: [String], _ random: inout SplitMix64
    ) {
        let title: String
        switch day {
        case .utc(2025, 8, 27): title = "Change approved by its own author"
        case .utc(2025, 12, 3): title = "Change pushed to main without any review"
        case .utc(2026, 5, 6): title = "Change approved by its own author, second time"
        default: return
        }
        let at = day + .hours(22) + .minutes(41)
        var change = Change(
            at: at, people: workforce.reviewers(at: at), repositories: repositories, random: &random)
        change.approvers = day == .utc(2025, 12, 3) ? [] : [change.author]
        change.merger = day == .utc(2025, 12, 3) ? nil : change.author
        observations.append(change.observation)
        stories.append(Story(title, test: "change-peer-review", key: change.id, .fail, at: at))
    }

    fileprivate mutating func deploy(
        _ at: Instant, _ workforce: Workforce, _ commits: [String], _ random: inout SplitMix64
    ) {
        guard let commit = random.pick(commits) else { return }
        let author = random.pick(workforce.engineers(at: at)) ?? "p-008"
        let approver = random.pick(workforce.leads(at: at)) ?? "p-003"
        let service = random.pick(["viewer", "ingest", "worklist", "inference"]) ?? "viewer"
        run(at, service, author, approver, commit)
    }

    /// Three deployments whose approval or checks are not what the program asks for.
    fileprivate mutating func badDeployment(_ day: Instant, _ commit: String) {
        switch day {
        case .utc(2025, 9, 10):
            let at = day + .hours(20) + .minutes(15)
            let id = run(at, "ingest", "p-004", "p-004", commit)
            stories.append(
                Story(
                    "Deployment approved by who asked for it", test: "deploy-approved", key: id, .fail, at: at
                ))
        case .utc(2025, 10, 31):
            // The leaver whose account stayed open three days too long.
            let at = day + .hours(16) + .minutes(30)
            let id = run(at, "worklist", "p-008", "p-015", commit)
            stories.append(
                Story(
                    "Deployment approved by somebody who had left the day before", test: "deploy-approved",
                    key: id,
                    .fail, at: at))
        case .utc(2026, 4, 8):
            let at = day + .hours(23) + .minutes(5)
            let id = run(at, "inference", "p-010", "p-005", commit, green: false)
            stories.append(
                Story(
                    "Deployment with a required check that was not green", test: "deploy-checks", key: id,
                    .fail,
                    at: at))
        default: return
        }
    }

    @discardableResult
    private mutating func run(
        _ at: Instant, _ service: String, _ author: String, _ approver: String, _ commit: String,
        green: Bool = true
    ) -> String {
        let id = "d-\(at.date)-\(padded(observations.count, 5))"
        observations.append(
            .event(
                .sourceControl, "deploy.run", id, at: at,
                [
                    ("service", .string(service)), ("author", .string(author)),
                    ("approver", .string(approver)),
                    ("commit", .string(commit)), ("checks_passed", .bool(green)),
                ]))
        return id
    }
}
