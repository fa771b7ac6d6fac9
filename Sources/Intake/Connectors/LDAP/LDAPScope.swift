import Formats
import Transport

/// One directory, at one moment.
struct LDAPScope: Sendable {
    let parameters: [String: String]
    let host: String
    let people: String
    let groups: String
    let started: Instant
    private let arguments: [String]
    private let environment: [String: String]
    private let password: Secret
    private let answers: AnswerLog
    private let repeated: RepeatedRun

    static let personAttributes = [
        "entryUUID", "objectGUID", "uid", "sAMAccountName", "mail", "employeeNumber", "employeeID",
        "userAccountControl", "nsAccountLock", "pwdAccountLockedTime", "shadowExpire", "createTimestamp",
        "whenCreated", "pwdLastSuccess", "authTimestamp", "objectClass",
    ]
    static let groupAttributes = [
        "entryUUID", "objectGUID", "objectClass", "cn", "member", "uniqueMember", "memberUid",
    ]
    /// People, and the accounts of services, which are no person. A directory that does not know a class passes over it;
    /// one that is to be left out cannot be named here: OpenLDAP finds nothing then.
    private static let usualPeople =
        "(|(objectClass=person)(objectClass=posixAccount)(objectClass=account)(objectClass=simpleSecurityObject))"
    private static let usualGroups =
        "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=group))"

    init(_ request: CollectionRequest) async throws(ReadingFailure) {
        let url = try request.required("url")
        let sides = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard sides.count == 3, ["ldap:", "ldaps:"].contains(sides[0]), sides[1].isEmpty, !sides[2].isEmpty,
            sides[2].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#@\\\"".utf8.contains($0) })
        else {
            throw ReadingFailure(
                "parameters", "\"url\" is ldaps://HOST or ldap://HOST, with a port if needed")
        }
        host = sides[2].lowercased()
        let base = try request.required("base")
        let user = try request.required("bind_dn")
        guard let password = try await request.secret("password") else {
            throw ReadingFailure("secrets", "the secret \"password\" is missing")
        }
        self.password = password
        people = request.parameters["people"] ?? Self.usualPeople
        groups = request.parameters["groups"] ?? Self.usualGroups
        for filter in [people, groups] where !filter.hasPrefix("(") || !filter.hasSuffix(")") {
            throw ReadingFailure("parameters", "a filter stands in parentheses, such as (objectClass=person)")
        }
        started = request.now()
        answers = request.answers
        repeated = RepeatedRun(sleep: request.services.sleep)
        parameters = ["url": url, "base": base, "bind_dn": user, "people": people, "groups": groups]
        arguments =
            [
                "-x", "-H", url, "-D", user,
                // The one way to hand over a password that leaves it out of arguments and files.
                "-y", "/dev/stdin", "-b", base, "-s", "sub", "-LLL", "-o", "ldif-wrap=no", "-o",
                "nettimeout=10",
                "-E", "pr=500/noprompt",
            ] + (url.hasPrefix("ldap:") && !Self.isHere(host) ? ["-ZZ"] : [])
        var environment = Program.plainEnvironment
        // No configuration of this machine or a folder may lower what is asked of the server's certificate.
        environment["LDAPCONF"] = "/dev/null"
        environment["LDAPTLS_REQCERT"] = "demand"
        environment["LDAPTLS_CACERT"] =
            request.parameters["authority"] ?? "/etc/ssl/certs/ca-certificates.crt"
        self.environment = environment
    }

    /// Whether a host, with or without a port, is this machine by its own word. A name may begin like an address of it.
    static func isHere(_ host: String) -> Bool { URLText.isLoopback("http://" + host) }

    func query(_ filter: String, _ attributes: [String]) -> String {
        "ldapsearch -b \(parameters["base"] ?? "") -s sub \(filter) \(attributes.joined(separator: " ")), pages of 500"
    }

    /// Every entry below the base that fits. What came before a limit of the server is kept, and the list is not whole.
    func search(_ filter: String, _ attributes: [String], _ records: inout Records)
        async throws(ReadingFailure) -> [LDIF.Entry]
    {
        let program = Program(
            executable: "ldapsearch", arguments: arguments + [filter] + attributes,
            input: Array(password.exposed.utf8), environment: environment, timeLimit: .seconds(600),
            outputLimit: 256 << 20)
        let run = await repeated.run(program) { Self.isPassing($0.end, $0.complaint) }
        let reason = Self.reason(run.end)
        switch run.end {
        case .exited(0): break
        // Cut by the server's limit of time or size.
        case .exited(3), .exited(4), .exited(11): records.fail(host, reason)
        default: throw ReadingFailure(host, reason)
        }
        let bytes = run.bytes
        answers.note(bytes)
        let content = LDIF.parse(bytes)
        records.pages += 1
        if content.referrals > 0 {
            records.fail(
                host, "\(content.referrals) parts of the tree are on other servers and were not read")
        }
        for fault in content.faults { records.setAside("line \(fault.line): \(fault.reason)") }
        return content.entries
    }

