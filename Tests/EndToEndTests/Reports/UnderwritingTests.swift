import Testing

/// What an insurer is answered where a question asks for more than one thing.
@Suite struct UnderwritingTests {
    private func separation(_ test: String, facts: String) async throws -> String {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system,
                TinyProgram.control().replacing("A1.1", with: "CC8.1"), test, TinyProgram.period))
        try await desk.expect(0, "apply", "program")
        try desk.scratch.write("facts.jsonl", facts)
        try await desk.expect(0, "import", "facts.jsonl")
        let form = try await desk.expect(0, "report", "underwriting", "--output", "md").output
        return String(
            try #require(form.split(separator: "\n").first { $0.hasPrefix("| Separation<br>") }))
    }

    @Test func `a test that keeps duties apart answers whether they are kept apart`() async throws {
        let test = """
            test: portal-up
            title: Who approves a deployment is not its author
            kind: sod
            of: deploy.run
            between: [r.author, r.approver]

            """
        let run =
            #"{"kind":"deploy.run","id":"d-1","at":"2025-01-02T00:00:00Z","value":{"service":"portal","author":"p-1","approver":"p-2"}}"#
        let coverage =
            #"{"coverage":"deploy.run","from":"2025-01-01T00:00:00Z","to":"2025-02-01T00:00:00Z"}"#
        let answer = try await separation(test, facts: run + "\n" + coverage + "\n")
        #expect(
            answer.contains(
                "| ? in part: held over the period in 1 of 1 test, without exception; nothing tests environment.boundary, phi.discovery, deploy.run.isolation\\_passed | 1 | 0 |"
            ), "\(answer)")
    }

    @Test func `what no test reads is named, and that some other test may be about it is not ruled out`()
        async throws
    {
        let answer = try await separation(TinyProgram.test(), facts: TinyProgram.facts)
        #expect(
            answer.contains(
                "| ? not answered: no test here reads environment.boundary, phi.discovery, deploy.run.isolation\\_passed, and none is of kind sod | 0 | 0 |"
            ), "\(answer)")
    }
}
