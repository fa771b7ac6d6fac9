import Assessment
import Evidence
import Formats
import Foundation
import Programs
import Testing

@testable import Workspaces

/// Names in evidence and whom they mean, from a program and files to recorded links and a test over them.
@Suite struct IdentityTests {
    private static let program =
        ScratchWorkspace.organization + """
            ---
            period: january
            from: 2026-01-01
            to: 2026-02-01
            ---
            person: p-1
            name: Example One
            email: One@clinic.example
            aliases: [one-on-the-forge, shared-name]
            ---
            person: p-2
            name: Example Two
            email: two@clinic.example
            aliases: [shared-name]
            ---
            team: platform
            title: Platform
            ---
            source: identities
            connector: identities
            params:
              people: hr.employment:person_id
              names: "idp.account:owner_id|login vcs.change:author"
              email: case tag old.example=clinic.example
            kinds: [identity.link]
            freshness: 30d
            ---
            control: IAM-06
            title: No orphans
            statement: Every account belongs to one person or team.
            criteria: [CC6.1]
            owner: platform
            frequency: state
            nature: automated
            tests: [accounts-tied]
            ---
            test: accounts-tied
            title: Accounts are tied
            kind: state
            of: identity.link
            as: l
            scope: l.of == 'idp.account'
            require: l.state == 'tied'
            """

    private static let evidence = """
        {"batch":{"source":"directory","mode":"snapshot","kinds":["hr.employment","idp.account"],"at":"2026-01-10T00:00:00Z"}}
        {"kind":"hr.employment","key":"p-9","at":"2026-01-01T00:00:00Z","value":{"person_id":"p-9"}}
        {"kind":"idp.account","key":"a-1","at":"2026-01-01T00:00:00Z","value":{"owner_id":"one+work@OLD.example","enabled":true}}
        {"kind":"idp.account","key":"a-2","at":"2026-01-01T00:00:00Z","value":{"owner_id":"shared-name","enabled":true}}
        {"kind":"idp.account","key":"a-3","at":"2026-01-01T00:00:00Z","value":{"login":"robot","enabled":true}}
        {"kind":"idp.account","key":"a-4","at":"2026-01-01T00:00:00Z","value":{"enabled":true}}
        {"kind":"idp.account","key":"a-5","at":"2026-01-01T00:00:00Z","value":{"owner_id":"p-9","enabled":true}}
        {"kind":"idp.account","key":"a-6","at":"2026-01-01T00:00:00Z","value":{"owner_id":"platform","enabled":true}}
        {"batch":{"source":"directory","mode":"changes"}}
        {"kind":"vcs.change","id":"c-1","at":"2026-01-01T00:00:00Z","value":{"repository":"r","author":"one-on-the-forge"}}
        {"kind":"vcs.change","id":"c-2","at":"2026-01-01T00:00:00Z","value":{"repository":"r","author":"stranger@else.example"}}
        {"kind":"idp.account","key":"a-7","at":"2026-01-01T00:00:00Z","value":null}
        {"coverage":"vcs.change","from":"2026-01-01T00:00:00Z","to":"2026-01-10T00:00:00Z"}
        """

    private static func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

