import Catalog
import Formats
import Testing

@testable import Programs

@Suite struct ProgramHistoryTests {
    private func instant(_ text: String) throws -> Instant {
        try #require(Instant(text))
    }

    private func test(_ grace: String, effective: String? = nil) throws -> Document {
        let text = """
            test: mfa
            kind: state
            of: idp.account
            require: a.mfa
            params: { grace: \(grace) }
            """ + (effective.map { "\neffective: \($0)" } ?? "")
        let program = try Program(reading: [ProgramFile(path: "t.yaml", bytes: Array(text.utf8))])
        return try #require(program.document(.test, "mfa"))
    }

    private func starts(_ history: ProgramHistory) -> [String] {
        history.versions(.test, "mfa", in: .utc).map { "\($0.inForce.start) \($0.inForce.end)" }
    }

    @Test func `the first version counts from always, a later one from its recording`() throws {
        var history = ProgramHistory()
        history.add([.apply(try test("1h"))], recorded: try instant("2026-01-10T00:00:00Z"))
        history.add([.apply(try test("2h"))], recorded: try instant("2026-02-10T00:00:00Z"))
        #expect(starts(history) == ["always 2026-02-10T00:00:00Z", "2026-02-10T00:00:00Z open"])
    }

    @Test func `a version counts from its effective date`() throws {
        var history = ProgramHistory()
        history.add([.apply(try test("1h"))], recorded: try instant("2026-01-10T00:00:00Z"))
        history.add(
            [.apply(try test("2h", effective: "2026-03-01"))], recorded: try instant("2026-02-10T00:00:00Z"))
        #expect(starts(history) == ["always 2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z open"])
    }

    @Test func `removal ends a version, and a return begins a new one`() throws {
        var history = ProgramHistory()
        history.add([.apply(try test("1h"))], recorded: try instant("2026-01-10T00:00:00Z"))
        history.add([.remove(Program.Key(.test, "mfa"))], recorded: try instant("2026-02-10T00:00:00Z"))
        #expect(starts(history) == ["always 2026-02-10T00:00:00Z"])
        #expect(history.current.tests.isEmpty)
        history.add([.apply(try test("1h"))], recorded: try instant("2026-03-10T00:00:00Z"))
        #expect(starts(history) == ["always 2026-02-10T00:00:00Z", "2026-03-10T00:00:00Z open"])
        #expect(history.ids(of: .test) == ["mfa"])
    }

    @Test func `what was removed before its day was the first version all the same`() throws {
        var history = ProgramHistory()
        history.add(
            [.apply(try test("1h", effective: "2026-03-01"))], recorded: try instant("2026-01-10T00:00:00Z"))
        history.add([.remove(Program.Key(.test, "mfa"))], recorded: try instant("2026-02-10T00:00:00Z"))
        #expect(starts(history) == [])
        history.add([.apply(try test("1h"))], recorded: try instant("2026-02-20T00:00:00Z"))
        #expect(starts(history) == ["2026-02-20T00:00:00Z open"])
    }

    @Test func `changes survive being written and read`() throws {
        for change in [ProgramChange.apply(try test("1h")), .remove(Program.Key(.test, "mfa"))] {
            #expect(try ProgramChange(change.json) == change)
        }
        #expect(throws: ProgramError.self) { try ProgramChange(.object([("other", .null)])) }
    }

    private func kind(_ fields: String) throws -> Document {
        let text = "kind: lab.run\ntitle: A run\nmode: event\nfields: { \(fields) }"
        let program = try Program(reading: [ProgramFile(path: "k.yaml", bytes: Array(text.utf8))])
        return try #require(program.document(.kind, "lab.run"))
    }

