import Evidence
import Formats
import Glibc
import Synchronization
import Testing

@testable import Intake

/// A machine that consists of what a test says.
struct PretendMachine: Machine {
    var files: [String: String] = ["/proc/sys/kernel/hostname": "web-1\n"]
    var refused: Set<String> = []
    var answers: [String: ProgramAnswer] = [:]
    var times: [String: Instant] = [:]

    func read(_ path: String) throws(FileError) -> [UInt8] {
        if refused.contains(path) { throw FileError("\(path) cannot be opened", errno: EACCES) }
        guard let text = files[path] else { throw FileError("\(path) cannot be opened", errno: ENOENT) }
        return Array(text.utf8)
    }

    func list(_ path: String) throws(FileError) -> [String] {
        if refused.contains(path) { throw FileError("\(path) cannot be listed", errno: EACCES) }
        let names = files.keys.compactMap { name in
            name.hasPrefix(path + "/") ? name.dropFirst(path.count + 1).split(separator: "/").first : nil
        }
        if names.isEmpty { throw FileError("\(path) cannot be listed", errno: ENOENT) }
        return Set(names.map(String.init)).sorted()
    }

    func changed(_ path: String) -> Instant? {
        if let time = times[path] { return time }
        return files.keys.contains { $0 == path || $0.hasPrefix(path + "/") } ? noon : nil
    }

    func run(_ command: [String]) async -> ProgramAnswer {
        answers[command.joined(separator: " ")] ?? answers[command.first ?? ""] ?? .missing
    }
}

@Suite struct HostConnectorTests {
    private static func collect(_ machine: PretendMachine, _ kind: Identifier) async throws -> BatchDraft {
        let drafts = try await Collected.by(HostConnector(machine: machine), .sample(kinds: [kind]))
        #expect(drafts.count == 1)
        return try #require(drafts.first)
    }

    private static let passwd = """
        root:x:0:0:root:/root:/bin/bash
        daemon:*:1:1::/:/usr/sbin/nologin
        ana:x:1000:1000::/home/ana:/bin/bash
        ben:x:1001:27::/home/ben:
        cy:x:1002:1002::/home/cy:/bin/false

        """
    private static let group = "root:x:0:\nsudo:x:27:\ndocker:x:99:ana\nops:x:500:cy\n"

    private static func machine() -> PretendMachine {
        var machine = PretendMachine()
        machine.files["/etc/passwd"] = passwd
        machine.files["/etc/group"] = group
        return machine
    }

    private static func field(_ draft: BatchDraft, _ name: String) -> [String: JSON] {
        var found: [String: JSON] = [:]
        for record in draft.records("host.account") {
            found[record.key.replacing("web-1/", with: "")] = record.value[name]
        }
        return found
    }

