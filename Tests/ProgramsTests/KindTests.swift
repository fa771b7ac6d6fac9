import Catalog
import Formats
import Testing

@testable import Programs

/// Shares, reconciliations, separations of duties and statements as documents.
@Suite struct KindTests {
    static let yaml = """
        organization: o
        name: O
        domain: o.example
        zone: Europe/Berlin
        ---
        test: uptime
        kind: ratio
        of: uptime.probe
        as: probe
        scope: probe.service != 'lab'
        require: probe.up
        group: probe.service
        params: { target: 99.9%, every: month, zone: America/New_York, expected: { every: 1m } }
        ---
        test: encrypted-share
        kind: ratio
        of: cloud.store
        scope: s.phi
        require: s.encrypted
        params: { target: 95% }
        ---
        test: roster
        kind: recon
        of: idp.account
        scope: a.enabled
        key: a.owner_id
        in: { of: hr.employment, as: person, scope: at < person.ended_at, key: person.person_id }
        params: { grace: 24h }
        ---
        test: two-people
        kind: sod
        of: deploy.run
        scope: r.service == 'viewer'
        between: [r.author, approver.person_id]
        join:
          approver: { of: hr.employment, on: [r.approver, e.person_id] }
        ---
        test: roles
        kind: sod
        roles:
          developer: { of: hr.employment, scope: e.role == 'developer', key: e.person_id }
          auditor: { of: idp.account, as: account, scope: account.admin, key: account.owner_id }
        ---
        test: plan
        kind: attest
        of: attestation.signed
        where: s.statement == 'restore-plan'
        attester: s.attester
        operator: s.operator
        artifacts: s.artifacts
        from: s.valid_from
        until: s.valid_until
        params: { valid: 365d }
        ---
        test: quarterly
        kind: attest
        of: attestation.signed
        attester: s.attester
        operator: s.operator
        artifacts: s.artifacts
        params: { valid: 100d, every: quarter, zone: UTC, due: 14d }
        ---
        control: A-1
        title: T
        statement: S
        owner: o
        frequency: daily
        nature: manual
        tests: [uptime, encrypted-share, roster, two-people]
        compensating: [A-2]
        ---
        control: A-2
        title: T
        statement: S
        owner: o
        frequency: daily
        nature: manual
        tests: [roles, plan, quarterly]
        """

    static func program() throws -> Program {
        try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
    }

    @Test func `all of them read and lint without an error`() throws {
        let findings = try Self.program().lint(kinds: .builtin(), criteria: .builtin())
            .filter { $0.rule != "uncovered-criteria" && $0.severity != .note }
        #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
    }

    @Test func `written and read again they are the same`() throws {
        let program = try Self.program()
        #expect(try Program(reading: program.exported) == program)
        for document in program.documents {
            let stored = try Document(canonical: document.canonical)
            #expect(stored.canonical == document.canonical, "\(document.key)")
        }
    }

    @Test func `a share reads, of events and of time`() throws {
        let program = try Self.program()
        guard case .ratio(let uptime)? = program.test("uptime")?.rule,
            case .ratio(let stores)? = program.test("encrypted-share")?.rule
        else { throw Wrong() }
        #expect(uptime.variable == "probe" && uptime.group == "probe.service")
        #expect(uptime.target.partsPerMillion == 999_000 && uptime.every == .month)
        #expect(uptime.zone == "America/New_York" && uptime.spacing == .minutes(1))
        #expect(stores.every == nil && stores.spacing == nil && stores.zone == nil)
        #expect(program.test("uptime")?.kind == .ratio)
    }

    @Test(arguments: TestKind.allCases)
    func `each kind of test is known by its word, and lacks keys of its own`(kind: TestKind) throws {
        let yaml = "test: t\nkind: \(kind.rawValue)\n"
        let error = try #require(throws: ProgramError.self) {
            try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        }
        #expect(!error.findings.contains { $0.message.contains("must be one of") }, "\(error)")
        #expect(error.findings.contains { $0.place.file == "p.yaml" }, "\(error)")
    }

    @Test func `the stored form of a test names its kind`() throws {
        let program = try Self.program()
        for document in program.documents {
            guard case .test(let test) = document.body else { continue }
            #expect(document.canonical["kind"]?.string == test.kind.rawValue)
        }
        #expect(Set(program.tests.map(\.kind)) == [.ratio, .recon, .sod, .attest])
    }

    @Test func `a reconciliation reads with its partners`() throws {
        guard case .recon(let rule)? = try Self.program().test("roster")?.rule else { throw Wrong() }
        #expect(rule.key == "a.owner_id" && rule.grace == .hours(24) && rule.scope == "a.enabled")
        #expect(rule.partners.kind == "hr.employment" && rule.partners.variable == "person")
        #expect(rule.partners.key == "person.person_id" && rule.partners.scope == "at < person.ended_at")
    }

    @Test func `separated duties read, of an event and of roles`() throws {
        let program = try Self.program()
        guard case .sod(let people)? = program.test("two-people")?.rule,
            case .event(let duties) = people.form,
            case .sod(let roles)? = program.test("roles")?.rule,
            case .roles(let first, let second) = roles.form
        else { throw Wrong() }
        #expect(duties.variable == "r" && duties.first == "r.author")
        #expect(duties.second == "approver.person_id" && duties.joins.map(\.name) == ["approver"])
        // In the order of their names.
        #expect([first.name, second.name] == ["auditor", "developer"])
        #expect(first.variable == "account" && second.variable == "e")
    }

    @Test func `statements read, at every instant and in windows`() throws {
        let program = try Self.program()
        guard case .attest(let plan)? = program.test("plan")?.rule,
            case .attest(let quarterly)? = program.test("quarterly")?.rule
        else { throw Wrong() }
        #expect(plan.valid == .days(365) && plan.every == nil && plan.until == "s.valid_until")
        #expect(plan.condition == "s.statement == 'restore-plan'" && plan.from == "s.valid_from")
        #expect(quarterly.every == .quarter && quarterly.due == .days(14) && quarterly.until == nil)
        #expect(program.control("A-1")?.compensating.map(\.value) == ["A-2"])
    }
}