    @Test func `evidence is read by all that any version of a kind had`() throws {
        var history = ProgramHistory()
        #expect(try history.evidenceKinds() == KindCatalog.builtin())
        let first = try kind("label: { type: string, required: true }, who: { type: string, phi: true }")
        history.add([.apply(first)], recorded: try instant("2026-01-10T00:00:00Z"))
        #expect(try history.evidenceKinds().kind("lab.run") == history.current.kinds.first?.kind)
        history.add(
            [.apply(try kind("count: { type: int, required: true }, who: string"))],
            recorded: try instant("2026-02-10T00:00:00Z"))
        let both = [
            Field(name: "count", type: .whole), Field(name: "label", type: .text),
            Field(name: "who", type: .text, isPHI: true),
        ]
        #expect(try history.evidenceKinds().kind("lab.run")?.fields == both)
        history.add(
            [.remove(Program.Key(.kind, "lab.run"))], recorded: try instant("2026-03-10T00:00:00Z"))
        #expect(history.current.kinds.isEmpty)
        #expect(try history.evidenceKinds().kind("lab.run")?.fields == both)
    }

    @Test func `new facts are taken as the kind stands, with every mark that its fields had`() throws {
        var history = ProgramHistory()
        let first = try kind("label: string, who: { type: string, phi: true }, ward: string")
        history.add([.apply(first)], recorded: try instant("2026-01-10T00:00:00Z"))
        let later = try kind("who: { type: string, required: true }, ward: { type: string, personal: true }")
        history.add([.apply(later)], recorded: try instant("2026-02-10T00:00:00Z"))
        let taken = try history.recordingKinds().kind("lab.run")
        #expect(taken?.fields.count == 2)
        #expect(taken?.field("who") == Field(name: "who", type: .text, isRequired: true, isPHI: true))
        #expect(taken?.field("ward") == Field(name: "ward", type: .text, isPersonal: true))
        let builtin = try KindCatalog.builtin()
        #expect(try history.recordingKinds().kind("idp.account") == builtin.kind("idp.account"))
        // A mark that was given later holds for what was known before.
        var before = ProgramHistory()
        before.add([.apply(first)], recorded: try instant("2026-01-10T00:00:00Z"))
        let shown = try before.evidenceKinds().marked(as: history.ownKinds).kind("lab.run")
        #expect(shown?.field("ward")?.isPersonal == true && shown?.field("label")?.isPersonal == false)
    }

    @Test func `a kind that was given up yields its name to the catalogue`() throws {
        var history = ProgramHistory()
        let name = Identifier("idp.account")
        let text = "kind: idp.account\ntitle: Mine\nmode: event\nfields: { label: string }"
        let program = try Program(reading: [ProgramFile(path: "k.yaml", bytes: Array(text.utf8))])
        history.add(
            [.apply(try #require(program.document(.kind, name)))],
            recorded: try instant("2026-01-10T00:00:00Z"))
        #expect(throws: CatalogError.self) { try history.evidenceKinds() }
        history.add([.remove(Program.Key(.kind, name))], recorded: try instant("2026-02-10T00:00:00Z"))
        #expect(try history.evidenceKinds() == KindCatalog.builtin())
    }

    @Test func `what is recorded keeps the mode of its kind and the types of its fields`() throws {
        var history = ProgramHistory()
        history.add([.apply(try kind("count: int"))], recorded: try instant("2026-01-10T00:00:00Z"))
        history.add([.apply(try kind("label: string"))], recorded: try instant("2026-02-10T00:00:00Z"))
        let (same, other) = (Program([try kind("count: int")]), Program([try kind("count: string")]))
        let (run, sample): (Set<Identifier>, Set<Identifier>) = (["lab.run"], ["lab.sample"])
        #expect(history.reshapedKinds(in: same, collected: run, recorded: run).isEmpty)
        #expect(history.reshapedKinds(in: other, collected: sample, recorded: sample).isEmpty)
        #expect(history.reshapedKinds(in: other, collected: run, recorded: []).isEmpty)
        let refused = history.reshapedKinds(in: other, collected: run, recorded: run)
        #expect(refused.map(\.place) == [Place(file: "k.yaml", line: 1, column: 1)])
        #expect(refused.allSatisfy { $0.message.contains("\"count\" is of the type int, not string") })
    }
}
