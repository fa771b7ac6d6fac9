import Catalog
import Formats
import Testing

@testable import Programs

@Suite struct DocumentTests {
    @Test func `the sample reads and lints without an error`() throws {
        let program = try Sample.program()
        #expect(program.documents.count == 39)
        let errors = try program.lint(kinds: .builtin(), criteria: .builtin()).filter {
            $0.severity == .error
        }
        #expect(errors.isEmpty, "\(errors.map(\.description).joined(separator: "\n"))")
    }

    @Test func `an organization gives origin and zone`() throws {
        let program = try Sample.program()
        let organization = try #require(program.organization)
        #expect(organization.id == "northwind")
        #expect(organization.origin == "northwind.example/evidence")
        #expect(organization.isSynthetic)
        #expect(program.zone.identifier == "America/New_York")
        #expect(program.systems.first?.description == "Reads images.\n\n  With an indented line: yes.\n")
    }

    @Test func `a control keeps its references and their places`() throws {
        let program = try Sample.program()
        let control = try #require(program.control("IAM-02"))
        #expect(control.criteria.map(\.value) == ["CC6.2", "CC6.3"])
        #expect(control.criteria[1].place == Place(file: "program/all.yaml", line: 20, column: 19))
        #expect(control.hipaa == ["164.308(a)(3)(ii)(C)"])
        #expect(control.isKey == false)
        #expect(control.combination == .any)
        #expect(control.nature == .automated)
        #expect(control.policy == "access-control")
        #expect(control.effective == Moment("2026-01-01"))
        let other = try #require(program.control("CHG-01"))
        #expect(other.isKey && other.combination == .all && other.policy == nil && other.effective == nil)
        #expect(program.controls.map(\.id) == ["CHG-01", "IAM-02"])
    }

