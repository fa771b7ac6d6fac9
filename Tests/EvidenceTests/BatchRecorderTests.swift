import Evidence
import Formats
import Ledger
import Storage
import StorageSQLite
import TestSupport
import Testing

@Suite struct BatchRecorderTests {
    private let recording: Recording

    init() throws {
        recording = try Recording()
    }

    private func account(_ key: Identifier, _ enabled: Bool, at: Int) -> Fact {
        .state("account", key, from: hour(at), object(["enabled": .bool(enabled)]))
    }

    private func counts(_ receipt: BatchReceipt) -> [Int] {
        let counts = receipt.statement.counts
        return [counts.received, counts.facts, counts.unchanged, counts.setAside]
    }

    @Test func `of a snapshot only what differs is kept`() throws {
        #expect(counts(try recording.snapshot(["a": true, "b": true], at: 1)) == [2, 2, 0, 0])
        #expect(counts(try recording.snapshot(["a": true, "b": false, "c": true], at: 3)) == [3, 2, 1, 0])
        // a is gone, which is a fact that was not received.
        #expect(counts(try recording.snapshot(["b": false, "c": true], at: 5)) == [2, 1, 2, 0])
        #expect(counts(try recording.snapshot(["a": true, "b": false, "c": true], at: 7)) == [3, 1, 2, 0])
        #expect(try recording.drawing("a") == ".1111..111")
        #expect(try recording.drawing("b") == ".110000000")
        #expect(try recording.drawing("c") == "...1111111")
    }

    @Test func `a record that came before is not received twice`() throws {
        let receipt = try recording.record(
            [account("a", true, at: 1)], at: 1,
            setAside: [
                SetAside(line: 2, reason: "its key came before", mayHideRecord: false, isRepeat: true),
                SetAside(line: 3, reason: "it has no key"),
            ])
        #expect(counts(receipt) == [2, 1, 0, 2])
    }

    @Test func `an empty snapshot ends everything, one that failed ends nothing`() throws {
        try recording.snapshot(["a": true], at: 1)
        let failure = CollectionFailure(kind: "account", scope: "page 2", reason: "timed out")
        #expect(counts(try recording.snapshot([:], at: 2, failures: [failure])) == [0, 0, 0, 0])
        let whole = CollectionFailure(kind: nil, scope: "login", reason: "denied")
        #expect(counts(try recording.snapshot([:], at: 3, failures: [whole])) == [0, 0, 0, 0])
        let other = CollectionFailure(kind: "group", scope: "", reason: "denied")
        #expect(counts(try recording.snapshot([:], at: 4, failures: [other])) == [0, 1, 0, 0])
        #expect(try recording.drawing("a") == ".111......")
    }

    @Test func `a source ends only its own records`() throws {
        try recording.snapshot(["a": true], at: 1)
        try recording.record([], mode: .snapshot, at: 2, source: "other")
        #expect(try recording.drawing("a") == ".111111111")
    }

    @Test func `a value that goes and comes back is kept`() throws {
        for (index, enabled) in [true, false, true, true].enumerated() {
            let receipt = try recording.snapshot(["a": enabled], at: 1 + index)
            #expect(receipt.statement.counts.facts == (index < 3 ? 1 : 0))
        }
        #expect(try recording.drawing("a") == ".101111111")
        // The same for one instant, corrected and put back.
        for enabled in [true, false, true] {
            let receipt = try recording.record([account("b", enabled, at: 1)], at: 6, source: "other")
            #expect(counts(receipt) == [1, 1, 0, 0])
        }
        let again = try recording.record([account("b", true, at: 1)], at: 6, source: "other")
        #expect(counts(again) == [1, 0, 1, 0])
        #expect(try recording.drawing("b", source: "other") == ".111111111")
    }

