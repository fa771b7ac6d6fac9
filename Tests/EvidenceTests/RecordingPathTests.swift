import Catalog
import Formats
import Ledger
import StorageSQLite
import TestSupport
import Testing

@testable import Evidence

/// What recording takes as a shortcut must come out as the plain way gives it.
@Suite struct RecordingPathTests {
    private struct Outcome: Equatable {
        let facts: [Fact]
        let setAside: [SetAside]
        let counts: BatchCounts
        let population: Population
        let members: Members?
    }

    private final class Path {
        let store: Recording
        let recorder: BatchRecorder
        let comparingAll: Bool

        init(comparingAll: Bool) throws {
            store = try Recording()
            self.comparingAll = comparingAll
            recorder = BatchRecorder(
                RecordingContext(
                    kinds: store.kinds, signer: store.signer, collector: store.signer,
                    saltKey: Array(repeating: 2, count: 32), secret: { Array(repeating: 3, count: $0) }),
                blobs: store.blobs)
        }

        func record(_ draft: BatchDraft, at: Int) throws -> Outcome {
            let receipt = try store.database.write {
                try recorder.record(draft, recorded: hour(at), comparingAll: comparingAll, $0)
            }
            return Outcome(
                facts: receipt.facts, setAside: receipt.setAside, counts: receipt.statement.counts,
                population: receipt.statement.population, members: receipt.statement.members)
        }
    }

    private static let keys = ["a", "b", "a-long-key-1", "a-long-key-2", "a-long-key-2 and more", "é", ""]

    private static func draft(_ random: inout Seeded, at: Int) -> BatchDraft {
        let mode: BatchMode = random.below(2) == 0 ? .snapshot : .changes
        let facts = (0..<random.below(12)).map { _ -> Fact in
            let key = Identifier(keys[random.below(keys.count)])
            // Some are dated in the future.
            let start = hour(mode == .snapshot && random.below(8) > 0 ? at : at + 1 - random.below(4))
            let value = object(["enabled": .bool(random.below(2) == 0)])
            switch random.below(9) {
            case 0: return .event("change", key, at: start, object(["author": .string("x")]))
            case 1: return .state("group", key, from: start, object(["size": .integer(1)]))
            case 2: return .state("account", key, from: start, object([:]))
            case 3:
                let end = start + .hours(Int64(1 + random.below(4)))
                return .state("account", key, from: start, to: end, value)
            case 4: return .state("account", key, from: start, nil)
            default: return .state("account", key, from: start, value)
            }
        }
        return BatchDraft(
            source: "directory", collector: Collector(name: "test", version: "1"), mode: mode, query: "",
            kinds: ["account"], started: hour(at), ended: hour(at),
            facts: RawFacts(facts.enumerated().map { RawFact($1, line: $0 + 1) }))
    }

    @Test func `records that stand twice are found by sorting as by comparing`() throws {
        var repeated = 0
        for seed in UInt64(1)...6 {
            var random = Seeded(seed)
            let (fast, plain) = (try Path(comparingAll: false), try Path(comparingAll: true))
            for at in 4..<10 {
                let draft = Self.draft(&random, at: at)
                let outcome = try plain.record(draft, at: at)
                #expect(try fast.record(draft, at: at) == outcome, "seed \(seed), hour \(at)")
                repeated += outcome.setAside.count { $0.reason.contains("same key and time") }
            }
        }
        #expect(repeated > 5)
    }

    @Test func `a stretch that repeats an unchanged record is set aside`() throws {
        let value = object(["enabled": .bool(true)])
        func draft(_ facts: [Fact]) -> BatchDraft {
            BatchDraft(
                source: "directory", collector: Collector(name: "test", version: "1"), mode: .snapshot,
                query: "",
                kinds: ["account"], started: hour(5), ended: hour(5),
                facts: RawFacts(facts.map { RawFact($0) }))
        }
        let record = Fact.state("account", "a", from: hour(5), value)
        let path = try Path(comparingAll: false)
        _ = try path.record(draft([record]), at: 5)
        let stretch = Fact.state("account", "a", from: hour(5), to: hour(6), value)
        let outcome = try path.record(draft([record, stretch]), at: 6)
        #expect(outcome.setAside.count == 1 && outcome.counts.unchanged == 1 && outcome.facts.isEmpty)
    }

