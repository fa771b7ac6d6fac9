import CAssets
import Examples
import Formats
import Testing

@Suite struct EvidenceTests {
    let company = Sample.company

    @Test func `batches stand in the order of their recording and meet at the update`() throws {
        let recorded = try Sample.batches().map { try #require($0.recorded) }
        #expect(try #require(recorded.first) >= ExampleCompany.start)
        for (earlier, later) in zip(recorded, recorded.dropFirst()) { #expect(earlier <= later) }
        for (path, isBefore) in [("1-before-update", true), ("2-after-update", false)] {
            for line in try company.file("evidence/\(path).jsonl").bytes.split(separator: UInt8(ascii: "\n"))
            {
                let json = try JSON(parsing: Array(line), limits: .standard)
                guard let recorded = json["batch"]?.instant("recorded") else { continue }
                #expect((recorded < ExampleCompany.update) == isBefore)
            }
        }
    }

    // Ten thousand facts: each test filters out what is wrong and expects that nothing is.

    @Test func `no fact is recorded before it is so`() throws {
        for batch in try Sample.batches() {
            let recorded = try #require(batch.recorded)
            let read = try #require(batch.header.instant("at"))
            let early = batch.facts.filter { fact in
                guard let start = fact.start, start < recorded else { return true }
                return fact.instant("to").map { $0 > recorded || $0 <= start } ?? false
            }
            #expect(read <= recorded && early.isEmpty)
        }
    }

    @Test func `every line has exactly the names that native JSON Lines knows`() throws {
        let header: Set = ["source", "mode", "kinds", "query", "at", "recorded", "total", "failures"]
        let allowed: Set<Set<String>> = [
            ["kind", "key", "at", "value"], ["kind", "key", "from", "to", "value"],
            ["kind", "id", "at", "value"], ["coverage", "source", "from", "to"],
        ]
        for batch in try Sample.batches() {
            #expect(batch.header.names.isSubset(of: header))
            let odd = batch.facts.filter { fact in
                let kind = fact["kind"]?.string ?? fact["coverage"]?.string ?? ""
                return !allowed.contains(fact.names) || !batch.kinds.contains(kind)
            }
            #expect(odd.isEmpty)
        }
    }

    @Test func `values have the fields of their kind, with its types, and none besides`() throws {
        let asset = assay_asset_named("kinds.json")
        let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.count)
        let kinds = try #require(try JSON(parsing: Array(bytes), limits: .standard)["kinds"]?.array)
        let odd = try Sample.batches().flatMap(\.facts).filter { fact in
            guard let value = fact["value"] else { return fact["coverage"] == nil }
            guard let kind = kinds.first(where: { $0["kind"] == fact["kind"] }),
                kind["mode"]?.string == (fact["id"] == nil ? "state" : "event")
            else { return true }
            let fields = kind["fields"]?.array ?? []
            return !value.names.isSubset(of: Set(fields.compactMap { $0["name"]?.string }))
                || !fields.allSatisfy { field in
                    value[field["name"]?.string ?? ""].map { fits($0, field["type"]?.string ?? "") }
                        ?? (field["required"]?.bool != true)
                }
        }
        #expect(odd.isEmpty)
    }

    private func fits(_ value: JSON, _ type: String) -> Bool {
        switch type {
        case "string": value.string != nil
        case "bool": value.bool != nil
        case "int": value.integer != nil
        case "timestamp": value.string.flatMap(Instant.init) != nil
        case "duration": value.string.flatMap(TimeSpan.init) != nil
        case "list(string)": value.array?.allSatisfy { $0.string != nil } ?? false
        default: false
        }
    }

    @Test func `ids of events are unique and no state has two values at an instant`() throws {
        var seen: Set<String> = []
        var repeated: [String] = []
        for fact in try Sample.batches().flatMap(\.facts) {
            guard let kind = fact["kind"]?.string, let start = fact.start else { continue }
            let key = fact["id"]?.string ?? "\(fact["key"]?.string ?? "") \(start)"
            if !seen.insert(kind + " " + key).inserted { repeated.append(key) }
        }
        #expect(repeated.isEmpty)
    }

    /// Everything that denotes a person or a program is an id of one of these shapes.
    @Test func `nobody has a name`() throws {
        let shape = #/p-\d{3}|u-\d{3}(-admin)?|svc-[a-z-]+|team-platform/#
        let personal = [
            "person_id", "owner_id", "login", "author", "committer", "merged_by", "approver", "reviewer",
        ]
        var seen: Set<String> = []
        for fact in try Sample.batches().flatMap(\.facts) {
            let value = fact["value"]
            let people =
                personal.compactMap { value?[$0]?.string }
                + (value?["approvers"]?.array ?? []).compactMap(\.string)
            seen.formUnion(people)
        }
        for person in seen {
            let matches = try shape.wholeMatch(in: person) != nil
            #expect(matches, "\(person)")
        }
    }

    @Test func `coverage leaves out the days of the two outages and nothing else`() throws {
        var covered: [String: Int64] = [:]
        for fact in try Sample.batches().flatMap(\.facts) {
            guard let kind = fact["coverage"]?.string, let from = fact.instant("from"),
                let to = fact.instant("to")
            else { continue }
            covered[kind, default: 0] += (to - from).microseconds
        }
        // From 2025-05-26 to 2026-07-01 it is 401 days.
        let days = covered.mapValues { $0 / 86_400_000_000 }
        #expect(
            days == [
                "hr.employment": 401, "training.completion": 401, "idp.account": 399, "access.review": 399,
                "backup.job": 397, "backup.restore": 397, "scan.run": 401, "vcs.change": 401,
                "deploy.run": 401,
            ])
        let failed = try Sample.batches().filter { $0.header["failures"] != nil }
        #expect(failed.map(\.source) == Array(repeating: "backups", count: 4) + ["directory", "directory"])
        #expect(failed.allSatisfy { $0.facts.isEmpty })
    }

    @Test func `the cloud tells every morning how many records there are`() throws {
        let snapshots = try Sample.batches().filter { $0.header["mode"]?.string == "snapshot" }
        #expect(snapshots.count == 401)
        for snapshot in snapshots {
            #expect(snapshot.header["total"]?.integer == Int64(snapshot.facts.count))
            #expect(snapshot.facts.allSatisfy { $0.start == snapshot.header.instant("at") })
        }
    }
}