    @Test func `a statement over which a later stretch was laid is news when it comes again`() throws {
        try recording.record([account("a", false, at: 3)], at: 4)
        let stretch = Fact.state(
            "account", "a", from: hour(1), to: hour(8), object(["enabled": .bool(true)]))
        try recording.record([stretch], at: 5)
        #expect(try recording.drawing("a").hasPrefix(".1111111"))
        #expect(counts(try recording.record([account("a", false, at: 3)], at: 6)) == [1, 1, 0, 0])
        #expect(counts(try recording.record([account("a", false, at: 3)], at: 7)) == [1, 0, 1, 0])
        #expect(try recording.drawing("a").hasPrefix(".1100"))
    }

    @Test func `a snapshot that finds a record as it was before a later stretch says something new`() throws {
        try recording.snapshot(["a": false, "b": false], at: 1)
        let stretch = Fact.state(
            "account", "a", from: hour(2), to: hour(8), object(["enabled": .bool(true)]))
        try recording.record([stretch], at: 3)
        #expect(counts(try recording.snapshot(["a": false, "b": false], at: 4)) == [2, 1, 1, 0])
        #expect(try recording.drawing("a") == ".011000000")
        #expect(counts(try recording.snapshot(["a": false, "b": false], at: 5)) == [2, 0, 2, 0])
    }

    @Test func `behind a stretch, and before one that lies ahead, nothing is new`() throws {
        try recording.snapshot(["a": false], at: 1)
        let stretches = [(2, 4), (7, 9)].map {
            Fact.state("account", "a", from: hour($0), to: hour($1), object(["enabled": .bool(true)]))
        }
        try recording.record(stretches, at: 8)
        #expect(counts(try recording.snapshot(["a": false], at: 5, recorded: 9)) == [1, 0, 1, 0])
        #expect(try recording.drawing("a") == ".011000110")
    }

    @Test func `a record that only a stretch tells of ends when a snapshot lacks it`() throws {
        let stretches = ["a", "b"].map {
            Fact.state("account", $0, from: hour(1), to: hour(8), object(["enabled": .bool(true)]))
        }
        try recording.record(stretches, at: 2)
        #expect(counts(try recording.snapshot(["b": true, "c": true], at: 4)) == [2, 3, 0, 0])
        #expect(try recording.drawing("a") == ".111......")
        #expect(try recording.drawing("b") == ".111111111")
        #expect(counts(try recording.snapshot(["b": true, "c": true], at: 5)) == [2, 0, 2, 0])
        // Gone for good, and said to be there again for some hours.
        try recording.record(
            [.state("account", "a", from: hour(5), to: hour(9), object(["enabled": .bool(true)]))], at: 6)
        #expect(counts(try recording.snapshot(["b": true, "c": true], at: 7)) == [2, 1, 2, 0])
        #expect(try recording.drawing("a") == ".111.11...")
    }

    /// Whatever was said before, of stretches too: at the time of a snapshot there is what it holds, and nothing else.
    @Test(arguments: 0..<60) func `what a snapshot says holds at its time`(_ seed: Int) throws {
        var random = Seeded(UInt64(seed))
        let keys: [Identifier] = ["a", "b", "c"]
        for batch in 2..<12 {
            if random.below(3) == 0 {
                let values = keys.filter { _ in random.below(3) > 0 }.map { ($0, random.below(2) == 0) }
                // Some arrive late.
                let at = batch - random.below(2)
                try recording.record(
                    values.map { account($0.0, $0.1, at: at) }, mode: .snapshot, at: at, recorded: batch)
                let found = try keys.map { Array(try recording.drawing($0, 14))[at] }
                let told = keys.map { key in
                    values.first { $0.0 == key }.map { $0.1 ? "1" : "0" as Character } ?? "."
                }
                #expect(found == told, "seed \(seed), batch \(batch)")
                continue
            }
            try recording.record(
                (0..<(1 + random.below(2))).map { _ in
                    let from = batch - random.below(4)
                    let value = random.below(4) == 0 ? nil : object(["enabled": .bool(random.below(2) == 0)])
                    return .state(
                        "account", keys[random.below(3)], from: hour(from),
                        to: random.below(3) == 0 ? nil : hour(from + 1 + random.below(6)), value)
                }, at: batch)
        }
    }

