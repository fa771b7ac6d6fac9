import Testing

@testable import Programs

/// What `check` says of waivers.
@Suite struct WaiverLintTests {
    private func program(_ waiver: String, sources: [String] = ["directory"], owner: String = "it") -> String
    {
        let collected = sources.map { source in
            """
            source: \(source)
            connector: file
            params: { path: \(source).jsonl }
            kinds: [idp.account]
            ---

            """
        }.joined()
        return """
            \(collected)control: IAM-05
            title: Second factor
            statement: Every account has one.
            owner: \(owner)
            frequency: state
            nature: automated
            tests: [mfa]
            ---
            test: mfa
            kind: state
            of: idp.account
            require: a.mfa
            ---
            person: p-1
            name: Example person 1
            ---
            waiver: w
            test: mfa
            from: 2026-01-01
            to: 2026-02-01
            approved: 2026-01-01T00:00:00Z
            reason: r
            \(waiver)

            """
    }

    @Test func `keys that two sources may use are told, unless the waiver names one`() throws {
        let two = ["directory", "cloud"]
        func told(_ waiver: String, _ sources: [String]) throws -> [String] {
            try lint(program("approver: board\n" + waiver, sources: sources), rule: "waiver-every-source")
        }
        let said = try told("keys: [root]", two)
        #expect(said.count == 1)
        #expect(
            said.first?.contains(
                "waiver w excepts its keys in every source, and idp.account comes from cloud, directory")
                == true, "\(said)")
        #expect(try told("keys: [root]\nsource: cloud", two).isEmpty)
        #expect(try told("keys: [root]", ["directory"]).isEmpty)
        // What excepts everything means every source.
        #expect(try told("", two).isEmpty)
    }

    @Test func `a source that is not declared is told, unless none is`() throws {
        func told(_ source: String, _ sources: [String], _ more: String = "") throws -> [String] {
            let waiver = "approver: board\nsource: \(source)\n\(more)"
            return try lint(program(waiver, sources: sources), rule: "waiver-unknown-source")
        }
        let said = try told("directry", ["directory", "cloud"])
        #expect(said.count == 1)
        #expect(
            said.first?.contains(
                "waiver w excepts records of the source directry, and the program declares none of this name")
                == true, "\(said)")
        #expect(said.first?.contains("directory") == true, "\(said)")
        #expect(try told("directory", ["directory", "cloud"]).isEmpty)
        #expect(try told("by-hand", []).isEmpty)
        // It was given up, and has no document of its own any more.
        let retirement = "---\nretirement: tracker\nfrom: 2026-03-01\nreason: r\n"
        #expect(try told("tracker", ["directory"], retirement).isEmpty)
    }

    @Test func `an approver who owns the control is told, by id and by name`() throws {
        func told(_ approver: String, owner: String) throws -> Int {
            try lint(program("approver: \(approver)", owner: owner), rule: "waiver-own-control").count
        }
        #expect(try told("it", owner: "it") == 1)
        #expect(try told("p-1", owner: "Example person 1") == 1)
        #expect(try told("board", owner: "it") == 0)
        #expect(try told("p-1", owner: "p-2") == 0)
    }
}