    @Test func `accounts show who may log in, with what, and who may become root`() async throws {
        var machine = Self.machine()
        machine.files["/etc/shadow"] = "root:*:1:\nana:$y$secret:1:\nben::1:\ncy:!$6$secret:1:\n"
        machine.files["/etc/sudoers"] =
            "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n"
        machine.files["/etc/sudoers.d/ops"] = "# for the shift\n%ops ALL = (root) \\\n  NOPASSWD: /bin/ls\n"
        machine.files["/etc/sudoers.d/ops.bak"] = "ana ALL=ALL\n"
        let draft = try await Self.collect(machine, "host.account")
        #expect(draft.mode == .snapshot && draft.failures.isEmpty && draft.coverage("host.account") != nil)
        #expect(
            Self.field(draft, "password") == [
                "root": .string("locked"), "daemon": .string("locked"), "ana": .string("set"),
                "ben": .string("empty"), "cy": .string("locked"),
            ])
        #expect(
            Self.field(draft, "sudo") == [
                "root": .bool(true), "daemon": .bool(false), "ana": .bool(false), "ben": .bool(true),
                "cy": .bool(true),
            ])
        #expect(
            Self.field(draft, "login") == [
                "root": .bool(true), "daemon": .bool(false), "ana": .bool(true), "ben": .bool(true),
                "cy": .bool(false),
            ])
        let words = "\(draft)"
        #expect(!words.contains("secret") && !words.contains("/home"))
    }

    @Test func `what may not be read of an account is absent, not guessed`() async throws {
        var machine = Self.machine()
        machine.refused = ["/etc/shadow", "/etc/sudoers"]
        let draft = try await Self.collect(machine, "host.account")
        #expect(Self.field(draft, "password") == ["daemon": .string("locked")])
        #expect(Self.field(draft, "sudo") == ["root": .bool(true), "ben": .bool(true)])
        #expect(draft.failures.isEmpty && draft.query.contains("/etc/shadow is not readable"))
        #expect(draft.query.contains("/etc/sudoers is not readable"))
    }

    @Test func `a rule of sudo that is not understood uncovers the accounts`() async throws {
        var machine = Self.machine()
        machine.files["/etc/sudoers"] = "\nana, !ben ALL=(ALL) ALL\n"
        let draft = try await Self.collect(machine, "host.account")
        #expect(draft.failures.map(\.scope) == ["/etc/sudoers"] && draft.coverageCount == 0)
        #expect(draft.reasons.first?.hasPrefix("line 2") == true)
        #expect(draft.records("host.account").count == 5)
    }

    @Test(arguments: [
        ("ana ALL=(ALL) ALL", true), ("ana ALL = /bin/ls", true), ("ana ALL=(www-data) /bin/ls", false),
        ("ana ALL=(www-data) /bin/ls, (root) /bin/cat", true), ("#1000 ALL=ALL # comment", true),
        ("%docker ALL=ALL", true), ("%#99 ALL=ALL", true), ("ben,  ana ALL=ALL", true), ("ALL ALL=ALL", true),
        ("User_Alias CREW = ben, ana : X = cy\nCREW ALL=ALL", true),
        ("User_Alias CREW = ben\nCREW ALL=ALL", false),
        ("# ana ALL=ALL", false), ("Defaults:ana !requiretty", false), ("ana ALL=(:docker) ALL", false),
        ("ana A=(www-data) ALL : B=ALL", true), ("+netgroup ALL=ALL", nil), ("ana", nil),
        ("%:x ALL=ALL", nil),
        ("@include relative", nil), ("", false),
    ])
    func `rules of sudo are read`(rules: String, expected: Bool?) {
        var machine = PretendMachine()
        machine.files["/etc/sudoers"] = rules + "\n"
        let found = try? SudoRules(reading: "/etc/sudoers", machine)
        let groups: [(name: String, id: Int64)] = [("docker", 99)]
        #expect(found?.allowRoot(name: "ana", uid: 1000, groups: groups) == expected)
    }

    @Test func `files that include each other end`() {
        var machine = PretendMachine()
        machine.files["/etc/sudoers"] = "@include /etc/sudoers\n"
        #expect(throws: SudoRulesError.unclear(path: "/etc/sudoers", line: 1)) {
            try SudoRules(reading: "/etc/sudoers", machine)
        }
    }

    @Test func `the SSH daemon's settings are those in force`() async throws {
        var machine = PretendMachine()
        machine.answers["sshd"] = .answered(
            "port 22\npermitrootlogin no\nacceptenv LANG\nacceptenv LC_*\nbanner\n")
        let draft = try await Self.collect(machine, "host.sshd")
        let values = draft.records("host.sshd").map { "\($0.key)=\($0.value["value"]?.string ?? "")" }
        #expect(
            values == [
                "web-1/port=22", "web-1/permitrootlogin=no", "web-1/acceptenv=LANG, LC_*", "web-1/banner=",
            ])
    }

    @Test func `a daemon that is not there is a gap, not a clean result`() async throws {
        let draft = try await Self.collect(PretendMachine(), "host.sshd")
        #expect(draft.reasons == ["not installed here: nothing to report"] && draft.facts.isEmpty)
    }

    @Test func `updates that wait are told apart from security updates`() async throws {
        var machine = PretendMachine()
        machine.files["/var/lib/apt/lists/deb_dists_stable_InRelease"] = "x"
        machine.answers["apt"] = .answered(
            """
            Listing...
            curl/stable-security 7.88.1-10+deb12u8 amd64 [upgradable from: 7.88.1-10+deb12u7]
            tzdata/stable-updates,stable 2025b-0 all [upgradable from: 2024a-0]

            """)
        let draft = try await Self.collect(machine, "host.update")
        let records = draft.records("host.update")
        #expect(records.map(\.key) == ["web-1/curl:amd64", "web-1/tzdata:all"])
        #expect(records.map { $0.value["security"] } == [.bool(true), .bool(false)])
        #expect(records.first?.value["installed"] == .string("7.88.1-10+deb12u7"))
        #expect(draft.coverage("host.update") != nil)
    }

    @Test func `updates are unknown without fresh package lists`() async throws {
        var machine = PretendMachine()
        machine.answers["apt"] = .answered("Listing...\n")
        #expect(try await Self.collect(machine, "host.update").reasons.first?.contains("apt only") == true)
        machine.files["/var/lib/apt/lists/lock"] = ""
        #expect(
            try await Self.collect(machine, "host.update").reasons.first?.contains("no package lists") == true
        )
        let list = "/var/lib/apt/lists/deb_dists_stable_InRelease"
        machine.files[list] = "x"
        #expect(try await Self.collect(machine, "host.update").failures.isEmpty)
        machine.times = [list: noon - .days(30), "/var/lib/apt/lists": noon - .days(8)]
        let stale = try await Self.collect(machine, "host.update")
        #expect(stale.reasons.first?.contains("older than 7 days") == true && stale.coverageCount == 0)
        machine.times = [:]
        machine.answers["apt"] = .answered("curl upgradable\n")
        #expect(try await Self.collect(machine, "host.update").failures.count == 1)
    }

    @Test func `a fresh list of another repository does not stand in for the security suite`() async throws {
        var machine = PretendMachine()
        machine.answers["apt"] = .answered("Listing...\n")
        let folder = "/var/lib/apt/lists/"
        let security = folder + "deb.example_debian-security_dists_bookworm-security_"
        let names = [
            security + "InRelease", security + "main_binary-amd64_Packages",
            folder + "deb.example_debian_dists_bookworm_InRelease",
            folder + "vendor.example_deb_dists_stable_InRelease",
        ]
        for name in names { machine.files[name] = "x" }
        machine.times = [names[0]: noon - .days(30), names[1]: noon - .days(40)]
        let stale = try await Self.collect(machine, "host.update")
        #expect(stale.reasons.first?.contains("older than 7 days") == true && stale.coverageCount == 0)
        // A suite whose packages have not changed for long is fresh by its own list.
        machine.times = [names[1]: noon - .days(40), names[2]: noon - .days(90)]
        #expect(try await Self.collect(machine, "host.update").failures.isEmpty)
        for name in names.prefix(2) { machine.files[name] = nil }
        let none = try await Self.collect(machine, "host.update")
        #expect(none.reasons.first?.contains("no list of a security suite") == true)
        #expect(none.coverageCount == 0)
    }

    @Test func `listening sockets show who can reach them`() async throws {
        var machine = PretendMachine()
        let head = "  sl  local_address rem_address   st\n"
        machine.files["/proc/net/tcp"] =
            head + """
                   0: 00000000:0016 00000000:0000 0A 0
                   1: 0100007F:1538 00000000:0000 0A 0
                   2: 0100007F:1538 0100007F:9000 01 0

                """
        machine.files["/proc/net/tcp6"] =
            head + """
                   0: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 0
                   1: B80D01200000000000000000010000FF:01BB 00000000000000000000000000000000:0000 0A 0
                   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 0

                """
        machine.files["/proc/net/udp"] = head + "   0: 00000000:0044 00000000:0000 07 0\n"
        let draft = try await Self.collect(machine, "host.socket")
        let found = draft.records("host.socket").map { "\($0.key) \($0.value["loopback"] == .bool(true))" }
        #expect(
            found == [
                "web-1/tcp/0.0.0.0/22 false", "web-1/tcp/127.0.0.1/5432 true", "web-1/tcp6/::1/631 true",
                "web-1/tcp6/2001:db8::ff00:1/443 false", "web-1/tcp6/::ffff:127.0.0.1/8080 true",
                "web-1/udp/0.0.0.0/68 false",
            ])
        #expect(draft.query.contains("no /proc/net/udp6 here"))
        machine.refused = ["/proc/net/udp"]
        #expect(try await Self.collect(machine, "host.socket").coverageCount == 0)
    }

    @Test func `the clock is in step when the kernel says so`() async throws {
        var machine = PretendMachine()
        #expect(try await Self.collect(machine, "host.clock").failures.count == 1)
        machine.answers["timedatectl"] = .answered("yes\n")
        machine.files["/run/systemd/timesync/synchronized"] = ""
        let record = try #require(try await Self.collect(machine, "host.clock").records("host.clock").first)
        #expect(record.key == "web-1" && record.value["synchronized"] == .bool(true))
        #expect(record.value["service"] == .string("systemd-timesyncd"))
        machine.answers = [
            "timedatectl": .failed("no bus"),
            "chronyc": .answered("7F7F0101,,10,0,0,0,0,0,0,0,0,0,0,Not synchronised\n"),
        ]
        let chrony = try #require(try await Self.collect(machine, "host.clock").records("host.clock").first)
        #expect(chrony.value["synchronized"] == .bool(false) && chrony.value["service"] == .string("chrony"))
    }

    @Test func `a volume is encrypted when all that it lies on is`() async throws {
        var machine = PretendMachine()
        machine.files["/proc/self/mountinfo"] = """
            1 0 8:1 / /boot rw shared:1 - ext4 /dev/sda1 rw
            2 0 254:1 / / rw - ext4 /dev/mapper/vg-root rw
            3 0 0:40 / /data\\040x rw - btrfs /dev/mapper/safe rw
            4 0 9:0 / /half rw - xfs /dev/md0 rw
            5 0 0:21 / /proc rw - proc proc rw
            6 0 0:50 / /mnt rw - nfs4 server:/x rw
            7 0 7:0 / /snap ro - squashfs /dev/loop0 ro

            """
        machine.files["/sys/dev/block/8:1/size"] = "1"
        machine.files["/sys/dev/block/254:1/dm/uuid"] = "LVM-abc\n"
        machine.files["/sys/dev/block/254:1/slaves/dm-0/size"] = "1"
        machine.files["/sys/class/block/dm-0/dm/uuid"] = "CRYPT-LUKS2-1\n"
        machine.files["/sys/class/block/dm-0/dm/name"] = "safe\n"
        machine.files["/sys/dev/block/9:0/slaves/dm-0/size"] = "1"
        machine.files["/sys/dev/block/9:0/slaves/sdb1/size"] = "1"
        let draft = try await Self.collect(machine, "host.volume")
        let found = draft.records("host.volume").map { "\($0.key) \($0.value["encrypted"] == .bool(true))" }
        #expect(found == ["web-1/boot false", "web-1/ true", "web-1/data x true", "web-1/half false"])
        machine.files["/proc/self/mountinfo"] = "1 0 8:9 / / rw - ext4 /dev/root rw\n"
        let unseen = try await Self.collect(machine, "host.volume")
        #expect(unseen.failures.map(\.scope) == ["/dev/root"] && unseen.facts.isEmpty)
    }

    @Test(arguments: [
        ("CRYPT-LUKS1-a", true), ("CRYPT-PLAIN-swap", true), ("CRYPT-BITLK-a", true), ("LVM-a", false),
        ("CRYPT-VERITY-a", false), ("CRYPT-INTEGRITY-a", false), ("CRYPT-LUKS2", false), ("", false),
    ])
    func `only what cryptsetup encrypts counts as encrypted`(id: String, expected: Bool) async throws {
        var machine = PretendMachine()
        machine.files["/proc/self/mountinfo"] = "1 0 254:0 / / rw - ext4 /dev/mapper/x rw\n"
        machine.files["/sys/dev/block/254:0/dm/uuid"] = id + "\n"
        machine.files["/sys/dev/block/254:0/slaves/sda1/size"] = "1"
        let draft = try await Self.collect(machine, "host.volume")
        #expect(draft.records("host.volume").map { $0.value["encrypted"] } == [.bool(expected)])
    }

    @Test func `nothing is dated before it was seen`() async throws {
        let asked = Mutex<Int64>(0)
        var request = CollectionRequest.sample(kinds: ["host.account"])
        request.now = {
            asked.withLock { count in
                count += 1
                return noon + .minutes(count)
            }
        }
        let drafts = try await Collected.by(HostConnector(machine: Self.machine()), request)
        let draft = try #require(drafts.first)
        let seen = noon + .minutes(asked.withLock { $0 })
        #expect(seen > noon + .minutes(1) && draft.started == seen && draft.ended == seen)
        #expect(!draft.facts.isEmpty && draft.facts.allSatisfy { $0.fact.start == seen })
        #expect(draft.coverage("host.account") == Interval(from: seen, to: seen + .hours(24)))
    }

    @Test func `one kind's failure leaves the others`() async throws {
        var machine = Self.machine()
        machine.files["/proc/net/tcp"] = "head\n"
        machine.files["/proc/net/udp"] = "head\n"
        let drafts = try await Collected.by(HostConnector(machine: machine), .sample())
        let draft = try #require(drafts.first)
        #expect(Set(draft.failures.map(\.kind)) == ["host.sshd", "host.update", "host.clock", "host.volume"])
        #expect(draft.coverage("host.account") != nil && draft.coverage("host.socket") != nil)
        #expect(draft.kinds.count == 6)
    }

    @Test func `this very machine gives a snapshot in which each kind is covered or has failed`() async throws
    {
        let drafts = try await Collected.by(HostConnector(), .sample(["host": "here"]))
        let draft = try #require(drafts.first)
        #expect(drafts.count == 1 && draft.mode == .snapshot && draft.setAside.isEmpty)
        for kind in draft.kinds {
            let failed = draft.failures.contains { $0.kind == kind }
            #expect((draft.coverage(kind) != nil) != failed, "\(kind)")
        }
        #expect(draft.facts.allSatisfy { draft.kinds.contains($0.fact.kind) })
    }
}
