import Foundation
import Formats
import Ledger
import Testing

/// Reports of the invented company's year.
@Suite(.exampleYear) struct ReportTests {
    let desk: Desk

    init() throws {
        desk = try ExampleYear.shared.desk
    }

    private func report(_ arguments: String...) async throws -> String {
        let outcome = try await desk.command("assay", ["report"] + arguments).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test
    func `a Type II report has its sections, leaves the first to the auditor, and says what is missing`()
        async throws
    {
        let text = try await report("type-2", "--output", "md")
        let headings = [
            "Section I.", "Section II.", "Section III.", "Section IV.", "Section V.",
            "Draft of a bridge letter",
        ]
        for heading in headings { #expect(text.contains("## \(heading)"), "\(heading)") }
        #expect(text.contains("To be filled in: independent service auditor"))
        #expect(text.contains("Type II report not issued; opinion: none yet"))
        // One leaver kept access for half a year, and one review of a quarter was not done.
        #expect(text.contains("<br>overdue for 192d2h |") && text.contains("<br>a window of 92d |"))
        for item in 1...9 { #expect(text.contains("DC \(item). "), "DC \(item)") }
        #expect(text.contains("**Missing.** No document states what customers must do"))
        #expect(text.contains("SYNTHETIC") || text.contains("Synthetic data"))
        #expect(text.contains("test backup-retention") && text.contains("changed: effective, require, title"))
        #expect(text.contains("none given"))
        #expect(!text.lowercased().contains("certified"))
        #expect(text.contains("withheld 1") && text.firstMatch(of: /\bp-0\d\d\b/) == nil)
        #expect(text.contains("judged again, all of it comes out as log entry "))
        try expectExceptions(in: text)
        let quarter = try await report(
            "type-2", "--output", "md", "--from", "2026-01-01", "--to", "2026-03-31")
        #expect(quarter.contains("no earlier assessment of just this is on record"))
    }

    /// Each exception of the result stands in Section IV with its proof.
    private func expectExceptions(in text: String) throws {
        let result = try JSON(parsing: try ExampleYear.shared.result)
        for test in result["tests"]?.array ?? [] {
            let id = try #require(test["test"]?.string)
            // Of more than a hundred, the first are printed; the workbook has all.
            let count = test["exceptions"]?.array?.count ?? 0
            #expect(count <= 100 || text.contains("The first 100 of \(count), by date."))
            for number in 0..<min(count, 100) {
                let name = "E-\(id)-\(number + 1)"
                let line = try #require(
                    text.split(separator: "\n").first { $0.hasPrefix("| \(name)<br>") }, "\(name)")
                #expect(line.contains("log entry ") || line.contains("No fact"), "\(line)")
            }
        }
    }

    @Test func `the checks of a population look at the sources of answers too`() async throws {
        let sample = try await desk.expect(0, "sample", "leaver-removal-24h")
        // The directory was silent for two days, the personnel system never.
        #expect(sample.says("population  8 triggers", "directory (idp.account): 2026-03-17T00:00:00Z"))
        let text = try await report("type-2", "--output", "md")
        #expect(text.contains("8 triggers from hris, 55 batches"))
    }

    @Test func `people are shown when they are asked for by name`() async throws {
        let open = try await report("type-2", "--output", "md", "--include", "personal")
        #expect(open.firstMatch(of: /\bp-0\d\d\b/) != nil && !open.contains("withheld 1"))
    }

    @Test func `the page loads nothing, and its tables and figure can be understood without sight or colour`()
        async throws
    {
        let html = try await report("type-2")
        #expect(try await report("type-2") == html, "the same log gives other bytes")
        #expect(html.firstMatch(of: #/ (src|srcset)=|@import|<link|<script|url\(http/#) == nil)
        #expect(html.contains("<main ") && html.contains("<nav ") && html.contains("<html lang=\"en\">"))
        #expect(
            html.components(separatedBy: "<table>").count == html.components(separatedBy: "<caption>").count)
        #expect(html.contains("unknown: nothing collected"))
        let ids = html.matches(of: #/ id="([^"]+)"/#).map { String($0.output.1) }
        #expect(Set(ids).count == ids.count, "ids are not unique")
        for link in html.matches(of: #/href="\#([^"]+)"/#) {
            #expect(ids.contains(String(link.output.1)), "nothing is at #\(link.output.1)")
        }
    }

    @Test func `OSCAL comes as files that name each other`() async throws {
        let said = try await report("type-2", "--output", "oscal", "--out", desk.scratch.path("oscal") + "/")
        #expect(!said.contains("//"))
        let names = [
            "assessment-plan", "assessment-results", "catalog", "component-definition", "plan-of-action",
            "profile",
            "system-security-plan",
        ]
        for name in names {
            #expect(said.contains("oscal/\(name).json"))
            let json = try JSON(parsing: try desk.scratch.read("oscal/\(name).json"))
            #expect(json.object?.members.first?.value["metadata"]?["oscal-version"]?.string == "1.2.1")
        }
        let results = try JSON(parsing: try desk.scratch.read("oscal/assessment-results.json"))
        let result = results["assessment-results"]?["results"]?.array?.first
        let observations = try #require(result?["observations"]?.array)
        #expect(observations.count == 18)
        func properties(_ observation: JSON) -> [String] {
            (observation["props"]?.array ?? []).map {
                "\($0["name"]?.string ?? "") \($0["value"]?.string ?? "")"
            }
        }
        // It failed without the waiver too, and its description tells of both.
        let stores = try #require(
            observations.first { properties($0).contains("test store-encrypted") })
        #expect(properties(stores).contains("failing 2") && properties(stores).contains("waived 1"))
        let states =
            result?["findings"]?.array?.compactMap { $0["target"]?["status"]?["state"]?.string } ?? []
        #expect(Set(states) == ["satisfied", "not-satisfied"])
    }

    @Test func `only its owner may read a report, and no plan of action stays of an earlier one`()
        async throws
    {
        let (folder, plan) = (desk.scratch.path("twice"), "twice/plan-of-action.json")
        _ = try await report("type-2", "--output", "oscal", "--out", folder)
        #expect(desk.scratch.exists(plan))
        let day = "2026-03-01T00:00:00Z"
        let said = try await report("type-1", "--at", day, "--output", "oscal", "--out", folder + "/")
        #expect(!desk.scratch.exists(plan) && said.contains("Removed \(folder)/plan-of-action.json: "))
        // Made up: what another program may have written there.
        let foreign = """
            {"plan-of-action-and-milestones":{"uuid":"7c30125f-1f2b-4c5a-9d0e-2a1b3c4d5e6f",
            "metadata":{"title":"Another plan","version":"1.0","oscal-version":"1.2.1"}}}
            """
        for text in ["{}", foreign] {
            try desk.scratch.write(plan, text)
            let left = try await desk.expect(
                0, "report", "type-1", "--at", day, "--output", "oscal", "--out", folder)
            #expect(desk.scratch.exists(plan) && left.says("which no report of Assay wrote"), "\(text)")
        }
        let written = folder + "/assessment-results.json"
        let mode = try FileManager.default.attributesOfItem(atPath: written)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let lost = try await desk.expect(3, "report", "type-2", "--out", "nowhere/report.html")
        #expect(lost.says("nowhere", "could not open the folder") && !desk.scratch.exists("nowhere"))
    }

    @Test func `a Type I report tells the last occurrence of what happens over time`() async throws {
        let text = try await report("type-1", "--at", "2026-06-30T00:00:00Z", "--output", "md")
        #expect(text.contains("Last occurrence: "))
        #expect(text.contains("nothing here was tested over time"))
        #expect(text.contains("7 controls act over time") && !text.contains("worked without exception"))
        #expect(text.contains("| · acts over time; see its last occurrence |"))
        #expect(!text.contains("no occurrence in the period"))
        // The year before it had exceptions, of which the day says nothing.
        #expect(text.contains("- No exceptions were found on the day itself. Of the time before it, "))
        let refused = try await desk.command("assay", ["report", "type-1"]).run()
        #expect(refused.status == 2 && refused.errors.contains("--at 2026-06-30"))
    }

    @Test func `a Type I report counts last occurrences that were exceptions, in every form`() async throws {
        let day = "2026-01-20T00:00:00Z"
        let text = try await report("type-1", "--at", day, "--output", "md")
        let told =
            "Of 3 tests of what happens over time the last occurrence before the day was an exception: access-review-directory, leaver-removal-24h, scan-production-weekly."
        // On the first page, and before the assertion is signed.
        #expect(text.components(separatedBy: told).count == 3)
        #expect(!text.contains("No exceptions were found in what was collected."))
        _ = try await report("type-1", "--at", day, "--output", "oscal", "--out", desk.scratch.path("day"))
        let results = String(decoding: try desk.scratch.read("day/assessment-results.json"), as: UTF8.self)
        #expect(results.contains("Last occurrence: ") && !results.contains("No occurrence in the period"))
        let plan = String(decoding: try desk.scratch.read("day/assessment-plan.json"), as: UTF8.self)
        #expect(plan.contains("As of the day: ") && !plan.contains("the population is empty"))
    }

    @Test func `a failure under a waiver is told, though it is no exception`() async throws {
        let text = try await report("type-1", "--at", "2026-03-01T00:00:00Z", "--output", "md")
        #expect(text.contains("No exceptions were found on the day itself."))
        #expect(text.contains("1 failure is covered by an approved waiver, and told apart from exceptions."))
        let answers = try await report(
            "underwriting", "--from", "2026-03-01T00:00:00Z", "--to", "2026-03-03T00:00:00Z", "--output", "md"
        )
        #expect(
            answers.contains(
                "? in part: held over the period in 1 of 1 test, with 1 failure under an approved waiver; nothing tests kms.key"
            )
        )
        // The store failed for weeks before its waiver, which takes nothing from what the waiver covers.
        let year = try await report("type-2", "--output", "md")
        #expect(year.contains("1 failure is covered by an approved waiver, and told apart from exceptions."))
        let practices = try await report("security-practices", "--output", "md")
        let row = try #require(practices.split(separator: "\n").first { $0.hasPrefix("| CRY-02: ") })
        #expect(row.contains(" % more failed under an approved waiver |"), "\(row)")
        let summary = try await report("product-summary", "--output", "md")
        #expect(summary.contains(" % failed under an approved waiver, and of "))
    }

