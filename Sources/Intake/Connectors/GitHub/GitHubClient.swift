import Formats
import Ledger
import Synchronization
import Transport

/// Asks GitHub's REST API (version 2022-11-28). A page that was asked for before is asked for again with its ETag only:
/// an answer of 304 costs nothing of the rate limit.
final class GitHubClient: Sendable {
    private let client: APIClient
    private struct Page {
        let etag: String
        /// Of the answer's body: it is the answer as well where the server says that nothing has changed.
        let digest: Digest
        let json: JSON
        let next: String?
    }
    /// Pages of this collection by address; guarded, because readings need not come one after the other.
    private let kept = Mutex<[String: Page]>([:])
    /// So many pages of one list are read at most.
    private static let pageLimit = 10_000
    /// The reason of a refusal that GitHub gives for the repository being archived, not for missing rights.
    static let archived = "GitHub does not tell this of archived repositories (403)"

    init(_ client: APIClient) {
        self.client = client
    }

    var base: String { client.base }

    /// The one object at a path.
    func object(_ path: String, _ records: inout Records) async throws(ReadingFailure) -> JSON {
        try await page(path, [], &records).json
    }

    /// The object at a path, or nil where the answer is 404 with just this message: that there is none. Any other 404
    /// may as well hide it from these credentials.
    func object(_ path: String, unlessSaying message: String, _ records: inout Records)
        async throws(ReadingFailure) -> JSON?
    {
        let response = try await client.response(path)
        records.pages += 1
        let json = try? JSON(parsing: response.body)
        if response.status == 404, json?["message"]?.string == message { return nil }
        guard response.isSuccess else { throw ReadingFailure("GET \(path)", reason(response)) }
        guard let json else { throw ReadingFailure("GET \(path)", "the answer is not JSON") }
        return json
    }

    /// The hash of a branch's newest commit; nil in a repository that has none yet.
    func head(of branch: String, in repository: String, _ records: inout Records)
        async throws(ReadingFailure) -> String?
    {
        let path = "/repos/\(repository)/commits"
        let response = try await client.response(
            path, [(name: "sha", value: branch), (name: "per_page", value: "1")])
        records.pages += 1
        let json = try? JSON(parsing: response.body)
        if response.status == 409, json?["message"]?.string == "Git Repository is empty." { return nil }
        guard response.isSuccess else { throw ReadingFailure("GET \(path)", reason(response)) }
        guard let hash = json?.array?.first?["sha"]?.string, !hash.isEmpty, hash.allSatisfy(\.isHexDigit)
        else { throw ReadingFailure("GET \(path)", "the answer names no newest commit") }
        return hash
    }

    /// Every entry of a list, page after page as the header Link says (RFC 8288), while the pages are wanted.
    ///
    /// - Parameter member: where the list stands in an answer that is an object.
    func list(
        _ path: String, asking query: [(name: String, value: String)] = [], member: String? = nil,
        _ records: inout Records, while wanted: (JSON) -> Bool = { _ in true }
    ) async throws(ReadingFailure) -> [JSON] {
        var found: [JSON] = []
        var next: String? = path
        var items = query + [(name: "per_page", value: "100")]
        for _ in 0..<Self.pageLimit {
            guard let place = next else { return found }
            let page = try await page(place, items, &records)
            guard let entries = (member.map { page.json[$0] } ?? page.json)?.array else {
                throw ReadingFailure("GET \(path)", "the answer is no list")
            }
            found += entries
            if let last = entries.last, !wanted(last) { return found }
            next = page.next
            items = []
        }
        throw ReadingFailure("GET \(path)", "more than \(Self.pageLimit) pages")
    }

    /// What a branch has gained from one commit to another.
    struct Comparison: Sendable {
        var commits: [JSON] = []
        /// Why there may have been more; nil when there was not.
        var lack: String?
    }

    /// What a branch has gained since a commit, whatever day the commits bear.
    func comparison(of repository: String, from old: String, to new: String, _ records: inout Records)
        async throws(ReadingFailure) -> Comparison
    {
        let path = "/repos/\(repository)/compare/\(old)...\(new)"
        let response = try await client.response(path, [(name: "per_page", value: "100")])
        records.pages += 1
        if response.status == 404 {
            return Comparison(lack: "the newest commit of the last collection is gone")
        }
        let first = try read(response, "GET \(path)")
        var commits = first.json["commits"]?.array ?? []
        var next = first.next
        for _ in 1..<Self.pageLimit {
            guard let place = next else { break }
            let page = try await page(place, [], &records)
            commits += page.json["commits"]?.array ?? []
            next = page.next
        }
        var found = Comparison(commits: commits)
        if !["ahead", "identical"].contains(first.json["status"]?.string) {
            found.lack = "its history was rewritten: what was taken off it is not told"
        } else if first.json["total_commits"]?.integer != Int64(commits.count) {
            found.lack = "not all the commits that it gained are told"
        }
        return found
    }

    /// Why an answer is not what was asked for. Events are asked for from the same day on until a run has got through,
    /// so that a first one that asks for too much fails each time.
    private func reason(_ response: HTTPResponse) -> String {
        let message = (try? JSON(parsing: response.body))?["message"]?.string ?? ""
        if response.status == 403, message.lowercased().contains("not available for archived") {
            return Self.archived
        }
        let reason = client.reason(response)
        guard RetryRule.isThrottled(response) else { return reason }
        return reason
            + "; if no first collection gets through, give a shorter \"since\" or fewer kinds at a time"
    }

    private func page(
        _ path: String, _ query: [(name: String, value: String)], _ records: inout Records
    ) async throws(ReadingFailure) -> (json: JSON, next: String?) {
        let name = query.isEmpty ? path : path + "?" + URLText.query(query)
        let known = kept.withLock { $0[name] }
        let response = try await client.response(
            path, query, headers: known.map { ["if-none-match": $0.etag] } ?? [:])
        records.pages += 1
        let place = "GET \(URLText.withoutQuery(path))"
        if response.status == 304, let known {
            client.note(again: known.digest)
            return (known.json, known.next)
        }
        let page = try read(response, place)
        if let etag = response.headers["etag"] {
            let digest = Digest.sha256(response.body)
            kept.withLock { $0[name] = Page(etag: etag, digest: digest, json: page.json, next: page.next) }
        }
        return page
    }

    private func read(_ response: HTTPResponse, _ place: String) throws(ReadingFailure)
        -> (json: JSON, next: String?)
    {
        guard response.isSuccess else { throw ReadingFailure(place, reason(response)) }
        guard let json = try? JSON(parsing: response.body, limits: JSONLimits(bytes: 64 << 20, depth: 64))
        else { throw ReadingFailure(place, "the answer is not JSON") }
        return (json, try LinkField.next(response.headers))
    }
}