    @Test func `the order of a population is that of its facts`() throws {
        for seed in UInt64(1)...200 {
            var random = Seeded(seed)
            var facts = Self.draft(&random, at: 5).facts.map(\.fact)
            if let covered = Interval(from: hour(1), to: hour(2)) {
                facts.append(.coverage("group", covered))
            }
            let sorted = Fact.populationOrder(facts).map { facts[$0] }
            for (first, second) in zip(sorted, sorted.dropFirst()) {
                #expect(!second.outline.stands(before: first.outline), "seed \(seed)")
            }
            #expect(sorted.count == facts.count && Set(sorted) == Set(facts))
        }
    }

    @Test func `keys that begin alike stand in the order of their bytes`() {
        let parts = ["", "a", "\0", "é", "part-1|", "a-long-part-of-a-key|", "2026-03-01T09:00:00Z"]
        for seed in UInt64(1)...60 {
            var random = Seeded(seed)
            let facts = (0..<300).map { _ -> Fact in
                let key = (0..<random.below(9)).map { _ in parts[random.below(parts.count)] }.joined()
                let at = hour(random.below(3))
                return random.below(2) == 0
                    ? .event("change", Identifier(key), at: at, object([:]))
                    : .state("account", Identifier(key), from: at, object([:]))
            }
            let expected = facts.indices.sorted { first, second in
                if facts[first].outline.stands(before: facts[second].outline) { return true }
                return !facts[second].outline.stands(before: facts[first].outline) && first < second
            }
            #expect(Fact.populationOrder(facts) == expected, "seed \(seed)")
        }
    }

    @Test func `snapshots of several kinds differ from the last ones as looking up each record says`() throws
    {
        var ends = 0
        for seed in UInt64(1)...12 {
            var random = Seeded(seed)
            let (fast, plain) = (try Path(comparingAll: false), try Path(comparingAll: true))
            for at in 0..<6 {
                var facts: [Fact] = []
                for kind in ["account", "group"] as [Identifier] {
                    for number in 0..<40 where random.below(4) > 0 {
                        // One record late, now and then: from before what is known.
                        let start = hour(random.below(30) == 0 ? max(0, at - 2) : at)
                        let value =
                            kind == "group"
                            ? object(["size": .integer(Int64(random.below(2)))])
                            : object(["enabled": .bool(random.below(9) > 0)])
                        facts.append(.state(kind, Identifier("k-\(number)"), from: start, value))
                    }
                }
                if random.below(2) == 0, let covered = Interval(from: hour(at), to: hour(at + 1)) {
                    facts += [.coverage("account", covered), .coverage("group", covered)]
                }
                let draft = BatchDraft(
                    source: "directory", collector: Collector(name: "test", version: "1"), mode: .snapshot,
                    query: "", kinds: random.below(3) == 0 ? ["account"] : ["account", "group"],
                    started: hour(at), ended: hour(at),
                    facts: RawFacts(facts.shuffled(using: &random).map { RawFact($0) }))
                let outcome = try plain.record(draft, at: at + 1)
                #expect(try fast.record(draft, at: at + 1) == outcome, "seed \(seed), hour \(at)")
                ends += outcome.facts.count { !$0.isCoverage && $0.value == nil }
            }
        }
        #expect(ends > 100)
    }

