import Formats

/// Whose reviews count.
///
/// A bot is nobody's peer. What is not private anybody may review: there only those count whom the repository knows. Of a
/// member who conceals the membership, a review says the same as of a stranger; only the organization's own list tells
/// the two apart.
struct GitHubReviewers {
    /// What came of one pull request's approvals.
    struct Verdict {
        /// By log-in name.
        let counting: [String: JSON]
        /// Approvals by people of whom it could not be had whether they belong to the repository.
        let unknown: [String: JSON]
    }

    private enum Circle {
        case told(Set<String>)
        /// Those who are told of, and why there may be others.
        case kept(Set<String>, ReadingFailure)
    }

    private let client: GitHubClient
    /// By the path that tells them: asked for once in a run, and only where it matters.
    private var circles: [String: Circle] = [:]
    /// Repositories with an approval that might count and of which that is not known.
    private var doubted: Set<String> = []
    /// Approvals that do not count.
    private(set) var leftOut = 0

    init(_ client: GitHubClient) {
        self.client = client
    }

    /// What the query says of the approvals that were left out.
    var note: String { leftOut == 0 ? "" : "; approvals left out: \(leftOut)" }

    func doubts(_ repository: GitHubScope.Repository) -> Bool { doubted.contains(repository.name) }

    /// Sorts the approvals of one pull request, by log-in name.
    mutating func judge(
        _ approvals: [String: JSON], in repository: GitHubScope.Repository, _ records: inout Records
    ) async -> Verdict {
        let people = approvals.filter { $0.value["user"]?["type"]?.string != "Bot" }
        let known = people.filter { Self.isKnown($0.value, in: repository) }
        let others = people.filter { known[$0.key] == nil }
        var verdict = Verdict(counting: known, unknown: [:])
        if !others.isEmpty {
            func counting(_ members: Set<String>) -> [String: JSON] {
                people.filter { known[$0.key] != nil || members.contains($0.key) }
            }
            switch await circle(of: repository, &records) {
            case .told(let members): verdict = Verdict(counting: counting(members), unknown: [:])
            case .kept(let members, _):
                verdict = Verdict(
                    counting: counting(members), unknown: others.filter { !members.contains($0.key) })
            }
        }
        leftOut += approvals.count - verdict.counting.count
        return verdict
    }

    private static func isKnown(_ review: JSON, in repository: GitHubScope.Repository) -> Bool {
        repository.isPrivate
            || ["OWNER", "MEMBER", "COLLABORATOR"].contains(review["author_association"]?.string)
    }

    private mutating func circle(of repository: GitHubScope.Repository, _ records: inout Records) async
        -> Circle
    {
        let path = Self.path(of: repository)
        if let known = circles[path] { return known }
        let found: Circle
        do throws(ReadingFailure) {
            let members = try await logins(path, &records)
            found = try await hidden(from: members, of: repository, &records)
        } catch {
            found = .kept([], error)
        }
        circles[path] = found
        return found
    }

    /// A token that may not read an organization's members is not refused: it is told of those who show their membership.
    private func hidden(
        from members: Set<String>, of repository: GitHubScope.Repository, _ records: inout Records
    ) async throws(ReadingFailure) -> Circle {
        guard !Self.isPersonal(repository) else { return .told(members) }
        let shown = try await logins("/orgs/\(repository.owner)/public_members", &records)
        guard members == shown else { return .told(members) }
        return .kept(
            members,
            ReadingFailure(
                String(repository.owner), "of its members only those are told who show their membership"))
    }

    private func logins(_ path: String, _ records: inout Records) async throws(ReadingFailure) -> Set<String>
    {
        Set(try await client.list(path, &records).compactMap { GitHubScope.login($0) })
    }

    private static func isPersonal(_ repository: GitHubScope.Repository) -> Bool {
        repository.json["owner"]?["type"]?.string == "User"
    }

    /// A person's repository has collaborators, an organization's its members.
    private static func path(of repository: GitHubScope.Repository) -> String {
        isPersonal(repository)
            ? "/repos/\(repository.name)/collaborators" : "/orgs/\(repository.owner)/members"
    }

    /// Tells that an approval may be missing; once for each repository.
    mutating func doubt(_ repository: GitHubScope.Repository, _ records: inout Records) {
        guard doubted.insert(repository.name).inserted,
            case .kept(_, let failure) = circles[Self.path(of: repository)]
        else { return }
        records.fail(
            repository.name,
            "whether approvals are by its own people is not known: \(failure); let the token read the "
                + "organization's members")
    }
}
