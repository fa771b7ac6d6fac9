import Formats
import Ledger
import Programs
import Testing

@testable import Assessment

/// What an entry states of an application of the program is what its documents give.
@Suite struct PlanAgreementTests {
    private static func source(_ id: String, _ rest: String = "") -> String {
        """
        ---
        source: \(id)
        connector: file
        params: { path: \(id).jsonl }
        kinds: [idp.account]
        \(rest)

        """
    }

    private static func program(_ documents: String) throws -> Program {
        let organization = "organization: acme\nname: Acme\ndomain: acme.example\nzone: UTC\n"
        return try Program(reading: [
            ProgramFile(path: "program.yaml", bytes: Array((organization + documents).utf8))
        ])
    }

    private static func changes(_ plan: ProgramPlan) -> [ProgramChange] {
        plan.added.map { ProgramChange.apply($0) } + plan.changed.map { .apply($0.after) }
            + plan.removed.map { .remove($0.key) }
    }

    /// The statement of one program over another, with the plan of a third.
    private static func statement(_ plan: ProgramPlan, collecting program: Program) throws -> ProgramStatement
    {
        let signer = try NoteSigner(
            name: "acme.example/evidence",
            key: try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32))))
        return ProgramStatement(
            plan, collection: CollectionPlan(program, collector: signer.verifier),
            recorded: try #require(Instant("2026-03-01T00:00:00Z")), payload: .sha256([]))
    }

    @Test func `what a program's documents give is let be, application by application`() throws {
        let editions = try [
            Self.source("b") + Self.source("a"), Self.source("a", "every: 1h"),
            Self.source("a", "freshness: 2h") + Self.source("c"), "",
        ].map(Self.program)
        var agreement = PlanAgreement()
        var before = Program()
        for next in editions {
            let plan = ProgramPlan(from: before, to: next)
            let said = agreement.fault(try Self.statement(plan, collecting: next), Self.changes(plan))
            #expect(said == nil, "\(said ?? "")")
            before = next
        }
        #expect(agreement.others == 0)
    }

    @Test func `a plan that leaves a source out, or invents one, names it`() throws {
        let program = try Self.program(Self.source("a") + Self.source("watcher"))
        let plan = ProgramPlan(from: Program(), to: program)
        for other in ["", Self.source("a"), Self.source("a") + Self.source("watcher") + Self.source("z")] {
            var agreement = PlanAgreement()
            let stated = try Self.statement(plan, collecting: Self.program(other))
            let said = agreement.fault(stated, Self.changes(plan))
            #expect(said?.contains("is not that of its documents: ") == true, "\(said ?? "")")
            #expect(said?.contains(other.contains("z") ? "z" : "watcher") == true, "\(said ?? "")")
        }
    }

    @Test func `another cadence, which another version may have read, is counted`() throws {
        let program = try Self.program(Self.source("a"))
        let plan = ProgramPlan(from: Program(), to: program)
        var agreement = PlanAgreement()
        let stated = try Self.statement(
            plan, collecting: Self.program(Self.source("a", "freshness: 2h")))
        #expect(agreement.fault(stated, Self.changes(plan)) == nil && agreement.others == 1)
    }

    @Test func `numbers of documents that are not those of the changes are told`() throws {
        let program = try Self.program(Self.source("a"))
        let plan = ProgramPlan(from: Program(), to: program)
        var agreement = PlanAgreement()
        let stated = try Self.statement(plan, collecting: program)
        let said = agreement.fault(stated, Array(Self.changes(plan).dropLast()))
        #expect(said?.contains("it counts 2 documents added") == true, "\(said ?? "")")
    }
}
