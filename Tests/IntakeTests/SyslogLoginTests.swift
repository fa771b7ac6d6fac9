import Evidence
import Formats
import Testing
import Transport

@testable import Intake

/// Log-ins in the words of `sshd` and `sudo`, hostile names among them.
@Suite struct SyslogLoginTests {
    private static func login(_ application: String, _ text: String) -> SyslogLogin? {
        SyslogLogin(application: application, Array(text.utf8))
    }

    @Test(
        arguments: [
            ("Accepted publickey for asha from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:x", "asha", true),
            ("Accepted password for asha from 192.0.2.7 port 50022 ssh2", "asha", true),
            (" Accepted password for asha from 192.0.2.7 port 50022 ssh2", "asha", true),
            // The certificate's id is the word of whoever signed it.
            (
                "Accepted publickey for asha from 192.0.2.7 port 50022 ssh2: RSA-CERT SHA256:x ID from 9.9.9.9 port 1 ssh2",
                "asha", true
            ),
            ("Failed password for asha from 192.0.2.7 port 50022 ssh2", "asha", false),
            ("Failed keyboard-interactive/pam for asha from 192.0.2.7 port 50022 ssh2", "asha", false),
            ("Failed password for invalid user hunter2 from 192.0.2.7 port 50022 ssh2", nil, false),
            ("Failed password for invalid user  from 192.0.2.7 port 50022 ssh2", nil, false),
            (
                "Failed password for invalid user root from 9.9.9.9 port 1 ssh2 from 192.0.2.7 port 50022 ssh2",
                nil, false
            ),
            (
                "Failed password for root from 9.9.9.9 port 1 ssh2 from 192.0.2.7 port 50022 ssh2",
                nil, false
            ),
        ] as [(String, String?, Bool)])
    func `sshd tells who was let in and whose password was refused`(
        text: String, user: String?, isSuccess: Bool
    ) throws {
        for application in ["sshd", "sshd-session"] {
            let login = try #require(Self.login(application, text))
            #expect(login.user == user && login.isSuccess == isSuccess && login.address == "192.0.2.7")
        }
        #expect(Self.login("other", text) == nil && SyslogLogin(application: nil, text.utf8) == nil)
    }

    @Test(arguments: [
        ("asha : TTY=pts/0 ; PWD=/home/asha ; USER=root ; COMMAND=/usr/bin/id", "asha", true),
        ("    asha : TTY=unknown ; PWD=/ ; USER=root ; ENV=A=b ; COMMAND=/bin/sh -c x ; y", "asha", true),
        ("ben : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id", "ben", false),
        ("ben : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id", "ben", false),
        (
            "ben : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id",
            "ben", false
        ),
        // Folders and commands may be named like anything.
        (
            "cy : TTY=pts/0 ; PWD=/tmp/ : user NOT in sudoers ; USER=root ; COMMAND=/x ; user NOT in sudoers ; ",
            "cy", true
        ),
    ]) func `sudo tells who ran a command, and who was refused`(text: String, user: String, isSuccess: Bool)
        throws
    {
        let login = try #require(Self.login("sudo", text))
        #expect(login == Self.login("sudo", text) && login.user == user && login.isSuccess == isSuccess)
        #expect(login.address == nil && Self.login("sshd", text) == nil)
    }

    @Test(arguments: [
        "", " ", "Accepted", "Accepted password for  from 192.0.2.7 port 1 ssh2",
        "Failed publickey for asha from 192.0.2.7 port 50022 ssh2",
        "Failed none for invalid user x from 192.0.2.7 port 50022 ssh2",
        "Failed password for asha from 192.0.2.7 port 99999 ssh2",
        "Failed password for asha from 192.0.2.7 port 50022 ssh2 and more",
        "Connection closed by authenticating user asha 192.0.2.7 port 50022 [preauth]",
        "Disconnected from user asha 192.0.2.7 port 50022",
        "pam_unix(sshd:session): session opened for user asha(uid=1000) by (uid=0)",
        " : TTY=pts/0 ; COMMAND=/x", "asha : TTY=pts/0", "asha : something else ; COMMAND=/x",
        "asha : (command continued) a b c", "asha : COMMAND=/x", "a b : TTY=pts/0 ; COMMAND=/x",
        "asha : 99999999999999999999999 incorrect password attempts ; COMMAND=/x",
        "pam_unix(sudo:session): session opened for user root(uid=0) by asha(uid=1000)",
    ]) func `what is no log-in is none`(_ text: String) {
        #expect(Self.login("sshd", text) == nil && Self.login("sudo", text) == nil)
    }