    @Test func `a record in its stored form is taken as it is, any other is made so`() throws {
        let text: [String: String] = [
            "text": #""a""#, "flag": "true", "whole": "7", "decimal": #""1.5""#, "duration": #""1d""#,
            "timestamp": #""2026-03-01T09:00:00Z""#, "list": #"["a"]"#,
        ]
        let other: [String: String] = ["timestamp": #""2026-03-01T10:00:00+01:00""#, "duration": #""24h""#]
        for seed in UInt64(1)...300 {
            var random = Seeded(seed)
            var expected = JSONObject()
            var given = JSONObject()
            for name in text.keys.sorted() where random.below(3) > 0 {
                let stored = try JSON(parsing: text[name] ?? "")
                expected.append(name, stored)
                let variant = random.below(4) == 0 ? try other[name].map { try JSON(parsing: $0) } : nil
                given.append(name, variant ?? stored)
            }
            if random.below(3) == 0 { given.append("undeclared", .null) }
            if random.below(2) == 0 { given = JSONObject(given.members.shuffled(using: &random)) }
            let typed = try Sample.typed.typed(given)
            #expect(typed.value == expected, "seed \(seed)")
            #expect(typed.dropped == (given["undeclared"] == nil ? [] : ["undeclared"]), "seed \(seed)")
        }
    }

    @Test func `records of one form after the other are typed as each by itself`() throws {
        let kind = Kind(
            name: "form", title: "", mode: .state,
            fields: [
                Field(name: "when", type: .timestamp), Field(name: "flag", type: .flag, isRequired: true),
                Field(name: "names", type: .list(.text)), Field(name: "amount", type: .decimal),
            ])
        let fitting: [String: [JSON]] = [
            "when": [.string("2026-03-01T10:00:00+01:00"), .string("2026-03-01T09:00:00Z"), .null],
            "flag": [.bool(true), .bool(false)], "names": [.array([.string("a")]), .array([]), .null],
            "amount": [.decimal("1.50"), .integer(3), .string("2")],
        ]
        let other: [JSON] = [.string("x"), .null, .integer(3), .bool(true), .array([.integer(1)])]
        var misfits = 0
        for seed in UInt64(1)...200 {
            var random = Seeded(seed)
            var typing = RecordTyping(kind)
            var names: [String] = []
            for _ in 0..<12 {
                if random.below(3) == 0 {
                    names = ["when", "flag", "names", "amount", "other"].filter { _ in random.below(4) > 0 }
                    names.shuffle(using: &random)
                }
                let record = JSONObject(
                    names.map { name in
                        let values = random.below(12) > 0 ? fitting[name] ?? other : other
                        return .init(name: name, value: values[random.below(values.count)])
                    })
                let (fast, plain) = (
                    Result { () throws(TypingError) in try typing.typed(record) },
                    Result { () throws(TypingError) in try kind.typed(record).value }
                )
                #expect(fast == plain, "seed \(seed)")
                if case .failure = plain { misfits += 1 }
            }
        }
        #expect(misfits > 400 && misfits < 2_000)
    }

    @Test func `the list of a snapshot like the last one has the root that hashing gives`() throws {
        let (fast, plain) = (try Path(comparingAll: false), try Path(comparingAll: true))
        var keys = (0..<MemberTable.leastCompared + 20).map { Identifier("a-\($0)") }
        // Nothing new, then one more, one less, another in its place, and the first again.
        let changes: [(inout [Identifier]) -> Void] = [
            { _ in }, { _ in }, { $0.append("b") }, { $0.removeFirst() }, { $0[0] = "c" }, { _ in },
        ]
        for (at, change) in changes.enumerated() {
            change(&keys)
            let draft = BatchDraft(
                source: "directory", collector: Collector(name: "test", version: "1"), mode: .snapshot,
                query: "", kinds: ["account"], started: hour(at), ended: hour(at),
                facts: RawFacts(
                    keys.map {
                        RawFact(.state("account", $0, from: hour(at), object(["enabled": .bool(true)])))
                    }))
            let outcome = try plain.record(draft, at: at)
            #expect(try fast.record(draft, at: at) == outcome, "snapshot \(at)")
            #expect(outcome.members?.count == keys.count)
        }
    }

    @Test func `items that all cores write are those that one writes`() throws {
        let kinds = try KindCatalog.builtin()
        let facts = (0..<3_000).map { index in
            Fact.event(
                "vcs.change", Identifier("c-\(10_000 + index)"), at: hour(1),
                object([
                    "author": .string("p-\(index)"), "branch": .string("é\"\\"),
                    "merged": .bool(index % 2 == 0), "repository": .string("viewer"),
                ]))
        }
        let secret: @Sendable (Int) -> [UInt8] = { Array(repeating: 3, count: $0) }
        var writer = ItemWriter(kinds, secret: secret)
        let places = Array(facts.indices).filter { $0 % 7 != 0 }
        writer.append(places, of: try CanonicalFacts(facts, in: Array(facts.indices))) { _ in "vcs.change" }
        let personal = PersonalFields(kinds.kinds).fields(of: "vcs.change")
        var salts = ItemSalts(secret: secret(32))
        let lines = try places.enumerated().map { item, place in
            let salt = salts.withSalt(of: item) { Array($0) }
            return try PayloadLine(facts[place], personal: personal, salt: salt, secret: secret)
        }
        #expect(writer.payload == lines.flatMap { (line: PayloadLine) -> [UInt8] in line.bytes + [0x0A] })
        #expect(writer.tree.root == MemoryTree(lines.map(\.leafHash)).root)
        #expect(lines.contains { $0.bytes.starts(with: #"{"disclosures""#.utf8) })
        for line in lines { #expect(try PayloadLine(parsing: line.bytes).fact == line.fact) }
    }
}
