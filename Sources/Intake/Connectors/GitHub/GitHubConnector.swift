import Evidence
import Formats
import Transport

/// Reads repositories and their organization at GitHub.
///
/// Parameters: `organization`, and `repositories` as OWNER/NAME with spaces between, for some of them only (at least one
/// of the two); `retired`, repositories that need not be the organization's any longer; `since`, how far back events are
/// asked for the first time (90d unless said); `url`, the address of a GitHub Enterprise Server's API. Secret:
/// `token`. Least privilege: a fine-grained token that may read metadata, contents, pull requests, checks,
/// deployments, administration and the three sorts of alerts, and the organization's members; the connector only
/// sends GET. Who has no second factor is told to owners of the organization only.
package struct GitHubConnector: Connector {
    package static let name = "github"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        // History is asked for by its days alone.
        let heads = GitHubHeads(request.backfill == nil ? request.cursor : nil)
        try await collect(
            request, from: "GitHub REST API",
            [
                GitHubPosture.repositories, GitHubPosture.protection, GitHubChanges.changes,
                GitHubChanges.builds,
                GitHubChanges.deployments, GitHubPosture.members, GitHubAlerts.findings, GitHubAlerts.secrets,
            ], emit: { delivery in try await emit(try heads.carried(by: delivery)) },
            parameters: { scope in
                var parameters = [
                    "url": scope.client.base,
                    "repositories": scope.repositories.map(\.name).joined(separator: " "),
                ]
                parameters["organization"] = scope.organization
                parameters["retired"] = request.parameters["retired"]
                return parameters
            },
            scope: { () async throws(ReadingFailure) in try await GitHubScope(request, heads) })
    }
}

/// The repositories that are looked at, at one moment.
struct GitHubScope: Sendable {
    struct Repository: Sendable {
        /// OWNER/NAME.
        let name: String
        let branch: String
        let json: JSON

        init?(_ json: JSON) {
            guard let name = json["full_name"]?.string, GitHubScope.isName(name),
                let branch = json["default_branch"]?.string, !branch.isEmpty
            else { return nil }
            self.name = name
            self.branch = branch
            self.json = json
        }

        /// Only those who were let in can see it; one of which nobody says it is open to all.
        var isPrivate: Bool { json["private"]?.bool == true }

        /// The person or the organization that it belongs to.
        var owner: Substring { name.prefix { $0 != "/" } }

        var isArchived: Bool { json["archived"]?.bool == true }

        /// The branch as a part of a path.
        var branchPath: String { URLText.escape(branch, keepingSlash: true) }
    }

    let request: CollectionRequest
    let client: GitHubClient
    let heads: GitHubHeads
    let organization: String?
    let repositories: [Repository]
    /// Repositories that are asked for and cannot be seen: a gap in every kind.
    private let missing: [ReadingFailure]
    let started: Instant

    init(_ request: CollectionRequest, _ heads: GitHubHeads) async throws(ReadingFailure) {
        self.request = request
        self.heads = heads
        guard let token = try await request.secret("token") else {
            throw ReadingFailure("secrets", "the secret \"token\" is missing")
        }
        let headers: HTTPHeaders = [
            "accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28",
            "authorization": "Bearer \(token.exposed)",
        ]
        client = GitHubClient(
            try APIClient(
                request, base: request.parameters["url"] ?? "https://api.github.com", headers: headers,
                throttling: Self.throttling))
        started = request.now()
        organization = request.parameters["organization"]
        let names = request.words("repositories")
        guard names.allSatisfy(Self.isName), organization.map({ Self.isWord($0) }) ?? !names.isEmpty else {
            throw ReadingFailure(
                "parameters", "give \"organization\", or \"repositories\" as OWNER/NAME, or both")
        }
        var records = Records("")
        var found: [Repository] = []
        var missing: [ReadingFailure] = []
        if names.isEmpty, let organization {
            let listed = try await client.list("/orgs/\(organization)/repos", &records)
            if let failure = await Self.hidden(organization, listed.count, client, &records) {
                missing.append(failure)
            }
            for json in listed {
                guard let repository = Repository(json) else {
                    missing.append(ReadingFailure("repositories", "one has no name or no default branch"))
                    continue
                }
                found.append(repository)
            }
            let gone = heads.compare(listed: found.map(\.name), retired: Self.retired(request))
            missing += gone.map { ReadingFailure($0, Self.absence) }
        }
        for name in names {
            do throws(ReadingFailure) {
                guard let repository = Repository(try await client.object("/repos/\(name)", &records)) else {
                    throw ReadingFailure(name, "the answer names no default branch")
                }
                found.append(repository)
            } catch {
                missing.append(error)
            }
        }
        repositories = found
        self.missing = missing
    }

    /// GitHub says 403 for its rate limits, the second of them without any header, and names them in the answer. Where it
    /// names no time it wants a minute at least, and longer each time.
    private static let throttling = ThrottleReader.Words(status: 403, ["rate limit"], wait: .seconds(60))
    private static let absence =
        "it was one of the organization's repositories and is not any longer: deleted, renamed, moved or kept from the "
        + "token; if it is gone for good, name it in \"retired\""

    /// Upper and lower case are one at GitHub.
    private static func retired(_ request: CollectionRequest) -> Set<String> {
        Set(request.words("retired").map { $0.lowercased() })
    }

    /// Why the list may not hold every repository: the ones that the token was not given are left out without a word.
    private static func hidden(
        _ organization: String, _ count: Int, _ client: GitHubClient, _ records: inout Records
    ) async -> ReadingFailure? {
        let path = "/orgs/\(organization)"
        do throws(ReadingFailure) {
            let json = try await client.object(path, &records)
            guard let open = json["public_repos"]?.integer, open >= 0,
                let closed = json["total_private_repos"]?.integer, closed >= 0
            else {
                return ReadingFailure(
                    "GET \(path)",
                    "it does not tell these credentials how many repositories there are; let them read the "
                        + "organization's administration, or name those that count under \"repositories\"")
            }
            if Int64(count) - closed >= open { return nil }
            return ReadingFailure(
                "GET \(path)/repos",
                "\(count) repositories are listed and the organization counts \(open) public and \(closed) private "
                    + "ones; give the token all of them, or name those that count under \"repositories\"")
        } catch {
            return error
        }
    }

    private static func isWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-_.".utf8.contains(byte)
            }
    }

    static func isName(_ text: String) -> Bool {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        return sides.count == 2 && sides.allSatisfy { isWord($0) && $0 != "." && $0 != ".." }
    }

    /// Reads the same of every repository; what fails in one leaves the others.
    func everyRepository(
        _ query: String, window: Interval? = nil,
        _ body: (Repository, inout Records) async throws(ReadingFailure) -> Void
    ) async throws(ReadingFailure) -> Records {
        var records = Records(
            "\(query); \(repositories.count) repositories" + (window.map { ", \($0)" } ?? ""), window: window)
        for failure in missing { records.fail(failure) }
        for repository in repositories {
            do throws(ReadingFailure) {
                try await body(repository, &records)
            } catch {
                records.fail(error)
            }
        }
        return records
    }

    /// A time as the API gives it, in our form.
    static func time(_ json: JSON?) -> JSON? { instant(json).map { .string($0.description) } }

    static func instant(_ json: JSON?) -> Instant? { json?.string.flatMap { Instant($0) } }

    /// An account's name; upper and lower case are one at GitHub.
    static func login(_ user: JSON?) -> String? { user?["login"]?.string?.lowercased() }
}