    @Test func `a message that is longer than theirs, or no text, is none`() {
        let long = "Failed password for " + String(repeating: "x ", count: 4_000) + "from ::1 port 1 ssh2"
        #expect(Self.login("sshd", long) == nil)
        let broken: [UInt8] = Array("Failed password for ".utf8) + [0xFF, 0xFE, 0x00] + Array(" from".utf8)
        #expect(SyslogLogin(application: "sshd", broken) == nil)
    }

    // MARK: On record

    private static func drafts(_ messages: [String], kinds: [Identifier]) async throws -> [BatchDraft] {
        let folder = try Folder()
        let spool = try SyslogSpool(folder.path + "/spool", now: { noon })
        let arrivals = messages.map {
            LogArrival(at: noon, sender: "192.0.2.9", transport: "tls", bytes: Array($0.utf8))
        }
        try await spool.take(.arrived(arrivals))
        var request = CollectionRequest.sample(["spool": folder.path + "/spool"], kinds: kinds)
        request.keySecret = [1, 2, 3]
        return try await Collected.by(SyslogConnector(), request)
    }

    private static let messages = [
        "<38>1 2026-03-01T11:59:00.5Z db1 sshd 7 - - Failed password for asha from 192.0.2.7 port 22 ssh2",
        // The same once more, as a network may bring it.
        "<38>1 2026-03-01T11:59:00.5Z db1 sshd 7 - - Failed password for asha from 192.0.2.7 port 22 ssh2",
        "<38>1 2026-03-02T11:59:00Z DB1 sshd 8 - - Accepted publickey for asha from 192.0.2.7 port 22 ssh2: RSA x",
        "<85>1 2026-03-01T11:59:30Z db1 sudo - - - asha : TTY=x ; PWD=/ ; USER=root ; COMMAND=/bin/sh -p s3cret",
        "<38>1 - db1 sshd 9 - - Accepted password for ben from 192.0.2.7 port 22 ssh2",
        "<38>Mar  1 11:59:00 db1 sshd[7]: Failed password for cy from 192.0.2.7 port 22 ssh2",
    ]

    @Test func `log-ins come on record once, at their time, without the command`() async throws {
        let drafts = try await Self.drafts(Self.messages, kinds: ["auth.event", "log.source"])
        let draft = try #require(drafts.first { $0.kinds == ["auth.event"] && !$0.facts.isEmpty })
        let found = draft.facts.map(\.fact).sorted { $0.start < $1.start }
        #expect(found.map { $0.value?["user_id"]?.string } == ["asha", "asha", "asha"])
        #expect(found.map { $0.value?["succeeded"]?.bool } == [false, true, true])
        #expect(found.map { $0.value?["system"]?.string } == ["db1/sshd", "db1/sudo", "db1/sshd"])
        #expect(found.map { $0.value?["address"]?.string } == ["192.0.2.7", nil, "192.0.2.7"])
        // One is dated after it arrived.
        #expect(found.last?.start == noon && draft.coverageCount == 0)
        #expect(!"\(drafts)".contains("s3cret") && found.allSatisfy { !$0.key.text.contains("asha") })
        let aside = drafts.flatMap(\.setAside)
        #expect(aside.map(\.reason) == ["a log-in without a time"])
        #expect(drafts.last?.query.contains("4 log-ins") == true)
    }

    @Test func `nobody who did not ask for log-ins gets any`() async throws {
        let drafts = try await Self.drafts(Self.messages, kinds: ["phi.access", "log.source"])
        #expect(drafts.flatMap(\.facts).allSatisfy { $0.fact.kind != "auth.event" })
    }
}