    /// Also where those that came before found a record as it was, so that nothing of it is on file.
    @Test(arguments: 0..<60) func `snapshots say the same in whatever order they arrive`(_ seed: Int) throws {
        var random = Seeded(UInt64(seed))
        let keys: [Identifier] = ["a", "b", "c"]
        var drawings = keys.map { _ in [Character](repeating: ".", count: 14) }
        var snapshots: [(at: Int, facts: [Fact])] = []
        for at in 1..<9 where random.below(5) > 0 {
            var facts: [Fact] = []
            for (place, key) in keys.enumerated() {
                // Mostly as it was: that leaves nothing on file.
                let before = drawings[place][at - 1]
                let isEnabled = random.below(4) == 0 ? random.below(2) == 0 : before == "1"
                let isThere = random.below(5) == 0 ? random.below(2) == 0 : before != "."
                if isThere { facts.append(account(key, isEnabled, at: at)) }
                for hour in at..<14 { drawings[place][hour] = isThere ? (isEnabled ? "1" : "0") : "." }
            }
            snapshots.append((at, facts))
        }
        for place in snapshots.indices.reversed() {
            snapshots.swapAt(place, random.below(place + 1))
        }
        for (place, snapshot) in snapshots.enumerated() {
            try recording.record(snapshot.facts, mode: .snapshot, at: snapshot.at, recorded: 10 + place)
        }
        for (place, key) in keys.enumerated() {
            let found = try recording.drawing(key, 14)
            #expect(found == String(drawings[place]), "seed \(seed), \(key), \(snapshots.map(\.at))")
        }
    }

    @Test func `a change that becomes known late holds until the next snapshot, which did not see it`() throws
    {
        for at in [3, 5, 7] { try recording.snapshot(["a": false, "b": false], at: at) }
        #expect(counts(try recording.record([account("a", true, at: 4)], at: 8)) == [1, 1, 0, 0])
        #expect(try recording.drawing("a") == "...0100000")
        // Unless something is known to have begun before that.
        try recording.record([account("b", true, at: 6)], at: 8)
        try recording.record([account("b", true, at: 5)], at: 8)
        #expect(try recording.drawing("b") == "...0011000")
        // And nobody has looked since the last one.
        try recording.record([account("a", true, at: 8)], at: 9)
        #expect(try recording.drawing("a") == "...0100011")
    }

    @Test(arguments: [false, true]) func `changes some of which could not be read cover nothing`(
        _ hides: Bool
    ) throws {
        let facts: [Fact] = [.coverage("account", try hours(0, 3)), account("a", true, at: 1)]
        let aside = SetAside(line: 3, reason: "not JSON", mayHideRecord: hides)
        let receipt = try recording.record(facts, at: 4, setAside: [aside])
        #expect(receipt.facts.contains(where: \.isCoverage) != hides)
        #expect(receipt.statement.failures.isEmpty != hides)
    }

    @Test func `a source counts from when it was asked, though it failed and that became known late`() throws
    {
        try recording.record([account("a", true, at: 1)], at: 1)
        let failure = CollectionFailure(kind: "account", scope: "login", reason: "refused")
        try recording.record(
            [], mode: .snapshot, at: 3, recorded: 9, failures: [failure], source: "other")
        #expect(try recording.history()["account"]?.sources["other"]?.since == hour(3))
    }

    @Test func `runs that were missed ask nobody on the day on which that is put on record`() throws {
        try recording.record([.coverage("account", try hours(0, 2))], at: 2)
        let failure = CollectionFailure(kind: nil, scope: "schedule", reason: "2 runs were missed")
        try recording.record(
            [], mode: .skipped, at: 9, failures: [failure],
            parameters: ["from": hour(3).description, "to": hour(4).description])
        #expect(try recording.history()["account"]?.sources["directory"]?.asked == hour(4))
    }

