import Formats
import Testing

/// Reports of a time that is not over, or has not come: nothing may sound as if it had.
@Suite(.exampleYear) struct TimeToComeTests {
    let desk: Desk

    init() throws {
        desk = try ExampleYear.shared.desk
    }

    private func report(_ arguments: String...) async throws -> String {
        let outcome = try await desk.command("assay", ["report"] + arguments).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test(arguments: ["type-2", "hipaa", "readiness"])
    func `every file of OSCAL says that the period is not over`(_ kind: String) async throws {
        let folder = desk.scratch.path("running-\(kind)")
        let said = try await report(
            kind, "--output", "oscal", "--out", folder, "--known-at", "2026-02-10T12:00:00Z")
        let notice =
            "The period is not over: it was known at 2026-02-10 12:00Z, and nothing is known of the time from then to 2026-06-30."
        let names = [
            "assessment-plan", "assessment-results", "catalog", "component-definition", "plan-of-action",
            "profile", "system-security-plan",
        ]
        for name in names {
            #expect(said.contains("\(name).json"))
            let json = try JSON(parsing: try desk.scratch.read("running-\(kind)/\(name).json"))
            let remarks = json.object?.members.first?.value["metadata"]?["remarks"]?.string
            #expect(remarks?.hasSuffix(notice) == true, "\(name): \(remarks ?? "none")")
        }
        let results = try JSON(parsing: try desk.scratch.read("running-\(kind)/assessment-results.json"))
        let result = results["assessment-results"]?["results"]?.array?.first
        #expect(result?["description"]?.string?.hasSuffix(notice) == true)
    }
}
