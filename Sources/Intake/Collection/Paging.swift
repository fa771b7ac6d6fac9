import Formats
import Transport

/// How a list goes on from one answer to the next.
struct Paging: Sendable {
    /// One answer, with what came before it.
    struct Page: Sendable {
        let json: JSON
        let headers: HTTPHeaders
        /// How many answers there have been: where pages are counted from 0, the number of the next one.
        let number: Int
        /// Entries of this answer.
        let entries: Int
        /// Entries of all answers so far.
        let count: Int
        /// The list's own count, where the service tells one.
        let total: Int?
    }

    enum Next: Sendable {
        case end
        case address(String)
        /// The same path, with these items beside those of the first request.
        case query([(name: String, value: String)])
        /// There should be more, or nobody can tell.
        case broken(String)
    }

    /// Where the entries stand in an answer; nil when the answer is the list.
    let entries: String?
    /// The service leaves an empty list out of its answer.
    let omitsEmpty: Bool
    let total: @Sendable (JSON) -> Int?
    let next: @Sendable (Page) -> Next

    init(
        entries: String?, omitsEmpty: Bool = false, total: @escaping @Sendable (JSON) -> Int? = { _ in nil },
        next: @escaping @Sendable (Page) -> Next
    ) {
        self.entries = entries
        self.omitsEmpty = omitsEmpty
        self.total = total
        self.next = next
    }

    /// The header field Link (RFC 8288): `<https://…>; rel="next"`.
    static let link = Paging(entries: nil) { page in
        do throws(ReadingFailure) {
            guard let address = try LinkField.next(page.headers) else { return .end }
            return .address(address)
        } catch {
            return .broken(error.reason)
        }
    }

    /// A member of the answer that holds the next page's address.
    static func address(_ name: String, entries: String) -> Paging {
        Paging(entries: entries) { page in
            page.json[name]?.string.map { $0.isEmpty ? .end : .address($0) } ?? .end
        }
    }

    /// A member of the answer that holds a token for the next page.
    static func token(_ name: String, as item: String, entries: String, omitsEmpty: Bool = false) -> Paging {
        Paging(entries: entries, omitsEmpty: omitsEmpty) { page in
            page.json[name]?.string.map { $0.isEmpty ? .end : .query([(item, $0)]) } ?? .end
        }
    }

    /// Goes on until the list's own count is reached. A list that ends before it is not whole.
    static func counted(_ page: Page, _ next: [(name: String, value: String)]) -> Next {
        guard let total = page.total else {
            return .broken("the answer does not say how many there are: whether it is whole cannot be told")
        }
        if page.count >= total { return .end }
        if page.entries == 0 { return .broken("\(page.count) of \(total) came: the pages end early") }
        return .query(next)
    }
}

extension APIClient {
    /// So many pages of one list are read at most.
    private static let pageLimit = 10_000

    /// Every entry of a list.
    ///
    /// When a later page cannot be had, what came before it is kept, and the records hold the failure.
    /// - Parameter makingRecords: each entry is one record, so that the list's own count is that of the records.
    /// - Throws: why the first page cannot be had.
    func list(
        _ path: String, _ query: [(name: String, value: String)] = [], _ paging: Paging,
        _ records: inout Records, makingRecords: Bool = false
    ) async throws(ReadingFailure) -> [JSON] {
        var found = Harvest()
        var place = path
        var items = query
        var seen: Set<String> = []
        while seen.count < Self.pageLimit {
            guard seen.insert(place + "?" + URLText.query(items)).inserted else {
                records.fail(path, "a page names an earlier one as the next: the pages go round in circles")
                return found.entries
            }
            let page: Paging.Page
            do throws(ReadingFailure) {
                page = try await self.page(place, items, paging, number: seen.count, &found)
            } catch {
                if seen.count == 1 { throw error }
                records.fail(error)
                return found.entries
            }
            records.pages += 1
            if makingRecords, let total = page.total { records.total = total }
            switch paging.next(page) {
            case .end:
                if let fault = found.fault { records.fail(path, fault) }
                return found.entries
            case .broken(let reason):
                records.fail(path, reason)
                return found.entries
            case .address(let address):
                place = address
                items = []
            case .query(let more): items = query + more
            }
        }
        records.fail(path, "more than \(Self.pageLimit) pages")
        return found.entries
    }

    private func page(
        _ path: String, _ query: [(name: String, value: String)], _ paging: Paging, number: Int,
        _ found: inout Harvest
    ) async throws(ReadingFailure) -> Paging.Page {
        let (json, response) = try await get(path, query)
        let list = paging.entries.map { json[$0] } ?? json
        let isEmpty = paging.omitsEmpty && list == nil && json.object != nil
        guard let entries = isEmpty ? [] : list?.array else {
            throw ReadingFailure("GET \(URLText.withoutQuery(path))", "the answer is no list")
        }
        let total = paging.total(json)
        found.take(entries, total: total)
        return Paging.Page(
            json: json, headers: response.headers, number: number, entries: entries.count,
            count: found.entries.count, total: total)
    }
}

/// What has come of one list so far.
private struct Harvest {
    private(set) var entries: [JSON] = []
    /// The list's own counts, each that is another one than the last.
    private var totals: [Int] = []

    mutating func take(_ page: [JSON], total: Int?) {
        entries += page
        if let total, total != totals.last { totals.append(total) }
    }

    /// Entries that differ by their id; one without an id is one more.
    private var different: Int {
        var ids: Set<String> = []
        return entries.count { $0["id"]?.idText.map { ids.insert($0).inserted } ?? true }
    }

    /// Why a list that is at its end is not whole by its own count; nil where nothing speaks against it.
    ///
    /// A service that gives the same page again and again reaches its count too.
    var fault: String? {
        guard let total = totals.last else { return nil }
        if totals.count > 1 {
            return "its own count went from \(totals[0]) to \(total) while the pages were read: ask again"
        }
        let different = different
        if different == total { return nil }
        return "\(different) different ones came, and its own count is \(total)"
    }
}
