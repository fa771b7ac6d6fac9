import Evidence
import Formats

/// Reads people and groups of a directory that speaks LDAP, through OpenLDAP's own client program, `ldapsearch`.
///
/// Parameters: `url` (ldaps://HOST, or ldap://HOST, which is then turned to TLS), `base`, `bind_dn`; `people` and `groups`,
/// filters instead of the usual classes; `authority`. Secret: `password`. Least privilege: a name that may read the
/// attributes listed in the query, and none that may write; `userPassword` is never asked for.
package struct LDAPConnector: Connector {
    package static let name = "ldap"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "LDAP directory",
            [Self.accounts, Self.groups, Self.memberships], emit: emit,
            parameters: { scope in
                scope.parameters
            },
            scope: { () async throws(ReadingFailure) in try await LDAPScope(request) })
    }

    private static let accounts = Reading<LDAPScope>("idp.account") { scope async throws(ReadingFailure) in
        var records = Records(
            scope.query(scope.people, LDAPScope.personAttributes)
                + "; without a mark of being locked an account counts as enabled; one of the classes "
                + "simpleSecurityObject or applicationProcess, and of none for people, is a service's")
        for entry in try await scope.search(scope.people, LDAPScope.personAttributes, &records) {
            records.add(
                "idp.account", [LDAPScope.key(entry)], at: scope.started,
                [
                    ("owner_id", owner(entry).map { .string($0) }),
                    ("login", LDAPScope.login(entry).map { .string($0) }),
                    ("enabled", .bool(isEnabled(entry, at: scope.started))),
                    ("type", LDAPScope.isService(entry) ? .string("service") : nil),
                    ("created_at", time(entry, ["createTimestamp", "whenCreated"])),
                    ("last_login", time(entry, ["pwdLastSuccess", "authTimestamp"])),
                ])
        }
        return records
    }

    /// The employee number, else the e-mail address in lower case; never the display name.
    private static func owner(_ entry: LDIF.Entry) -> String? {
        entry.text("employeeNumber") ?? entry.text("employeeID") ?? entry.text("mail")?.lowercased()
    }

    /// As Active Directory, 389 Directory Server, the password policy of OpenLDAP and shadow accounts tell it.
    private static func isEnabled(_ entry: LDIF.Entry, at now: Instant) -> Bool {
        if let flags = entry.text("userAccountControl").flatMap({ Int64($0) }) { return flags & 2 == 0 }
        if entry.text("nsAccountLock")?.lowercased() == "true" { return false }
        if entry.text("pwdAccountLockedTime") == "000001010000Z" { return false }
        if let days = entry.text("shadowExpire").flatMap({ Int64($0) }), days >= 0 {
            return days > now.microseconds / 86_400_000_000
        }
        return true
    }

    /// The first of these attributes, a generalized time (RFC 4517 section 3.3.13) in UTC.
    private static func time(_ entry: LDIF.Entry, _ names: [String]) -> JSON? {
        names.lazy.compactMap { entry.text($0) }.first.flatMap(generalizedTime).map {
            .string($0.description)
        }
    }

    static func generalizedTime(_ text: String) -> Instant? {
        let digits = Array(text.prefix { $0.isASCII && $0.isNumber })
        let rest = text.dropFirst(digits.count)
        let fraction = rest.dropFirst().dropLast()
        guard digits.count == 14, rest.last == "Z",
            rest == "Z" || rest.first == "." && !fraction.isEmpty && fraction.allSatisfy(\.isNumber)
        else { return nil }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return Instant(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z")
    }

    private static let groups = Reading<LDAPScope>("idp.group") { scope async throws(ReadingFailure) in
        var records = Records(scope.query(scope.groups, LDAPScope.groupAttributes))
        let found = try await scope.search(scope.groups, LDAPScope.groupAttributes, &records)
        add(groups: found, at: scope.started, &records)
        return records
    }

    /// A group of which the server gave a part, or hid the members, has no number of them, and uncovers the kind.
    static func add(groups entries: [LDIF.Entry], at instant: Instant, _ records: inout Records) {
        let blindness = LDAPScope.blindness(entries)
        if let blindness { records.fail(blindness) }
        for entry in entries {
            let lack = blindness ?? LDAPScope.lack(entry)
            if blindness == nil, let lack { records.fail(lack) }
            records.add(
                "idp.group", [LDAPScope.key(entry)], at: instant,
                [
                    ("name", .string(entry.text("cn") ?? entry.name)),
                    ("members", lack == nil ? .integer(Int64(LDAPScope.members(entry).count)) : nil),
                ])
        }
    }

    /// Members are named by the key of their account where there is one, else by their own name in the directory: a
    /// group in a group, or somebody whom these credentials may not see.
    private static let memberships = Reading<LDAPScope>("idp.membership") {
        scope async throws(ReadingFailure) in
        var records = Records(
            scope.query(scope.groups, LDAPScope.groupAttributes) + "; nested groups not resolved")
        var people: [String: String] = [:]
        for entry in try await scope.search(scope.people, LDAPScope.personAttributes, &records) {
            people[LDAPScope.plain(entry.name)] = LDAPScope.key(entry)
            if let login = entry.text("uid") { people["uid:" + login] = LDAPScope.key(entry) }
        }
        let found = try await scope.search(scope.groups, LDAPScope.groupAttributes, &records)
        add(membersOf: found, people, of: scope.host, at: scope.started, &records)
        return records
    }

    static func add(
        membersOf groups: [LDIF.Entry], _ people: [String: String], of host: String, at instant: Instant,
        _ records: inout Records
    ) {
        if let blindness = LDAPScope.blindness(groups) { return records.fail(blindness) }
        for entry in groups {
            if let lack = LDAPScope.lack(entry) { records.fail(lack) }
            add(members: entry, people, of: host, at: instant, &records)
        }
    }

    private static func add(
        members entry: LDIF.Entry, _ people: [String: String], of host: String, at instant: Instant,
        _ records: inout Records
    ) {
        for member in LDAPScope.members(entry) {
            let subject = people[member] ?? member
            records.add(
                "idp.membership", [LDAPScope.key(entry), subject], at: instant,
                [
                    ("subject_id", .string(subject)), ("system", .string(host)),
                    ("role", .string(entry.text("cn") ?? entry.name)),
                ])
        }
    }
}
