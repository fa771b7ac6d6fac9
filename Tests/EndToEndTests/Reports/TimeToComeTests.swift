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

    @Test func `a Type I report of a day to come decides nothing of it`() async throws {
        let text = try await report(
            "type-1", "--at", "2026-12-24T00:00:00Z", "--known-at", "2026-08-15T00:00:00Z", "--output", "md")
        let notice = "The day is to come: it was known at 2026-08-15 00:00Z, and nothing here speaks of"
        // Above everything else, and before the place for the signature.
        #expect(text.contains("> **\(notice)"))
        #expect(text.contains("- \(notice) how things stand on it. Do not sign before it has come"))
        #expect(text.contains("- 13 controls cannot be judged before the day: BCP-01, "))
        #expect(text.contains("- Of exceptions nothing can be said before the day."))
        #expect(text.contains("- Not decided before the day: ") && !text.contains("act over time"))
        let row = try #require(
            text.split(separator: "\n").first { $0.hasPrefix("| Test store-encrypted<br>") })
        #expect(row.contains("? Not due yet as known at 2026-08-15 00:00Z."), "\(row)")
        #expect(!text.contains("No occurrence in the 400 days before the date."))
        // Nothing has come since July, and what nobody collected was not covered.
        let backups = try #require(
            text.split(separator: "\n").first { $0.contains("<br>by test backup-daily |") })
        #expect(
            backups.contains("| ? unknown | No fact: nothing was collected of that time. |"), "\(backups)")
        let past = try await report(
            "type-1", "--at", "2026-06-30T00:00:00Z", "--known-at", "2026-08-15T00:00:00Z", "--output", "md")
        #expect(!past.contains("The day is to come"))
        #expect(past.contains("- **Day:** as of the start of 2026-06-30 (UTC)"))
    }

    @Test func `what was assessed as of an instant says nothing of the time before it`() async throws {
        let tiny = try await Desk.tiny(
            facts: TinyProgram.probe("p-1", up: false) + TinyProgram.probe("p-2", at: "2025-01-03T00:00:00Z")
                + TinyProgram.coverage)
        let assessed = try await tiny.expect(0, "assess", "--at", "2025-01-10T00:00:00Z")
        #expect(assessed.says("No exceptions at the instant itself."))
    }

    @Test func `an insurer is not told of a whole period while it runs`() async throws {
        let running = try await report(
            "underwriting", "--output", "md", "--known-at", "2025-12-15T00:00:00Z")
        #expect(running.contains(", as far as it is over (known at 2025-12-15 00:00Z)"))
        #expect(running.contains("held so far in 1 of ") && !running.contains("held over the period"))
        for kind in ["underwriting", "leadership"] {
            let toCome = try await report(kind, "--output", "md", "--known-at", "2025-06-01T00:00:00Z")
            #expect(toCome.contains(", which has not begun (known at 2025-06-01 00:00Z)"), "\(kind)")
            #expect(!toCome.contains("as far as it is over"), "\(kind)")
        }
    }

    @Test func `what has not fallen due is told apart from what nobody knows`() async throws {
        func rows(_ known: String) async throws -> [Substring] {
            try await report("type-2", "--output", "md", "--known-at", known).split(separator: "\n")
        }
        let running = try await rows("2025-12-15T00:00:00Z")
        let daily = try #require(running.first { $0.hasPrefix("| Test backup-daily<br>") })
        #expect(
            daily.contains(
                ": 468 of 1095 windows decided; 33 could not be decided; 594 not due yet; 93.41 % covered by"),
            "\(daily)")
        #expect(daily.contains(" 594 windows had not fallen due."), "\(daily)")
        let restores = try #require(running.first { $0.hasPrefix("| Test restore-quarterly<br>") })
        #expect(restores.contains(": 6 of 12 windows decided; 6 not due yet; 100 % covered"), "\(restores)")
        let toCome = try await rows("2025-06-01T00:00:00Z")
        let first = try #require(toCome.first { $0.hasPrefix("| Test backup-daily<br>") })
        #expect(first.contains(": 0 of 1095 windows decided; 1095 not due yet. |"), "\(first)")
        let leavers = try #require(toCome.first { $0.hasPrefix("| Test leaver-removal-24h<br>") })
        #expect(leavers.contains("None yet: nothing has fallen due. | ? Not due yet"), "\(leavers)")
    }
}
