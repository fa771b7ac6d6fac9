import Evidence
import Formats
import Transport

/// Reads users and groups of a directory that speaks SCIM 2.0 (RFC 7643, RFC 7644).
///
/// Parameters: `url`, the service's base address; `page`, records a page (100 unless said); `empty_groups`, "omitted"
/// where the service leaves `members` out of groups that have none. Secret: `token`, sent as bearer token. Least
/// privilege: a token that may read Users and Groups and nothing else; the connector only sends GET.
package struct SCIMConnector: Connector {
    package static let name = "scim"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "SCIM 2.0 service",
            [Self.accounts, Self.groups, Self.memberships], emit: emit,
            parameters: { scope in
                var parameters = ["url": scope.client.base, "page": "\(scope.pageSize)"]
                if scope.omitsEmpty { parameters["empty_groups"] = "omitted" }
                return parameters
            },
            scope: { () async throws(ReadingFailure) in try await SCIMScope(request) })
    }

    private static let accounts = Reading<SCIMScope>("idp.account") { scope async throws(ReadingFailure) in
        var records = Records("GET /Users, all, \(scope.pageSize) a page")
        for user in try await scope.list("/Users", &records, makingRecords: true) {
            let enterprise = user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
            records.add(
                "idp.account", [user["id"]?.string ?? ""], at: scope.started,
                [
                    ("owner_id", owner(user, enterprise)), ("login", user["userName"]),
                    // Absent, it is not said whether the account is active (RFC 7643 section 4.1.1).
                    ("enabled", user["active"]),
                    ("type", AccountType.named(user["userType"]?.string).map { .string($0) }),
                    ("relation", AccountType.relation(user["userType"]?.string).map { .string($0) }),
                    (
                        "created_at",
                        user["meta"]?["created"]?.string.flatMap { Instant($0) }.map {
                            .string($0.description)
                        }
                    ),
                ])
        }
        return records
    }

    /// The employee number, else the primary e-mail address in lower case; never the display name.
    private static func owner(_ user: JSON, _ enterprise: JSON?) -> JSON? {
        if let number = enterprise?["employeeNumber"]?.string, !number.isEmpty { return .string(number) }
        let mails = user["emails"]?.array ?? []
        let mail = mails.first { $0["primary"]?.bool == true } ?? mails.first
        return mail?["value"]?.string.map { .string($0.lowercased()) }
    }

    private static let groups = Reading<SCIMScope>("idp.group") { scope async throws(ReadingFailure) in
        var records = Records("GET /Groups, all, \(scope.pageSize) a page")
        let groups = try await scope.list("/Groups", &records, makingRecords: true)
        // Empty lists everywhere are those of a service that never fills them.
        let isTold = groups.contains(where: hasMembers)
        for group in groups {
            let count = scope.members(group).map { JSON.integer(Int64($0.count)) }
            records.add(
                "idp.group", [group["id"]?.string ?? ""], at: scope.started,
                [("name", group["displayName"]), ("members", isTold ? count : nil)])
        }
        return records
    }

    private static func hasMembers(_ group: JSON) -> Bool { group["members"]?.array?.isEmpty == false }

    /// What keeps these lists from being all memberships, if anything does.
    private static func doubt(_ groups: [JSON], _ scope: SCIMScope) -> ReadingFailure? {
        if !groups.isEmpty, !groups.contains(where: hasMembers) {
            return ReadingFailure(
                "/Groups",
                "no group has any member: the service does not list them, or hides them from this token")
        }
        let count = groups.count { scope.members($0) == nil }
        if count == 0 { return nil }
        return ReadingFailure(
            "/Groups",
            "\(count) groups come without members; if these are the empty ones, say empty_groups: omitted")
    }

    private static let memberships = Reading<SCIMScope>("idp.membership") {
        scope async throws(ReadingFailure) in
        var records = Records(
            "members of GET /Groups, all, \(scope.pageSize) a page; nested groups not resolved")
        let groups = try await scope.list("/Groups", &records)
        if let doubt = doubt(groups, scope) { records.fail(doubt) }
        for group in groups {
            for member in scope.members(group) ?? [] {
                // Some services put a name into "value"; the reference ends in the id.
                let reference = member["$ref"]?.string?.split(separator: "/").last.map(String.init)
                let subject = reference ?? member["value"]?.string ?? ""
                records.add(
                    "idp.membership", [group["id"]?.string ?? "", subject], at: scope.started,
                    [("subject_id", .string(subject)), ("role", group["displayName"])])
            }
        }
        return records
    }
}

/// One service, at one moment.
struct SCIMScope: Sendable {
    let client: APIClient
    let pageSize: Int
    /// The operator's word that a group without `members` has none (RFC 7643 section 2.5 allows it).
    let omitsEmpty: Bool
    let started: Instant

    init(_ request: CollectionRequest) async throws(ReadingFailure) {
        guard let size = Int(request.parameters["page"] ?? "100"), (1...1_000).contains(size) else {
            throw ReadingFailure("parameters", "\"page\" is a number from 1 to 1000")
        }
        pageSize = size
        let empty = request.parameters["empty_groups"] ?? "listed"
        guard ["listed", "omitted"].contains(empty) else {
            throw ReadingFailure("parameters", "\"empty_groups\" is listed or omitted")
        }
        omitsEmpty = empty == "omitted"
        var headers: HTTPHeaders = ["accept": "application/scim+json, application/json"]
        if let token = try await request.secret("token") {
            headers.add("authorization", "Bearer \(token.exposed)")
        }
        client = try APIClient(request, base: try request.required("url"), headers: headers)
        started = request.now()
    }

    /// The members of a group; nil where the service does not tell them.
    func members(_ group: JSON) -> [JSON]? { group["members"]?.array ?? (omitsEmpty ? [] : nil) }

    /// Every resource of a list, by index or, where the service offers it, by cursor (RFC 7644 section 3.4.2.4,
    /// RFC 9865).
    func list(_ path: String, _ records: inout Records, makingRecords: Bool = false)
        async throws(ReadingFailure) -> [JSON]
    {
        let size = (name: "count", value: "\(pageSize)")
        let total = { @Sendable (json: JSON) in json["totalResults"]?.integer.map { Int(clamping: $0) } }
        let paging = Paging(entries: "Resources", total: total) { page in
            if let cursor = page.json["nextCursor"]?.string, !cursor.isEmpty {
                return .query([("cursor", cursor)])
            }
            return Paging.counted(page, [("startIndex", "\(page.count + 1)")])
        }
        return try await client.list(path, [size], paging, &records, makingRecords: makingRecords)
    }
}