    /// Whether the same search may well succeed later: nobody answered, or the server is busy or not available. Where the
    /// program adds to the first that TLS failed, it was the certificate.
    static func isPassing(_ end: Program.End, _ complaint: String) -> Bool {
        switch end {
        case .exited(51), .exited(52): true
        case .exited(255), .exited(91), .exited(-1): !complaint.contains("additional info")
        default: false
        }
    }

    /// What the program's exit code says: the result code of RFC 4511 section 4.1.9, or its own.
    private static func reason(_ end: Program.End) -> String {
        switch end {
        case .exited(3): "the server's time limit cut the list"
        case .exited(4), .exited(11): "the server's size limit cut the list; give this name a higher one"
        case .exited(8), .exited(13): "the server wants TLS or a stronger way to sign in"
        case .exited(32): "the base does not exist, or this name may not see it"
        case .exited(49): "the name or its password was refused"
        case .exited(50): "this name may not read it"
        case .exited(51), .exited(52): "the server is busy or not available"
        case .exited(127), .failed:
            "the program ldapsearch is not installed here (package ldap-utils)"
        case .exited(255), .exited(91), .exited(-1):
            "no connection, or the server's certificate is not trusted"
        case .exited(let code): "the search failed (result code \(code))"
        case .timedOut: "no whole answer within 600 s"
        case .tooMuchOutput: "the answer is longer than 256 MiB"
        default: "the search was interrupted"
        }
    }

    /// What stays when a person is renamed or moved; the name in the directory where there is no such thing.
    static func key(_ entry: LDIF.Entry) -> String {
        if let id = entry.text("entryUUID") { return id.lowercased() }
        if let id = entry.values["objectguid"]?.first, !id.isEmpty { return Hex.encode(id) }
        return plain(entry.name)
    }

    static func login(_ entry: LDIF.Entry) -> String? { entry.text("uid") ?? entry.text("sAMAccountName") }

    /// What an account for a program may be of. A class of a directory's own making may be one of people.
    private static let programClasses: Set<String> = [
        "account", "applicationentity", "applicationprocess", "organizationalrole", "simplesecurityobject",
        "top", "uidobject",
    ]

    /// Whether an entry is one of a program: nothing that a person or a Unix account is, and told to be one that signs in.
    static func isService(_ entry: LDIF.Entry) -> Bool {
        let classes = Set(entry.texts("objectClass").map { $0.lowercased() })
        return classes.isSubset(of: programClasses)
            && !classes.isDisjoint(with: ["applicationprocess", "simplesecurityobject"])
    }

    /// Members by their name, or as `uid:` and log-in name; each once.
    static func members(_ entry: LDIF.Entry) -> [String] {
        let names = (entry.texts("member") + entry.texts("uniqueMember")).map(plain)
        var seen: Set<String> = []
        // Some directories want a member in every group and put in an empty one.
        return (names + entry.texts("memberUid").map { "uid:" + $0 }).filter {
            !$0.isEmpty && seen.insert($0).inserted
        }
    }

    /// Why the group's members are not all of them; nil when they are.
    static func lack(_ entry: LDIF.Entry) -> ReadingFailure? {
        let place = Program.printable(entry.name)
        if !entry.cut.isDisjoint(with: ["member", "uniquemember", "memberuid"]) {
            return ReadingFailure(
                place,
                "the server gives a part of its members only (a range); raise the server's limit of values")
        }
        guard isHidden(entry) else { return nil }
        return ReadingFailure(place, "a group of its class has members, and none is shown; \(rightToRead)")
    }

    private static let rightToRead = "give this name the right to read member, uniqueMember and memberUid"

    /// The schema demands members of these classes (RFC 4519 sections 3.5 and 3.6), if only an empty one.
    private static func isHidden(_ entry: LDIF.Entry) -> Bool {
        let classes = Set(entry.texts("objectClass").map { $0.lowercased() })
        return classes.contains("groupofnames") && entry.values["member"] == nil
            || classes.contains("groupofuniquenames") && entry.values["uniquemember"] == nil
    }

    /// Why nothing is known of any group's members; nil where one at least has some.
    static func blindness(_ groups: [LDIF.Entry]) -> ReadingFailure? {
        let names = ["member", "uniquemember", "memberuid"]
        if groups.isEmpty || groups.contains(where: { group in names.contains { group.values[$0] != nil } }) {
            return nil
        }
        return ReadingFailure("groups", "none of \(groups.count) has a member; \(rightToRead)")
    }

    /// A name with its case and the spaces around commas taken away, to compare.
    static func plain(_ name: String) -> String {
        name.lowercased().split(separator: ",").map { part in
            String(part.drop { $0 == " " })
        }.joined(separator: ",")
    }
}
