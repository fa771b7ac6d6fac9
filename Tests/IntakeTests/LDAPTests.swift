import Evidence
import Formats
import TestSupport
import Testing
import Transport

@testable import Intake

/// LDIF, and a directory of OpenLDAP where it is installed.
@Suite(.serialized) struct LDAPTests {
    @Test func `values are folded, encoded or plain, and a bad record leaves the others`() {
        let content = LDIF.parse(
            Array(
                """
                version: 1
                # a comment
                dn: cn=Asha,
                 dc=clinic,dc=example
                cn: Asha
                mail;lang-en: asha@clinic.example
                description:: w6TDtg==

                dn: cn=Ben,dc=clinic,dc=example
                jpegPhoto:< file:///etc/passwd

                cn: nameless

                dn:: Y249Q3k=
                cn: Cy

                # refldap://elsewhere.example/dc=x

                """.utf8))
        #expect(content.entries.map(\.name) == ["cn=Asha,dc=clinic,dc=example", "cn=Cy"])
        #expect(content.entries.first?.text("MAIL") == "asha@clinic.example")
        #expect(content.entries.first?.text("description") == "äö")
        #expect(content.faults.map(\.line) == [10, 12] && content.referrals == 1)
        #expect(LDIF.parse([]).entries.isEmpty)
    }

    @Test(arguments: [
        ("20260301120000Z", "2026-03-01T12:00:00Z" as String?),
        ("20260301120000.25Z", "2026-03-01T12:00:00Z"),
        ("202603011200Z", nil), ("20260301120000+0100", nil), ("20261301120000Z", nil), ("", nil),
    ])
    func `a generalized time is read in UTC to the second`(text: String, expected: String?) {
        #expect(LDAPConnector.generalizedTime(text)?.description == expected)
    }

    @Test(arguments: [
        ("member;range=0-1499", true), ("member;Range=1500-2999", true), ("member;range=1500-*", true),
        ("member;range=0-*", false), ("member", false), ("description;range=0-9", false),
    ])
    func `a group of which a part came has no number of members and covers nothing`(
        attribute: String, isCut: Bool
    ) throws {
        let text = """
            dn: cn=staff,dc=x
            cn: staff
            member: uid=p1,dc=x
            \(attribute): uid=p2,dc=x

            """
        let entry = try #require(LDIF.parse(Array(text.utf8)).entries.first)
        var groups = Records("groups")
        LDAPConnector.add(groups: [entry], at: noon, &groups)
        var members = Records("members")
        LDAPConnector.add(membersOf: [entry], ["uid=p1,dc=x": "1"], of: "here", at: noon, &members)
        let count: Int64 = attribute.hasPrefix("member") ? 2 : 1
        #expect(groups.facts.first?.fact.value?["members"] == (isCut ? nil : .integer(count)))
        #expect(members.facts.count == Int(count))
        let scopes = isCut ? ["cn=staff,dc=x"] : []
        #expect(groups.failures.map(\.scope) == scopes && members.failures.map(\.scope) == scopes)
    }

    private static func group(_ name: String, _ lines: String...) -> String {
        (["dn: cn=\(name),dc=x", "cn: \(name)"] + lines + ["", ""]).joined(separator: "\n")
    }

    private static let hidden: [(String, [Int64?], [String])] = [
        // Hidden beside one that is shown.
        (group("a", "objectClass: groupOfNames"), [nil, 1], ["cn=a,dc=x"]),
        (
            group("a", "objectClass: top", "objectClass: GroupOfUniqueNames", "member: uid=p2,dc=x"),
            [nil, 1], ["cn=a,dc=x"]
        ),
        // The schema lets these be empty, each in its way.
        (group("a", "objectClass: posixGroup"), [0, 1], []),
        (group("a", "objectClass: groupOfNames", "member:"), [0, 1], []),
    ]

    @Test(arguments: hidden)
    func `a group whose members are hidden is not an empty one`(
        text: String, counts: [Int64?], scopes: [String]
    ) throws {
        let all = text + Self.group("b", "objectClass: groupOfNames", "member: uid=p1,dc=x")
        let entries = LDIF.parse(Array(all.utf8)).entries
        var groups = Records("groups")
        LDAPConnector.add(groups: entries, at: noon, &groups)
        #expect(groups.facts.map { $0.fact.value?["members"]?.integer } == counts)
        var members = Records("members")
        LDAPConnector.add(membersOf: entries, [:], of: "here", at: noon, &members)
        #expect(groups.failures.map(\.scope) == scopes && members.failures.map(\.scope) == scopes)
    }