    @Test func `a Type I report shows one item of evidence for each control, and nobody chose it`()
        async throws
    {
        let text = try await report("type-1", "--at", "2026-06-30T00:00:00Z", "--output", "md")
        let section = try #require(text.components(separatedBy: "### One item of evidence").dropFirst().first)
        let rows = section.components(separatedBy: "\n\n### ")[0].split(separator: "\n")
            .filter { $0.contains("<br>by test ") }
        let controls = rows.map { String($0.dropFirst(2).prefix { $0 != ":" }) }
        #expect(controls.count == 13 && Set(controls).count == 13, "\(controls)")
        #expect(rows.allSatisfy { $0.contains("log entry ") })
        let drawn = try #require(rows.first { $0.hasPrefix("| NET-01") })
        // By the rule that the report states, from the three stores that hold patients' data.
        let stores = ["store-images", "store-reports", "store-worklist"]
        let ids = stores.map { Array("[\"cloud\",\"\($0)\"]".utf8) }
        let root = MemoryTree(ids.map { MerkleTree.leafHash($0) }).root
        let start = Array("type-1 2026-06-30T00:00:00Z".utf8) + [0] + root.bytes + [0]
        let ranks = zip(stores, ids).map { (store: $0, rank: Digest.sha256(start + $1)) }
        let lowest = try #require(ranks.min { $0.rank < $1.rank })
        #expect(drawn.contains("| \(lowest.store)<br>by test store-not-public |"), "\(drawn)")
        #expect(
            drawn.contains("root \(root.hex.prefix(16))…, rank \(lowest.rank.hex.prefix(16))…"), "\(drawn)")
        let leaf = try #require(drawn.firstMatch(of: /log entry (\d+), item/)).1
        let entries = try #require(text.components(separatedBy: "### Log entries that").last)
        #expect(entries.contains("| \(leaf) | cloud | "))
        try await desk.expect(
            0, "report", "type-1", "--at", "2026-06-30T00:00:00Z", "--output", "xlsx", "--out", "day.xlsx")
    }

    @Test func `a buyer is told of each product which report there is, and what it is not`() async throws {
        let text = try await report(
            "product-summary", "--output", "md", "--known-at", "2026-08-15T00:00:00Z")
        #expect(text.contains("## Image archive and reading worklist for radiology practices"))
        #expect(text.contains("Type II report not issued; no firm is on record"))
        #expect(text.contains("of 13 tested controls: 2 worked without exception, 5 worked with exceptions"))
        #expect(text.contains("| IAM-02: Leaver access removal | 2 | ✕ not effective |"))
        #expect(
            text.contains(
                "The period ended 45 days before 2026-08-15. No bridge letter is on record, and none"))
        #expect(!text.lowercased().contains("certified"))
        let refused = try await desk.expect(
            2, "report", "product-summary", "--output", "oscal", "--out", "summary")
        #expect(refused.says("html, md, docx or pdf"))
    }

    @Test func `an insurer's questions are answered from tests, and never without evidence`() async throws {
        let text = try await report("underwriting", "--output", "md")
        func answer(_ topic: String) throws -> String {
            String(
                try #require(text.split(separator: "\n").first { $0.hasPrefix("| \(topic)<br>") }, "\(topic)")
            )
        }
        #expect(
            try answer("Second factor").hasSuffix(
                "| ? in part: held over the period in 1 of 1 test, with 2 exceptions; nothing tests auth.event.mfa | 1 | 2 |"
            ))
        // Of four places that could stand open, only stores of data are tested.
        #expect(
            try answer("Exposure to the internet").contains(
                "| ? in part: held over the period in 1 of 1 test, without exception; nothing tests network.rule, network.endpoint, host.socket |"
            ))
        #expect(
            try answer("Restore tests").contains("■ held over the period in 1 of 1 test, without exception"))
        #expect(
            try answer("Joiners, movers, leavers").contains("✕ did not hold: 2 of 3 decided tests failed"))
        #expect(try answer("Vendors").contains("? not answered: no test of a control for CC9.2 reads vend"))
        #expect(try answer("Old systems").contains("? not answered: no evidence tells it"))
        #expect(text.contains("| E-mfa-human-1<br>") && text.contains("log entry "))
        #expect(text.contains("| Patients' records held | "))
        #expect(text.firstMatch(of: /\| [■▲✕?·]? ?[Yy]es \|/) == nil)
        try await desk.expect(0, "report", "underwriting", "--output", "xlsx", "--out", "answers.xlsx")
        let refused = try await desk.expect(
            2, "report", "underwriting", "--output", "oscal", "--out", "answers")
        #expect(refused.says("html, md, docx, xlsx or pdf"))
    }

    @Test func `what was decided before and is decided otherwise now is restated`() async throws {
        let text = try await report("type-2", "--output", "md", "--since", "2026-02-20T00:00:00Z")
        let section = try #require(text.components(separatedBy: "## Restatement").last)
        let row = try #require(
            section.split(separator: "\n").first { $0.hasPrefix("| training-30d | withheld ") })
        // What passes now is listed nowhere: it takes all rows to say so.
        #expect(row.hasSuffix("| ✕ exception | ■ pass |"), "\(row)")
    }

    @Test func `readiness ranks gaps of three kinds and forecasts a running period`() async throws {
        let text = try await report("readiness", "--output", "md", "--known-at", "2025-12-01T00:00:00Z")
        for kind in ["missing", "undocumented", "inconsistent"] {
            #expect(text.contains("| \(kind) |"), "\(kind)")
        }
        #expect(text.contains("No control addresses CC1.1"))
        #expect(
            text.contains(
                "If \"Each store of patients' data is restored and verified every quarter\" is not shown"))
        #expect(text.contains("BCP-02 will show an exception."))
        #expect(text.contains("has begun already. What blocks now will show in it"))
        let after = try await report("readiness", "--output", "md", "--known-at", "2026-08-01T00:00:00Z")
        #expect(after.contains("is over; closing what blocks changes nothing in it any more"))
        #expect(!after.contains("will show in it"))
    }

    @Test func `those who lead see who has to act and how exceptions came about over time`() async throws {
        let text = try await report("leadership", "--output", "md")
        #expect(text.contains("| Security |") && text.contains("### Who has to act"))
        let owners = try #require(text.split(separator: "\n").first { $0.hasPrefix("| it-operations |") })
        #expect(owners.contains("IAM-02"))
        #expect(text.contains("| Control | 2025 Q3 | 2025 Q4 | 2026 Q1 | 2026 Q2 |"))
        let leavers = try #require(text.split(separator: "\n").first { $0.hasPrefix("| IAM-02 | ") })
        // One account was disabled late in October, another never from December on.
        #expect(leavers.hasPrefix("| IAM-02 | 0 | 2 | 0 | 0 |"), "\(leavers)")
        #expect(text.contains("To be filled in: management of"))
    }

    @Test func `of a period that is not over nothing is said as if it were`() async throws {
        func early(_ kind: String) async throws -> String {
            try await report(kind, "--output", "md", "--known-at", "2025-12-15T00:00:00Z")
        }
        let running =
            "The period is not over: it was known at 2025-12-15 00:00Z, and nothing is known of the time from then to 2026-06-30"
        for kind in ["type-2", "hipaa", "leadership", "security-practices", "underwriting"] {
            #expect(try await early(kind).contains("> **\(running).**"), "\(kind)")
        }
        let whole = try await early("type-2")
        #expect(whole.contains("- \(running). Do not sign before it is over"))
        #expect(whole.contains("worked without exception, in what was collected so far: "))
        let table = "| Control | 2025 Q3 | 2025 Q4 so far | From the first to the last that is over |"
        let lead = try await early("leadership")
        #expect(lead.contains(table) && !lead.contains("2026 Q1") && !lead.contains("| fewer |"))
        let unbegun = try await report(
            "leadership", "--output", "md", "--known-at", "2025-06-01T00:00:00Z")
        #expect(unbegun.contains("The period has not begun") && !unbegun.contains("No exception began"))
        let over = try await report("type-2", "--output", "md", "--known-at", "2026-07-01T00:00:00Z")
        #expect(!over.contains("The period is not over"))
    }

    @Test func `practices of the last twelve months are shown by framework and by control`() async throws {
        let year = try await report("security-practices", "--output", "md")
        #expect(year.contains("Public Law 116-321") && !year.contains("**Missing.**"))
        let access = try #require(year.split(separator: "\n").first { $0.hasPrefix("| PR.AA ") })
        #expect(access.firstMatch(of: /\| [1-9]\d* \|/) != nil, "\(access)")
        #expect(year.contains("| IAM-02: "))
        let half = try await report(
            "security-practices", "--output", "md", "--from", "2026-01-01", "--to", "2026-06-30")
        #expect(half.contains("**Missing.** The period has 180 days"))
    }

    @Test func `a bridge letter stands by itself and is no workbook`() async throws {
        let text = try await report("bridge-letter", "--output", "md")
        #expect(text.contains("replaces no report") && text.contains("Never the auditor's."))
        #expect(!text.contains("Section IV") && !text.contains("Proposed"))
        let inTime = try await report(
            "bridge-letter", "--output", "md", "--known-at", "2026-09-30T00:00:00Z")
        #expect(inTime.contains("until 2026-10-01") && !inTime.contains("Past its term"))
        // Nothing says that a report was issued, or what customers are to do.
        #expect(
            inTime.contains("No report on record: ") && inTime.contains("Do not sign it before there is one"))
        #expect(inTime.contains("**Customers:** none on record"))
        let early = try await report("bridge-letter", "--output", "md", "--known-at", "2026-05-01T00:00:00Z")
        #expect(early.contains("Too early: ") && early.contains("Do not sign it"))
        let late = try await report("bridge-letter", "--output", "md", "--known-at", "2026-10-02T00:00:00Z")
        #expect(late.contains("here until 2026-10-01") && late.contains("Do not sign it"))
        let refused = try await desk.expect(
            2, "report", "bridge-letter", "--output", "xlsx", "--out", "letter.xlsx")
        #expect(refused.says("html, md, docx or pdf"))
    }

    @Test func `readiness dates the way to a Type II report and lists what a launch needs`() async throws {
        let text = try await report("readiness", "--output", "md")
        let steps = text.matches(of: /\| (\d{4}-\d\d-\d\d) \| (Type I|nothing|a period|the period)/).map(\.1)
        #expect(steps.count == 6 && steps == steps.sorted(), "\(steps)")
        let access = try #require(text.split(separator: "\n").first { $0.hasPrefix("| Access |") })
        #expect(access.contains("IAM-02"))
        #expect(text.contains("| Vulnerabilities | "))
        let waived = try await report("readiness", "--output", "md", "--known-at", "2026-03-01T00:00:00Z")
        let area = "| Encryption and data on the move |"
        let encryption = try #require(waived.split(separator: "\n").first { $0.hasPrefix(area) })
        #expect(encryption.hasPrefix("\(area) none | none | ▲ CRY-02"), "\(encryption)")
        // One came late, the other never.
        #expect(text.contains("is trained within 30 days: 2 exceptions, 1 of them not over yet."))
        #expect(!text.contains("](#control-"), "a link that leads nowhere")
    }

    @Test func `a report on HIPAA is keyed by citation`() async throws {
        let text = try await report("hipaa", "--output", "md")
        #expect(
            text.contains("| 164.308(a)(3)(ii)(C)<br>Termination procedures (addressable) | IAM-02: Leaver"))
        #expect(text.contains("HIPAA knows no certificate"))
    }

    @Test func `binary forms need a file`() async throws {
        for form in ["xlsx", "docx", "pdf", "oscal"] {
            let refused = try await desk.command("assay", ["report", "type-2", "--output", form]).run()
            #expect(refused.status == 2 && refused.errors.contains("give --out"), "\(form)")
        }
    }
}