    @Test func `a batch without kinds and items is one of those that were known`() throws {
        try recording.record([], kinds: [], at: 1)
        try recording.record([account("a", true, at: 1)], at: 2)
        #expect(try recording.history().leaves == [0, 1])
    }

    @Test func `the same file twice brings nothing new`() throws {
        let facts: [Fact] = [
            .coverage("account", try hours(0, 5)), account("a", true, at: 1), account("a", false, at: 3),
            .state("account", "b", from: hour(1), to: hour(2), object(["enabled": .bool(true)])),
            .state("account", "a", from: hour(4), nil),
            .event("change", "x", at: hour(1), object(["author": .string("ann")])),
        ]
        #expect(counts(try recording.record(facts, at: 5)) == [6, 6, 0, 0])
        #expect(counts(try recording.record(facts, at: 6)) == [6, 0, 6, 0])
        #expect(counts(try recording.record(facts.reversed(), at: 7)) == [6, 0, 6, 0])
        #expect(try recording.drawing("a") == ".110......")
    }

    @Test func `a snapshot that arrives late says what held then`() throws {
        try recording.snapshot(["a": true, "b": true], at: 1)
        try recording.snapshot(["a": false, "b": true], at: 6)
        // Taken at 3, recorded after the one of 6: a was off by then already.
        let late = try recording.snapshot(["a": false, "b": true], at: 3, recorded: 7)
        #expect(late.statement.counts.facts == 1)
        #expect(try recording.drawing("a") == ".110000000")
    }

    @Test func `a record that has ended is not brought back by a late change from before`() throws {
        try recording.snapshot(["a": true], at: 1)
        try recording.snapshot([:], at: 5)
        try recording.record([account("a", false, at: 3)], at: 6)
        #expect(try recording.drawing("a") == ".1100.....")
        // It exists again with the very value of the late change.
        #expect(try recording.snapshot(["a": false], at: 8).statement.counts.facts == 1)
        #expect(try recording.drawing("a") == ".1100...00")
    }

    @Test func `of two records with one key and time the second is set aside, a repeated one is not`() throws
    {
        let facts = [account("a", true, at: 1), account("a", false, at: 1), account("a", true, at: 1)]
        let receipt = try recording.record(facts, mode: .snapshot, at: 1)
        // What is said twice word for word is no news.
        #expect(counts(receipt) == [3, 1, 1, 1])
        #expect(receipt.setAside.map(\.line) == [2])
        #expect(receipt.setAside[0].reason.contains("line 1"))
        let kept = try recording.database.read { try EvidenceTables.setAside(leaf: receipt.leaf, $0) }
        #expect(kept.map(\.line) == [2] && kept.map(\.reason) == receipt.setAside.map(\.reason))
        // It may be another record under the same key.
        #expect(receipt.setAside.map(\.mayHideRecord) == [true] && receipt.statement.failures.count == 1)
        let covered = Fact.coverage("account", try hours(0, 3))
        for (isEnabled, count) in [(true, 0), (false, 1)] {
            let facts = [covered, account("b", true, at: 1), account("b", isEnabled, at: 1)]
            #expect(try recording.record(facts, at: 3).statement.failures.count == count)
        }
    }

    @Test func `a record that does not fit is set aside and the rest is kept`() throws {
        let facts: [Fact] = [
            account("ok", true, at: 1), account("future", true, at: 50),
            .state("account", "bad", from: hour(1), object(["enabled": .string("secret")])),
            .state("nothing", "a", from: hour(1), object([:])),
            .event("account", "a", at: hour(1), object(["enabled": .bool(true)])),
            .state("change", "a", from: hour(1), object([:])),
        ]
        let receipt = try recording.record(facts, at: 2, setAside: [SetAside(line: 99, reason: "no JSON")])
        // The misfit whose kind and key are known stays, without any field: it must not read as absent.
        #expect(counts(receipt) == [7, 2, 0, 6])
        #expect(receipt.setAside.map(\.line) == [99, 2, 3, 4, 5, 6])
        #expect(receipt.setAside.allSatisfy { !$0.reason.contains("secret") })
        #expect(receipt.statement.setAside.reduce(0) { $0 + $1.count } == 6)
    }