    @Test func `groups of which none has a member show that members are hidden`() {
        let text = Self.group("a", "objectClass: group") + Self.group("b", "objectClass: posixGroup")
        let entries = LDIF.parse(Array(text.utf8)).entries
        var groups = Records("groups")
        LDAPConnector.add(groups: entries, at: noon, &groups)
        #expect(groups.failures.map(\.scope) == ["groups"] && groups.facts.count == 2)
        #expect(groups.facts.allSatisfy { $0.fact.value?["members"] == nil })
        var members = Records("members")
        LDAPConnector.add(membersOf: entries, [:], of: "here", at: noon, &members)
        #expect(members.failures.map(\.scope) == ["groups"] && members.facts.isEmpty)
        var none = Records("groups")
        LDAPConnector.add(groups: [], at: noon, &none)
        #expect(none.failures.isEmpty)
    }

    @Test func `a search without its settings says which one is missing`() async throws {
        let draft = try await Collected.by(LDAPConnector(), .sample(["url": "http://x"])).first
        #expect(draft?.reasons.first?.contains("ldaps://HOST") == true)
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:389", true), ("127.0.0.1", true), ("127.1.2.3:1389", true),
        ("[::1]:389", true), ("127.example.com", false), ("127.0.0.1.example.com", false),
        ("directory.example", false),
    ])
    func `only an address of this machine is spoken to without TLS`(host: String, isHere: Bool) {
        #expect(LDAPScope.isHere(host) == isHere)
    }

    @Test func `accounts that are no person are asked for too, unless a filter says which`() async throws {
        let settings = ["url": "ldaps://d.example", "base": "dc=x", "bind_dn": "cn=reader,dc=x"]
        var request = CollectionRequest.sample(settings)
        request.secrets = ["password": .program(["printf", "right"])]
        let usual = try await LDAPScope(request).people
        for name in ["person", "posixAccount", "account", "simpleSecurityObject"] {
            #expect(usual.contains("(objectClass=\(name))"))
        }
        request.parameters["people"] = "(uid=*)"
        #expect(try await LDAPScope(request).people == "(uid=*)")
    }

    private static let sorts: [([String], Bool)] = [
        (["applicationProcess", "simpleSecurityObject"], true), (["SimpleSecurityObject", "account"], true),
        (["top", "simpleSecurityObject", "organizationalRole"], true),
        // The classes above it are not always told with one.
        (["inetOrgPerson", "simpleSecurityObject"], false), (["account", "posixAccount"], false),
        (["account", "posixAccount", "simpleSecurityObject"], false),
        (["clinicWorker", "simpleSecurityObject"], false), (["account"], false), ([], false),
    ]

    @Test(arguments: sorts)
    func `only what is of a program's classes alone is a service's`(classes: [String], isService: Bool) throws
    {
        let lines = ["dn: cn=a,dc=x", "cn: a"] + classes.map { "objectClass: \($0)" } + ["", ""]
        let entry = try #require(LDIF.parse(Array(lines.joined(separator: "\n").utf8)).entries.first)
        #expect(LDAPScope.isService(entry) == isService)
        #expect(LDAPScope.personAttributes.contains("objectClass"))
    }

    // MARK: A real directory

    private static let obstacle = Tool.obstacle("slapd", "slapadd", "ldapsearch")

    private static func configuration(_ folder: String) -> String {
        let schemas = ["core", "cosine", "inetorgperson", "nis"].map {
            "include /etc/ldap/schema/\($0).schema"
        }
        return
            (schemas + [
                "modulepath /usr/lib/ldap", "moduleload back_mdb", "pidfile \(folder)/slapd.pid",
                "database mdb", "suffix \"dc=clinic,dc=example\"",
                "rootdn \"cn=reader,dc=clinic,dc=example\"",
                "rootpw right", "directory \(folder)/data",
                // Less than there are people: only paged results bring them all.
                "limits dn.exact=\"cn=small,dc=clinic,dc=example\" size=3", "",
            ]).joined(separator: "\n")
    }

    private static func tree(people: Int) -> String {
        let roots = """
            dn: dc=clinic,dc=example
            objectClass: dcObject
            objectClass: organization
            o: Clinic
            dc: clinic

            dn: cn=small,dc=clinic,dc=example
            objectClass: applicationProcess
            objectClass: simpleSecurityObject
            cn: small
            userPassword: small

            dn: uid=backup,dc=clinic,dc=example
            objectClass: account
            objectClass: posixAccount
            uid: backup
            cn: backup
            uidNumber: 900
            gidNumber: 900
            homeDirectory: /nonexistent


            """
        let persons = (1...people).map {
            """
            dn: uid=p\($0),dc=clinic,dc=example
            objectClass: inetOrgPerson
            objectClass: shadowAccount
            uid: p\($0)
            cn: Person \($0)
            sn: Müller \($0)
            mail: P\($0)@Clinic.Example
            \($0 == 2 ? "shadowExpire: 1" : "employeeNumber: e-\($0)")

            """
        }
        let group = """
            dn: cn=admins,dc=clinic,dc=example
            objectClass: groupOfNames
            cn: admins
            member: UID=p1, dc=clinic,dc=example
            member: uid=gone,dc=clinic,dc=example

            """
        return roots + persons.joined(separator: "\n") + "\n" + group
    }

    private static func directory(people: Int, _ body: (_ url: String) async throws -> Void) async throws {
        let folder = try Folder()
        try folder.write("slapd.conf", configuration(folder.path))
        try folder.write("data/.keep", "")
        try folder.write("tree.ldif", tree(people: people))
        let slapd = try #require(Tool.path("slapd"))
        try await RealServer.run(
            try #require(Tool.path("slapadd")),
            ["-f", folder.path + "/slapd.conf", "-l", folder.path + "/tree.ldif"])
        let port = try RealServer.freePort()
        let url = "ldap://127.0.0.1:\(port)"
        // With -d it stays in the foreground.
        try await RealServer.serving(
            slapd, ["-f", folder.path + "/slapd.conf", "-h", url, "-d", "0"], port: port
        ) { try await body(url) }
    }

    private static func drafts(
        _ url: String, user: String = "reader", password: String = "right", kinds: [Identifier]
    ) async throws -> [BatchDraft] {
        var request = CollectionRequest.sample(
            ["url": url, "base": "dc=clinic,dc=example", "bind_dn": "cn=\(user),dc=clinic,dc=example"],
            kinds: kinds)
        request.secrets = ["password": .program(["printf", password])]
        request.services = Services(http: NoNetwork(), tls: NoNetwork(), sleep: { _ in })
        return try await Collected.by(LDAPConnector(), request)
    }

    @Test(
        .enabled(if: LDAPTests.obstacle == nil, "\(LDAPTests.obstacle ?? "")"))
    func `people and groups of OpenLDAP come whole, over pages`() async throws {
        try await Self.directory(people: 1_203) { url in
            let drafts = try await Self.drafts(url, kinds: ["idp.account", "idp.group", "idp.membership"])
            #expect(drafts.flatMap(\.reasons).isEmpty, "\(drafts.flatMap(\.reasons))")
            let accounts = drafts.flatMap { $0.records("idp.account") }
            // Two are of services, and no person.
            #expect(accounts.count == 1_205)
            let backup = try #require(accounts.first { $0.value["login"] == .string("backup") })
            #expect(backup.value["type"] == nil)
            // The one that has no log-in name but its own; everybody else counts as a person.
            let services = accounts.filter { $0.value["type"] == .string("service") }
            #expect(services.count == 1 && services.allSatisfy { $0.value["login"] == nil })
            let off = accounts.filter { $0.value["enabled"] == .bool(false) }
            #expect(off.map { $0.value["owner_id"] } == [.string("p2@clinic.example")])
            #expect(accounts.allSatisfy { $0.value["created_at"] != nil && $0.key.utf8.count == 36 })
            let first = try #require(accounts.first { $0.value["owner_id"] == .string("e-1") })
            let members = drafts.flatMap { $0.records("idp.membership") }
            #expect(
                Set(members.map { $0.value["subject_id"] }) == [
                    .string(first.key), .string("uid=gone,dc=clinic,dc=example"),
                ])
            #expect(drafts.flatMap { $0.records("idp.group") }.first?.value["members"] == .integer(2))
            #expect(drafts.allSatisfy { $0.coverageCount == 1 })
        }
    }

    @Test(
        .enabled(if: LDAPTests.obstacle == nil, "\(LDAPTests.obstacle ?? "")"))
    func `a list cut by the server, a wrong password and a closed port cover nothing`() async throws {
        try await Self.directory(people: 9) { url in
            let cut = try #require(
                try await Self.drafts(url, user: "small", password: "small", kinds: ["idp.account"]).first)
            #expect(cut.reasons.contains { $0.contains("size limit") }, "\(cut.reasons)")
            #expect(cut.records("idp.account").count < 9 && cut.coverageCount == 0)
            let refused = try await Self.drafts(url, password: "wr0ng", kinds: ["idp.account"]).first
            #expect(refused?.reasons.first?.contains("password was refused") == true)
            #expect(!"\(String(describing: refused))".contains("wr0ng"))
        }
        let closed = try await Self.drafts(
            "ldap://127.0.0.1:\(try RealServer.freePort())", kinds: ["idp.account"])
        #expect(
            closed.first?.reasons.first?.contains("no connection") == true, "\(closed.first?.reasons ?? [])")
    }
}
