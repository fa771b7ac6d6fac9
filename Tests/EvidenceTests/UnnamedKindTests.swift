import Evidence
import Formats
import Storage
import Testing

/// Batches that do not say which kinds were asked for.
@Suite struct UnnamedKindTests {
    private func account(_ key: Identifier, at: Int) -> Fact {
        .state("account", key, from: hour(at), object(["enabled": .bool(true)]))
    }

    @Test func `changes are sealed with the kinds of which they tell`() throws {
        let recording = try Recording()
        let change = Fact.event("change", "c", at: hour(3), object(["author": .string("ann")]))
        let covered = Fact.coverage("group", try hours(0, 4))
        let unknown = Fact.event("nosuch", "n", at: hour(3), object([:]))
        let receipt = try recording.record(
            [change, account("a", at: 3), account("b", at: 3), covered, unknown], kinds: [], at: 4)
        #expect(receipt.statement.kinds == ["account", "change", "group"])
        // Nor does coverage that cannot be believed leave its kind unasked.
        let lost = try recording.record(
            [covered], kinds: [], at: 5, setAside: [SetAside(line: 2, reason: "it cannot be read")])
        #expect(lost.statement.kinds == ["group"])
        #expect(try recording.history()["group"]?.sources["directory"]?.asked == hour(5))
    }

    @Test func `what was said of the kinds is sealed as it was said`() throws {
        let recording = try Recording()
        let receipt = try recording.record([account("a", at: 1)], kinds: ["group", "account"], at: 1)
        #expect(receipt.statement.kinds == ["group", "account"])
        #expect(try recording.record([], kinds: [], at: 2).statement.kinds == [])
        // A snapshot that names nothing ends nothing.
        let snapshot = try recording.record([], mode: .snapshot, kinds: [], at: 3)
        #expect(snapshot.statement.kinds == [] && snapshot.statement.counts.facts == 0)
        let other = try recording.record([account("b", at: 4)], mode: .snapshot, kinds: [], at: 4)
        #expect(other.statement.kinds == [] && other.statement.counts.facts == 1)
        #expect(try recording.drawing("a") == ".111111111")
    }

    @Test func `a hole in the coverage of a kind that no batch names is a hole`() throws {
        let recording = try Recording()
        try recording.record(
            [account("x", at: 1), .coverage("account", try hours(0, 100))], at: 100, source: "one")
        // This batch names another kind than those of which it tells.
        let told = [account("y", at: 1), .coverage("account", try hours(0, 10))]
        try recording.record(
            told + [.coverage("account", try hours(90, 100))], kinds: ["group"], at: 100, source: "two")
        let expected = IntervalSet([try hours(0, 10), try hours(90, 100)])
        #expect(try recording.history()["account"]?.population.clipped(to: hours(0, 100)) == expected)
        let archive = recording.archive(MemoryColumnStore())
        let kinds = recording.kinds
        let columns = try recording.read { reader in
            try archive.refresh(reader, kinds: kinds)
            return try archive.history(reader, kinds: kinds, knownAt: hour(10_000)).history
        }
        #expect(columns["account"]?.sources["two"]?.asked == hour(100))
        expectSame(try lines(columns), try lines(recording.expected().history))
    }
}
