import Evidence
import Formats
import Testing

/// Ends of records that nobody knows are taken and counted.
@Suite struct EndTests {
    private let recording: Recording

    init() throws {
        recording = try Recording()
    }

    private func account(_ key: Identifier, at: Int) -> Fact {
        .state("account", key, from: hour(at), object(["enabled": .bool(true)]))
    }

    private func end(_ key: Identifier, at: Int) -> Fact {
        .state("account", key, from: hour(at), nil)
    }

    @Test func `an end counts as one of nothing where the record was not open`() throws {
        #expect(try recording.record([account("a", at: 1), account("b", at: 1)], at: 1).notOpen == 0)
        let misspelt = try recording.record([end("a", at: 2), end("bb", at: 2)], at: 2)
        #expect(misspelt.notOpen == 1 && misspelt.statement.counts.facts == 2)
        #expect(misspelt.setAside.isEmpty && misspelt.statement.failures.isEmpty)
        // The same again is nothing new; an end of what has ended is.
        #expect(try recording.record([end("a", at: 2)], at: 3).notOpen == 0)
        #expect(try recording.record([end("a", at: 3)], at: 3).notOpen == 1)
    }

    @Test func `an end that comes late, of a stretch or of what the batch itself begins ends something`()
        throws
    {
        #expect(try recording.record([account("a", at: 1), end("a", at: 2)], at: 3).notOpen == 0)
        #expect(try recording.record([account("b", at: 4)], at: 4).notOpen == 0)
        #expect(try recording.record([end("b", at: 3)], at: 5).notOpen == 0)
        let stretch = Fact.state("account", "c", from: hour(1), to: hour(5), object(["enabled": .bool(true)]))
        try recording.record([stretch], at: 6)
        #expect(try recording.record([end("c", at: 4)], at: 6).notOpen == 0)
    }

    @Test func `what a snapshot finds missing was open`() throws {
        try recording.snapshot(["a": true, "b": true], at: 1)
        #expect(try recording.snapshot(["a": true], at: 2).notOpen == 0)
    }
}