    /// Runs the body in a workspace with the program in force and the evidence recorded.
    private static func workspace(
        _ program: String = program, evidence: String = evidence,
        _ body: (Workspace, Recording, Clock) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "identities-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let workspace = try Workspace(
            creating: folder.path + "/.assay", origin: "example.test/evidence")
        let file = ProgramFile(path: "program.yaml", bytes: Array(program.utf8))
        let clock = Clock.simulated(try instant("2026-01-10T00:00:00Z"))
        _ = try workspace.apply(try Program(reading: [file]), clock: clock)
        let lines = folder.path + "/evidence.jsonl"
        try evidence.write(toFile: lines, atomically: false, encoding: .utf8)
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(lines, source: "directory", into: recording, clock: clock)
        // Within what the snapshot is taken to hold.
        let later = Clock.simulated(try instant("2026-01-10T00:30:00Z"))
        try await body(workspace, try Recording(workspace, clock: later) { _ in }, later)
    }

    @Test func `a name is tied by alias, id or address, and to nobody when two may have it`() async throws {
        try await Self.workspace { workspace, _, clock in
            let found = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: clock.now()
            ).resolution
            let answers = found.links.map {
                "\($0.record ?? "event") \($0.name ?? "-") \($0.state) \($0.person ?? "-") \($0.rule ?? "-")"
            }
            #expect(
                answers == [
                    "a-1 one+work@OLD.example tied p-1 email", "a-2 shared-name ambiguous - -",
                    "a-3 robot unknown - -", "a-4 - nameless - -", "a-5 p-9 tied p-9 id",
                    "a-6 platform tied platform id", "event one-on-the-forge tied p-1 alias",
                    "event stranger@else.example unknown - -",
                ])
            #expect(found.uncovered.isEmpty, "\(found.uncovered)")
            #expect(found.links.map(\.candidates).max() == 2)
        }
    }

    @Test(arguments: ["p-2", "p-9", "platform", "p-1"])
    func `an alias does not take the id of another`(name: String) async throws {
        let program = Self.program.replacing("[one-on-the-forge, shared", with: "[\(name), shared")
        let evidence = Self.evidence.replacing("one+work@OLD.example", with: name)
        #expect(program != Self.program && evidence != Self.evidence)
        try await Self.workspace(program, evidence: evidence) { workspace, _, clock in
            let links = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: clock.now()
            ).resolution.links
            let link = try #require(links.first)
            #expect(link.name == name)
            // Nobody has "p-9" in the program: who claims it is whom the personnel records call so.
            if ["p-1", "p-9"].contains(name) {
                #expect(link.state == .tied && link.person == "p-1" && link.rule == "alias", "\(link)")
            } else {
                #expect(link.state == .ambiguous && link.person == nil && link.candidates == 2, "\(link)")
            }
        }
    }

    @Test func `an id that only evidence brings is the person's who alone claims it`() async throws {
        let evidence = Self.evidence.replacing("one+work@OLD.example", with: "P-9@clinic.example")
            .replacing(#""person_id":"p-9""#, with: #""person_id":"p-9@clinic.example""#)
        let program = Self.program.replacing("[one-on-the-forge, shared-name]", with: "[p-9@clinic.example]")
        try await Self.workspace(program, evidence: evidence) { workspace, _, clock in
            let found = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: clock.now()
            ).resolution
            // Written in capitals it is no alias, and an address of the one person whose id it is.
            let link = try #require(found.links.first)
            #expect(link.name == "P-9@clinic.example")
            #expect(link.person == "p-1" && link.rule == "email", "\(link)")
            #expect(found.people == 3, "nobody is counted twice")
        }
    }

    @Test func `what is not declared ties nothing`() async throws {
        let bare = Self.program.replacing("  email: case tag old.example=clinic.example\n", with: "")
        #expect(bare != Self.program)
        try await Self.workspace(bare) { workspace, _, clock in
            let links = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: clock.now()
            ).resolution.links
            #expect(links.first?.state == .unknown)
        }
    }

    @Test(arguments: [
        ("One@clinic.example", IdentityLink.State.tied), ("one@clinic.example", .unknown),
        ("One@old.example", .unknown),
    ])
    func `without a rule an address is compared letter by letter`(name: String, state: IdentityLink.State)
        async throws
    {
        let bare = Self.program.replacing("  email: case tag old.example=clinic.example\n", with: "")
        let evidence = Self.evidence.replacing("one+work@OLD.example", with: name)
        try await Self.workspace(bare, evidence: evidence) { workspace, _, clock in
            let link = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: clock.now()
            ).resolution.links.first
            #expect(link?.name == name && link?.state == state)
        }
    }

    @Test func `links are evidence: tested, made again from what was known, and not by later evidence`()
        async throws
    {
        try await Self.workspace { workspace, recording, clock in
            try await workspace.collect([], into: recording, clock: clock)
            let start = try Self.instant("2026-01-10T00:30:00Z")
            let period = try #require(Interval(from: start, to: start + .minutes(30)))
            let later = Clock.simulated(start + .days(1))
            let result = try workspace.evaluate(
                AssessmentRequest(span: .interval(period), knownAt: nil), clock: later)
            let units = try #require(result.tests.first?.units)
            #expect(units.failing == 3 && units.passing == 3 && units.unknown == 0, "\(units)")
            let source = try workspace.identitySource()
            let check = try #require(try workspace.recheckIdentities(source))
            #expect(check.links == 8 && check.differences.isEmpty, "\(check.differences)")
            #expect(try workspace.fsck().isClean)
        }
    }

    @Test func `links are not covered for longer than what they are made from`() async throws {
        try await Self.workspace { workspace, recording, clock in
            let start = clock.now()
            let end = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: start
            ).resolution.coveredUntil
            // The source's own promise is 30 days.
            #expect(end > start && end < start + .days(2), "\(start) \(end)")
            try await workspace.collect([], into: recording, clock: clock)
            let period = try #require(Interval(from: start + .days(3), to: start + .days(4)))
            let result = try workspace.evaluate(
                AssessmentRequest(span: .interval(period), knownAt: nil),
                clock: .simulated(start + .days(5)))
            let units = try #require(result.tests.first?.units)
            #expect(units.passing == 0, "\(units)")
        }
    }

    @Test func `links are made again by the rules of then`() async throws {
        try await Self.workspace { workspace, recording, clock in
            try await workspace.collect([], into: recording, clock: clock)
            let other = Self.program.replacing("owner_id|login vcs", with: "login vcs")
            #expect(other != Self.program)
            let file = ProgramFile(path: "program.yaml", bytes: Array(other.utf8))
            let later = Clock.simulated(clock.now() + .hours(1))
            _ = try workspace.apply(try Program(reading: [file]), clock: later)
            let check = try #require(try workspace.recheckIdentities(try workspace.identitySource()))
            #expect(check.links == 8 && check.differences.isEmpty, "\(check.differences)")
        }
    }

    @Test func `records that may be missing leave the links uncovered`() async throws {
        let changes = Self.evidence.replacing(#""mode":"snapshot""#, with: #""mode":"changes""#)
        try await Self.workspace(evidence: changes) { workspace, recording, clock in
            try await workspace.collect([], into: recording, clock: clock)
            let status = try workspace.sourceStatus(clock: clock)
            #expect(status.map(\.state) == [.never])
            #expect(status.first?.failure?.contains("not covered") == true)
        }
    }

    /// Made-up stretches over which changes were watched, a rule for how far back they count, and whether all was seen
    /// on 10 January at half past midnight.
    @Test(arguments: [
        ("01T00/10T00", "400d", true), ("", "400d", false), ("01T00/01T06", "400d", false),
        ("01T00/09T12", "400d", true), ("01T00/08T23", "400d", false), ("09T00/10T00", "400d", true),
        ("01T00/03T00 05T00/10T00", "400d", false), ("01T00/03T00 05T00/10T00", "6d", false),
        ("01T00/03T00 05T00/10T00", "2d", true),
    ])
    func `events that were not watched leave the links uncovered`(
        stretches: String, since: String, isCovered: Bool
    ) async throws {
        let stated = Self.evidence.split(separator: "\n").filter { !$0.hasPrefix(#"{"coverage""#) }
        let lines = stretches.split(separator: " ").map { stretch in
            let ends = stretch.split(separator: "/").map { #""2026-01-\#($0):00:00Z""# }
            return #"{"coverage":"vcs.change","from":\#(ends[0]),"to":\#(ends[1])}"#
        }
        let evidence = (stated.map(String.init) + lines).joined(separator: "\n")
        let program = Self.program.replacing("  email:", with: "  since: \(since)\n  email:")
        try await Self.workspace(program, evidence: evidence) { workspace, recording, clock in
            let found = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: clock.now()
            ).resolution
            #expect(found.uncovered.map(\.text) == (isCovered ? [] : ["vcs.change"]))
            #expect((found.coveredUntil > clock.now()) == isCovered)
            try await workspace.collect([], into: recording, clock: clock)
            let status = try #require(try workspace.sourceStatus(clock: clock).first)
            #expect((status.state != .never) == isCovered)
            #expect(isCovered || status.failure?.contains("vcs.change: not covered") == true)
        }
    }

    @Test func `events are as late as the source that brings them may be`() async throws {
        let late = Self.evidence.replacing(#""to":"2026-01-10"#, with: #""to":"2026-01-07"#)
        #expect(late != Self.evidence)
        let source = """
            ---
            source: directory
            connector: file
            params: { path: changes.jsonl }
            kinds: [vcs.change]
            freshness: 4d
            """
        for isPromised in [false, true] {
            let program = isPromised ? "\(Self.program)\n\(source)" : Self.program
            try await Self.workspace(program, evidence: late) { workspace, _, clock in
                let found = try workspace.resolveIdentities(
                    try workspace.identitySource(), knownAt: clock.now()
                ).resolution
                #expect(found.uncovered.isEmpty == isPromised, "\(found.uncovered)")
            }
        }
    }

    @Test func `what nobody has seen is open like a name that is tied to nobody`() async throws {
        let tied = Self.evidence.split(separator: "\n").filter { line in
            !["a-1", "a-2", "a-3", "a-4", "c-2"].contains { line.contains("\"\($0)\"") }
        }
        let unseen = tied.filter { !$0.hasPrefix(#"{"coverage""#) }
        #expect(unseen.count == tied.count - 1)
        for lines in [tied, unseen] {
            try await Self.workspace(evidence: lines.joined(separator: "\n")) { workspace, _, clock in
                let found = try workspace.resolveIdentities(
                    try workspace.identitySource(), knownAt: clock.now()
                ).resolution
                #expect(found.links.count == 3 && found.links.allSatisfy { $0.state == .tied })
                #expect(found.isOpen == (lines.count == unseen.count))
            }
        }
    }

    @Test func `a place where nobody is named is counted too`() async throws {
        let program = Self.program.replacing(
            "vcs.change:author\"", with: "vcs.change:author vcs.change:merged_by\"")
        try await Self.workspace(program) { workspace, _, clock in
            let tallies = try workspace.resolveIdentities(
                try workspace.identitySource(), knownAt: clock.now()
            ).resolution.tallies
            let rows = tallies.map { tally in
                let counts = IdentityLink.State.allCases.map { String(tally.count($0)) }
                return "\(tally.place) \(tally.source ?? "-") \(counts.joined(separator: " "))"
            }
            #expect(
                rows == [
                    "idp.account:owner_id|login directory 3 1 1 1", "vcs.change:author directory 1 1 0 0",
                    "vcs.change:merged_by - 0 0 0 0",
                ])
        }
    }

    @Test(arguments: [
        (["names": "idp.account"], "KIND:FIELD"), (["email": "loose"], "case, tag"),
        (["match": "x"], "unknown parameter"), (["since": "0d"], "length of time"),
    ])
    func `rules that cannot be read say what is expected`(parameters: [String: String], reason: String) {
        #expect { try IdentityRules(parameters) } throws: { "\($0)".contains(reason) }
    }

    @Test(arguments: [
        ("A+b@X.example", "a@x.example" as Identifier?), ("a@b@c", nil), ("@x", nil), ("a@", nil),
        ("two words@x.example", nil), ("+@x.example", "+@x.example"), ("a@old.example", "a@new.example"),
    ])
    func `an address has one spelling`(text: String, expected: Identifier?) throws {
        let rule = try #require(try IdentityRules(["email": "case tag old.example=new.example"]).email)
        #expect(rule.normal(text) == expected)
    }
}