    @Test func `a kind that nobody knows does not go on record as it is called`() throws {
        let receipt = try recording.record(
            [.state("patient 4711", "a", from: hour(1), object(["enabled": .bool(true)]))], at: 1)
        #expect(receipt.setAside.map(\.reason) == ["unknown kind of evidence"])
        let entry = try #require(try recording.database.read { try LogTable.entry(receipt.leaf, $0) })
        let stated = try CanonicalJSON.encode(JSON.object(entry.statement.predicate))
        #expect(!String(decoding: stated, as: UTF8.self).contains("4711"))
    }

    @Test func `a record that does not fit in a snapshot is neither gone nor what it was before`() throws {
        try recording.snapshot(["a": true, "b": true], at: 1)
        let misfit = Fact.state("account", "a", from: hour(5), object(["enabled": .string("no")]))
        let receipt = try recording.record([misfit, account("b", true, at: 5)], mode: .snapshot, at: 5)
        #expect(receipt.setAside.count == 1)
        let versions = try recording.history()["account"]?.sources["directory"]?.states["a"] ?? []
        #expect(versions.map(\.interval.start) == [hour(1), hour(5)])
        #expect(versions.last?.value == JSONObject())
    }

    @Test func `a snapshot with an unreadable record covers nothing and ends nothing`() throws {
        try recording.snapshot(["a": true, "b": true], at: 1)
        let coverage = Fact.coverage("account", try hours(5, 9))
        for hides in [false, true] {
            let receipt = try recording.record(
                [account("b", true, at: 5), coverage], mode: .snapshot, at: 5,
                setAside: [SetAside(line: 3, reason: "no JSON", mayHideRecord: hides)],
                source: hides ? "x" : "y")
            #expect(receipt.statement.failures.isEmpty == !hides)
            let source = try recording.history()["account"]?.sources[hides ? "x" : "y"]
            #expect(source?.coverage.isEmpty == hides)
        }
        let receipt = try recording.record(
            [account("b", true, at: 6)], mode: .snapshot, at: 6,
            setAside: [SetAside(line: 2, reason: "no JSON")])
        #expect(receipt.statement.counts.facts == 0)
        #expect(try recording.drawing("a") == ".111111111")
    }

