import Examples
import Formats
import Testing

/// Looks at the facts themselves, with no engine, for what the stories say.
@Suite struct StoryTests {
    let company = Sample.company

    private func values(_ kind: String) throws -> [(fact: JSON, value: JSON, recorded: Instant)] {
        try Sample.batches().flatMap { batch in
            try batch.facts.filter { $0["kind"]?.string == kind }.map { fact in
                (fact, try #require(fact["value"]), try #require(batch.recorded))
            }
        }
    }

    @Test func `three changes of some two thousand were seen by their author alone`() throws {
        let changes = try values("vcs.change")
        #expect((1_900...2_200).contains(changes.count), "\(changes.count)")
        let alone = changes.filter { change in
            !(change.value["approvers"]?.array ?? []).contains { $0 != change.value["author"] }
        }
        let told = company.stories.filter { $0.test == "change-peer-review" }.map(\.key)
        #expect(Set(alone.compactMap { $0.fact["id"]?.string }) == Set(told))
        #expect(told.count == 3)
    }

    @Test func `nobody works before the start or after the end, but for the approver who had left`() throws {
        var span: [String: (Instant, Instant?)] = [:]
        for employment in try values("hr.employment") {
            let person = try #require(employment.value["person_id"]?.string)
            span[person] = (
                try #require(employment.value.instant("started_at")), employment.value.instant("ended_at")
            )
        }
        let left = company.stories.filter { $0.title.contains("had left") }.map(\.key)
        #expect(left.count == 1)
        var wrong: [JSON] = []
        for (fact, value, _) in try values("vcs.change") + values("deploy.run") {
            let at = try #require(fact.start)
            let people =
                ["author", "merged_by", "approver"].compactMap { value[$0]?.string }
                + (value["approvers"]?.array ?? []).compactMap(\.string)
            let away = try people.filter { person in
                let (started, ended) = try #require(span[person])
                return at < started || ended.map { at >= $0 } ?? false
            }
            if away.isEmpty == left.contains(fact["id"]?.string ?? "") { wrong.append(fact) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func `accounts are made after the start, and leavers lose all of them in time but for the stories`()
        throws
    {
        var disabled: [String: Instant] = [:]
        var accounts: [String: Set<String>] = [:]
        for (fact, value, _) in try values("idp.account") {
            let (key, at) = (try #require(fact["key"]?.string), try #require(fact.start))
            accounts[value["owner_id"]?.string ?? "", default: []].insert(key)
            if value["enabled"]?.bool == false { disabled[key] = at }
        }
        for (_, value, _) in try values("hr.employment") {
            let person = try #require(value["person_id"]?.string)
            guard let ended = value.instant("ended_at") else { continue }
            let inTime = try #require(accounts[person]).allSatisfy { account in
                disabled[account].map { $0 > ended && $0 <= ended + .hours(24) } ?? false
            }
            let story = company.stories.first { $0.test == "leaver-removal-24h" && $0.key == person }
            #expect(inTime == (story == nil || story?.expectation == .pass), "\(person)")
        }
        let outcomes = company.stories.filter { $0.test == "leaver-removal-24h" }.map(\.expectation.rawValue)
        #expect(outcomes == ["fail", "fail", "pass", "unknown", "pending"])
    }

    @Test func `what is deployed had reached main before`() throws {
        var merged: [String: Instant] = [:]
        for (fact, _, _) in try values("vcs.change") {
            let (id, at) = (try #require(fact["id"]?.string), try #require(fact.start))
            merged[id] = at
        }
        var early: [JSON] = []
        for (fact, value, _) in try values("deploy.run") {
            let commit = merged[value["commit"]?.string ?? ""] ?? .distantFuture
            if commit >= fact.start ?? .distantPast { early.append(fact) }
        }
        #expect(early.isEmpty)
    }

    @Test func `joiners are trained within thirty days but for the stories`() throws {
        let collected = try #require(Instant("2025-05-26T00:00:00Z"))
        var trained: [String: Instant] = [:]
        for (fact, value, _) in try values("training.completion") {
            let at = try #require(fact.start)
            trained[try #require(value["person_id"]?.string)] = at
        }
        for (_, value, _) in try values("hr.employment") {
            let person = try #require(value["person_id"]?.string)
            let started = try #require(value.instant("started_at"))
            guard started > collected else { continue }
            let inTime = trained[person].map { $0 > started && $0 <= started + .days(30) } ?? false
            let story = company.stories.first { $0.test == "training-30d" && $0.key == person }
            #expect(inTime == (story == nil || story?.expectation == .pass), "\(person)")
        }
    }

    @Test func `one completed course is recorded three weeks late and one account is corrected afterwards`()
        throws
    {
        let late = try values("training.completion").filter { fact, _, recorded in
            try recorded - #require(fact.start) > .days(8)
        }
        #expect(late.count == 1)
        let fact = try #require(late.first)
        #expect(try fact.recorded - #require(fact.fact.start) > .days(20))
        let corrected = try values("idp.account").filter { $0.fact["from"] != nil }
        #expect(corrected.count == 1)
        #expect(corrected.first?.value["mfa"]?.bool == false)
    }

    @Test func `each store is backed up each day but for two missed days and four without a collector`()
        throws
    {
        var days: [String: Set<String>] = [:]
        for (fact, value, _) in try values("backup.job") where value["succeeded"]?.bool == true {
            let day = try #require(fact["at"]?.string).prefix(10)
            days[try #require(value["store"]?.string), default: []].insert(String(day))
        }
        #expect(
            days.mapValues(\.count) == ["store-images": 397, "store-reports": 395, "store-worklist": 397])
        #expect(days["store-reports"]?.isDisjoint(with: ["2025-11-22", "2025-11-23"]) == true)
    }

    @Test func `reviews, restores and scans happen in each of their windows but for the stories`() throws {
        func quarters(_ kind: String, _ name: String, _ wanted: String) throws -> Set<String> {
            Set(
                try values(kind).filter { $0.value[name]?.string == wanted }.compactMap { fact, _, _ in
                    guard let at = fact["at"]?.string, let month = Int(at.dropFirst(5).prefix(2)) else {
                        return nil
                    }
                    return "\(at.prefix(4)) \((month - 1) / 3 + 1)"
                })
        }
        let all: Set = ["2025 2", "2025 3", "2025 4", "2026 1", "2026 2"]
        #expect(try quarters("access.review", "system", "cloud") == all)
        #expect(try quarters("access.review", "system", "directory") == all.subtracting(["2025 4"]))
        #expect(try quarters("backup.restore", "store", "store-images") == all)
        let scans = try values("scan.run").filter { $0.value["target"]?.string == "production" }
        #expect(scans.count == 57)
        #expect(scans.filter { $0.value["completed"]?.bool == false }.count == 1)
    }

    @Test func `one key alone grows older than ninety days`() throws {
        var old: Set<String> = []
        for (fact, value, _) in try values("cloud.key") {
            if try #require(fact.start) - #require(value.instant("created")) >= .days(90) {
                old.insert(try #require(fact["key"]?.string))
            }
        }
        #expect(old == ["key-export"])
    }
}