    @Test func `a state test reads`() throws {
        let test = try #require(try Sample.program().test("mfa"))
        #expect(test.title == "Second factor")
        #expect(test.effective == Moment("2026-01-01T05:00:00Z"))
        guard case .state(let rule) = test.rule else { throw Wrong() }
        #expect(rule.kind == "idp.account" && rule.variable == "a" && rule.grace == .hours(24))
        #expect(rule.require.value == "a.mfa ||\n  at - a.created_at < days(7)\n")
        // The second line of the block, at its own column.
        #expect(
            rule.require.place(line: 2, column: 3) == Place(file: "program/all.yaml", line: 56, column: 5))
    }

    @Test func `an event test reads with its join`() throws {
        let test = try #require(try Sample.program().test("two-people"))
        guard case .event(let rule) = test.rule else { throw Wrong() }
        #expect(rule.variable == "change")
        let join = try #require(rule.joins.first)
        #expect(join.name == "author" && join.kind == "hr.employment" && join.variable == "p")
        #expect(join.local == "change.author" && join.remote == "p.person_id")
        #expect(join.asOf == "at - duration('1h')" && !join.isRequired)
    }

    @Test func `cadence tests read, calendar and rolling`() throws {
        let program = try Sample.program()
        guard case .cadence(let review)? = program.test("access-review")?.rule,
            case .cadence(let restore)? = program.test("restore")?.rule
        else { throw Wrong() }
        #expect(review.schedule == .calendar(.quarter, zone: "Europe/Berlin", due: .days(14)))
        #expect(review.condition == "r.decided == r.entitlements")
        #expect(
            review.per?.variable == "store" && review.per?.key == "r.system"
                && review.per?.scope == "store.phi")
        #expect(restore.schedule == .rolling(.days(90)) && restore.per == nil && restore.variable == "r")
    }

    @Test func `response tests read, by state and by event`() throws {
        let program = try Sample.program()
        guard case .response(let leave)? = program.test("offboard-24h")?.rule,
            case .response(let trained)? = program.test("trained")?.rule
        else { throw Wrong() }
        #expect(leave.sla == .span(.hours(24)) && leave.skew == .minutes(2))
        #expect(leave.trigger.variable == "t" && leave.trigger.when == "t.ended_at")
        #expect(leave.trigger.condition == "t.role != ''")
        #expect(leave.response.match == .becomes("!a.enabled") && leave.response.isEvery)
        #expect(leave.scope == "t.worker_type != 'contractor-external'")
        #expect(trained.trigger.variable == "e" && trained.trigger.when == nil && trained.skew == .zero)
        #expect(trained.response.match == .event("c.course == 'hipaa'") && !trained.response.isEvery)
    }

    @Test func `sources tell flags and numbers from texts`() throws {
        let program = try Sample.program()
        let code = try #require(program.source("code"))
        #expect(code.connector == .git && code.freshness == .hours(1))
        #expect(code.parameters["depth"] == .whole(12))
        #expect(code.parameters["mirror"] == .flag(true))
        #expect(code.parameters["label"] == .text("true"))
        #expect(code.parameters["number"] == .text("12"))
        let directory = try #require(program.source("directory"))
        #expect(directory.command == ["ldap-dump", "--all"] && directory.freshness == .hours(26))
    }

    @Test func `a collection may take as long as its source says, and no time at all is refused`() throws {
        let yaml = "source: code\nconnector: git\nkinds: [vcs.change]\nlimit: "
        let file = ProgramFile(path: "p.yaml", bytes: Array((yaml + "90m\n").utf8))
        #expect(try Program(reading: [file]).source("code")?.limit == .minutes(90))
        let found = findings(in: yaml + "0s\n")
        #expect(found.count == 1 && found[0].contains("\"limit\" is shorter than a second"), "\(found)")
    }

    @Test func `an own kind joins the catalogue`() throws {
        let kind = try #require(try Sample.program().kinds.first?.kind)
        #expect(kind.name == "lab.sample" && kind.mode == .state)
        #expect(kind.field("patient")?.isPHI == true && kind.field("patient")?.meaning == "whose it is")
        #expect(kind.field("taken_at")?.type == .timestamp && kind.field("marks")?.type == .list(.text))
    }

    @Test func `waivers, periods and exclusions read`() throws {
        let program = try Sample.program()
        let waiver = try #require(program.waivers.first)
        #expect(waiver.keys == ["a-17", "1"] && waiver.approver == "ciso")
        #expect(waiver.source == "directory")
        #expect(waiver.from.instant(in: program.zone) == Instant("2026-02-01T05:00:00Z"))
        #expect(waiver.to.instant(in: program.zone) == Instant("2026-03-01T05:00:00Z"))
        let period = try #require(program.period("p2026"))
        #expect(period.tolerable.partsPerMillion == 25_000 && period.coverage.partsPerMillion == 990_000)
        #expect(period.interval(in: program.zone)?.length == .days(365))
        #expect(program.exclusions.map(\.id) == ["CC6.4"])
    }

    @Test func `a policy keeps its text byte by byte`() throws {
        let policy = try #require(try Sample.program().policy("access-control"))
        #expect(policy.owner == "security" && policy.reviewed == CalendarDate("2026-01-15"))
        #expect(policy.text.value.hasPrefix("# Access control\n\nNobody"))
        #expect(policy.text.value.hasSuffix("*important* and &important\n"))
        #expect(policy.text.place(line: 3, column: 1).line == 11)
    }

    @Test func `an agreement keeps its terms and their places`() throws {
        let agreement = try #require(try Sample.program().agreements.first { $0.id == "northside-baa" })
        #expect(agreement.customer == "Northside Hospital" && agreement.vendor == nil)
        #expect(agreement.terms.breachNotice?.value == .span(.hours(24)))
        #expect(agreement.terms.incidentNotice?.value == .businessDays(2))
        #expect(agreement.terms.clockStart?.place.line == 78)
        #expect(agreement.terms.insurance?.value == 5_000_000)
        #expect(agreement.clauses["breach_notice"] == .text("4.2"))
        let zone = try Sample.program().zone
        let dates = ["2025-12-31T12:00:00Z", "2026-01-02T12:00:00Z", "2028-01-02T12:00:00Z"]
        #expect(
            try dates.map { agreement.isInForce(at: try #require(Instant($0)), in: zone) } == [
                false, true, false,
            ])
    }

    @Test func `the sample uses every key of the registers`() throws {
        let program = try Sample.program()
        func written(_ type: DocumentType) -> Set<String> {
            Set(program.documents(of: type).flatMap { $0.body.members.members.map(\.name) })
        }
        #expect(written(.agreement).isSuperset(of: Agreement.schema.keyNames.filter { $0 != "vendor" }))
        // A draft is not checked any further, so none of the sample's documents is one.
        #expect(written(.vendor) == Set(Vendor.schema.keyNames).subtracting(["draft"]))
        #expect(written(.risk) == Set(Risk.schema.keyNames))
        #expect(written(.asset) == Set(Asset.schema.keyNames))
        #expect(written(.decision) == Set(AddressableDecision.schema.keyNames).subtracting(["draft"]))
        let terms = try #require(program.agreements.first { $0.id == "northside-baa" }?.terms)
        #expect(Terms.schema.write(terms).members.map(\.name) == Terms.schema.keyNames)
    }

    @Test(arguments: [
        (
            "agreement: a\ntitle: A\nform: baa\nfrom: 2026-01-01\n",
            "either with a \"customer\" or with a \"vendor\""
        ),
        ("agreement: a\ntitle: A\nform: baaa\ncustomer: B\nfrom: 2026-01-01\n", "did you mean \"baa\"?"),
        (
            "agreement: a\ntitle: A\nform: baa\ncustomer: B\nfrom: 2026-01-01\nterms: { breach_notise: 24h }\n",
            "p.yaml:6:10: unknown key \"breach_notise\" in terms; did you mean \"breach_notice\"?"
        ),
        (
            "risk: r\ntitle: R\nlikelihood: 6\nimpact: 1\n",
            "p.yaml:3:13: \"likelihood\" must be a whole number from 1 to 5"
        ),
        (
            "vendor: v\ntitle: V\ncountries: [usa]\n",
            "\"countries[0]\" must be an ISO 3166 code such as US, not \"usa\""
        ),
        (
            "decision: d\nspecification: \"164.312(a)(2)(iii)\"\nchoice: equivalent\nreason: r\napprover: a\ndecided: 2026-01-01\n",
            "an equivalent measure must be described"
        ),
    ])
    func `a register that is wrong says where and how`(yaml: String, expected: String) {
        let found = findings(in: yaml)
        #expect(found.count == 1 && found[0].contains(expected), "\(found)")
    }

    @Test func `defaults stay out of the canonical form`() throws {
        let yaml = """
            test: b
            kind: state
            of: idp.account
            as: a
            require: "true"
            params: { grace: 0s }
            """
        let document = try #require(
            Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))]).program.documents.first)
        let text = String(decoding: try CanonicalJSON.encode(document.canonical), as: UTF8.self)
        #expect(text == #"{"id":"b","kind":"state","of":"idp.account","require":"true","type":"test"}"#)
    }

    @Test func `no schema uses the keys that hold type and id`() {
        let schemas: [[String]] = [
            Organization.schema.keyNames, SystemDescription.schema.keyNames, Control.schema.keyNames,
            Policy.schema.keyNames, Source.schema.keyNames, OwnKind.schema.keyNames, Waiver.schema.keyNames,
            Retirement.schema.keyNames,
            Period.schema.keyNames, Exclusion.schema.keyNames, StateRule.schema.keyNames,
            EventRule.schema.keyNames,
            CadenceRule.schema.keyNames, ResponseRule.schema.keyNames, Terms.schema.keyNames,
            Commitment.schema.keyNames, Procedure.schema.keyNames, ConfigurationStandard.schema.keyNames,
            Risk.schema.keyNames, Asset.schema.keyNames, Vendor.schema.keyNames, Agreement.schema.keyNames,
            Person.schema.keyNames, Team.schema.keyNames, AddressableDecision.schema.keyNames,
            UserEntityControl.schema.keyNames, SubserviceControl.schema.keyNames, Dataset.schema.keyNames,
        ]
        let names = schemas.flatMap { $0 }
        #expect(!names.contains("id") && !names.contains("type"))
    }
}

/// The test met another case than it expected.
struct Wrong: Error {}