    @Test func `a snapshot of which typing set a record aside covers nothing and ends nothing`() throws {
        let hidden: [(name: Identifier, fact: Fact, hides: Bool)] = [
            ("future", account("a", true, at: 50), true),
            ("unknown", .state("acount", "a", from: hour(5), object([:])), true),
            ("event", .event("account", "a", at: hour(5), object(["enabled": .bool(true)])), true),
            ("misfit", .state("account", "a", from: hour(5), object(["enabled": .integer(1)])), false),
            ("other", account("b", false, at: 5), true),
        ]
        for (source, fact, hides) in hidden {
            let accounts = [account("a", true, at: 1), account("b", true, at: 1)]
            try recording.record(accounts, mode: .snapshot, at: 1, recorded: 5, source: source)
            let coverage = Fact.coverage("account", try hours(5, 9))
            let receipt = try recording.record(
                [account("b", true, at: 5), fact, coverage], mode: .snapshot, at: 5, source: source)
            #expect(receipt.setAside.map(\.mayHideRecord) == [hides], "\(source)")
            #expect(receipt.statement.failures.isEmpty == !hides, "\(source)")
            let history = try recording.history()["account"]?.sources[source]
            #expect(history?.coverage.isEmpty == hides, "\(source)")
            if hides { #expect(try recording.drawing("a", source: source) == ".111111111", "\(source)") }
        }
    }

    @Test func `an event moved in time and moved back is news each time`() throws {
        func moved(_ hours: Int...) throws -> [Int] {
            try counts(
                recording.record(
                    hours.map { .event("change", "x", at: hour($0), object(["author": .string("ann")])) },
                    kinds: ["change"], at: 5))
        }
        func now() throws -> Instant? {
            try recording.history()["change"]?.sources["directory"]?.events.first?.at
        }
        for (at, news) in [(1, 1), (2, 1), (1, 1), (1, 0), (2, 1), (2, 0), (1, 1)] {
            #expect(try moved(at)[1] == news)
            #expect(try now() == hour(at))
        }
        // Of two in one batch the later one counts, and the same batch again brings nothing.
        #expect(try moved(1, 2)[1] == 1)
        #expect(try now() == hour(2))
        #expect(try moved(1, 2)[1] == 0)
        #expect(try moved(1)[1] == 1)
        #expect(try now() == hour(1))
    }

    @Test func `a stretch that was written over and is restored is news`() throws {
        func stretch(_ from: Int, _ to: Int, _ enabled: Bool) throws -> Int {
            let value = object(["enabled": .bool(enabled)])
            return try recording.record(
                [.state("account", "a", from: hour(from), to: hour(to), value)], at: 9
            ).statement.counts.facts
        }
        #expect(try stretch(2, 4, true) == 1)
        #expect(try stretch(1, 6, false) == 1)
        #expect(try recording.drawing("a") == ".00000....")
        #expect(try stretch(2, 4, true) == 1)
        #expect(try recording.drawing("a") == ".01100....")
        #expect(try stretch(2, 4, true) == 0)
        // What begins behind its end says nothing of it.
        #expect(try stretch(6, 8, true) == 1)
        #expect(try stretch(2, 4, true) == 0)
    }

    @Test func `coverage of the future is set aside, but for a snapshot that holds on`() throws {
        let ahead = Fact.coverage("account", try hours(1, 30))
        #expect(try recording.record([ahead], at: 2).setAside.count == 1)
        #expect(try recording.record([ahead], mode: .snapshot, at: 3).setAside.isEmpty)
        // What a snapshot is taken to hold for does not reach beyond what is known.
        #expect(
            try recording.history(knownAt: 8)["account"]?.completeCoverage == IntervalSet([try hours(1, 8)]))
    }

    @Test func `a clock set back a little stands still`() throws {
        try recording.record([account("a", true, at: 1)], at: 5)
        let receipt = try recording.record([account("b", true, at: 1)], at: 5, minutesBack: 4)
        #expect(receipt.statement.recorded == hour(5))
        #expect(throws: RecordError.self) {
            try recording.record([account("c", true, at: 1)], at: 5, minutesBack: 6)
        }
    }

    @Test func `a clock that goes backwards is refused and nothing is written`() throws {
        try recording.record([account("a", true, at: 1)], at: 5)
        #expect(throws: RecordError.futureClock(recorded: hour(4), last: hour(5), kind: "batch")) {
            try recording.record([account("b", true, at: 1)], at: 4)
        }
        #expect(try recording.database.read { try LogTable.size($0) } == 1)
        #expect(try recording.drawing("b") == "..........")
        try recording.record([account("b", true, at: 1)], at: 5)
        #expect(try recording.database.read { try LogTable.size($0) } == 2)
    }

    @Test(arguments: [
        ("UPDATE batch SET sequence = 900 WHERE leaf = 2", 2),
        ("UPDATE batch SET sequence = -9 WHERE leaf = 2", 2),
        ("UPDATE batch SET sequence = 900 WHERE leaf = 0", 2), ("DELETE FROM batch WHERE leaf = 2", 2),
        ("UPDATE batch SET source = 'other' WHERE leaf = 2", 2), ("DELETE FROM batch", 0),
        ("UPDATE batch SET leaf = 1 WHERE leaf = 2", 2),
    ])
    func `no place in a series is taken from a row that the log does not bear out`(
        _ damage: String, _ leaf: Int
    )
        throws
    {
        try recording.snapshot(["a": true], at: 1)
        try recording.record([account("x", true, at: 2)], at: 2, source: "another")
        try recording.snapshot(["a": false], at: 3)
        try recording.database.write {
            try $0.execute("DELETE FROM batch WHERE leaf = 1")
            try $0.execute(damage)
        }
        #expect(throws: RecordError.series("directory", leaf: leaf)) {
            try recording.snapshot(["a": true], at: 4)
        }
        #expect(try recording.database.read { try LogTable.size($0) } == 3)
    }

    @Test func `a batch of nothing but failures is on record, and its kind uncovered`() throws {
        let failures = (0..<500).map {
            CollectionFailure(kind: "group", scope: "\($0)", reason: String(repeating: "äöü ", count: 500))
        }
        let receipt = try recording.record([], kinds: [], at: 1, failures: failures)
        let sealed = try recording.database.read {
            let reader = EvidenceReader($0, blobs: recording.blobs)
            return try reader.batch(try reader.opened(receipt.leaf).row)
        }
        #expect(sealed.statement.failures.count == 50)
        #expect(
            sealed.statement.failures.allSatisfy { $0.reason.utf8.count <= 200 && $0.reason.hasSuffix("…") })
        #expect(sealed.lines.isEmpty)
        #expect(try recording.history()["group"]?.completeCoverage.isEmpty == true)
    }

    @Test func `each batch is in the log and proven by its checkpoint`() throws {
        for at in 1...5 { try recording.snapshot(["a": at % 2 == 0, "b": true], at: at) }
        try recording.database.read { database in
            let text = try #require(try LogTable.checkpoint(database))
            let checkpoint = try Checkpoint.open(
                Array(text.utf8), verifiers: [recording.signer.verifier], origin: recording.signer.name)
            #expect(checkpoint.size == 5)
            let rows = try EvidenceTables.batches(database)
            #expect(rows.map(\.leaf) == [0, 1, 2, 3, 4])
            for row in rows {
                let entry = try #require(try LogTable.entry(row.leaf, database))
                let proof = try MerkleTree.inclusionProof(
                    index: row.leaf, size: 5, reader: DatabaseHashReader(database))
                try proof.verify(leaf: entry.leafHash, root: checkpoint.root)
                let sealed = try EvidenceReader(database, blobs: recording.blobs).batch(row)
                #expect(sealed.leafHash == entry.leafHash)
                #expect(sealed.lines.count == row.items)
            }
        }
    }

    @Test func `the digest of evidence tells what was known`() throws {
        for at in 1...3 { try recording.snapshot(["a": at % 2 == 0], at: at) }
        let digests = try recording.database.read { database in
            try [0, 1, 2, 3, 9].map {
                try EvidenceReader(database, blobs: recording.blobs)
                    .history(kinds: recording.kinds, knownAt: hour($0)).digest
            }
        }
        #expect(Set(digests).count == 4)
        #expect(digests[3] == digests[4])
    }

    @Test func `a statement is read back from its predicate`() throws {
        let failure = CollectionFailure(kind: nil, scope: "eu", reason: "denied")
        let receipt = try recording.record(
            [account("a", true, at: 1)], at: 1, failures: [failure],
            setAside: [
                SetAside(line: 1, reason: "x"), SetAside(line: nil, reason: "x"),
                SetAside(line: 3, reason: "a"),
            ])
        let statement = receipt.statement
        let bytes = try CanonicalJSON.encode(.object(statement.predicate))
        let predicate = try #require(try JSON(parsing: bytes).object)
        let read = try #require(BatchStatement(predicate))
        #expect(try CanonicalJSON.encode(.object(read.predicate)) == bytes)
        #expect(read.setAside.map(\.reason) == ["x", "a"] && read.setAside.map(\.count) == [2, 1])
        #expect(read.population == statement.population && read.counts == statement.counts)
        for index in predicate.members.indices where predicate.members[index].name != "sourceTotal" {
            var members = predicate.members
            members.remove(at: index)
            #expect(BatchStatement(JSONObject(members)) == nil, "\(predicate.members[index].name)")
        }
    }
}
