import Evidence
import Formats
import Ledger
import TestSupport
import Testing

/// A snapshot that was read whole cannot leave out a record that nobody said was gone.
@Suite struct OpenNamesTests {
    private let recording: Recording
    private let memberKey = MemberKey(source: "directory", saltKey: Array(repeating: 2, count: 32))

    init() throws {
        recording = try Recording()
    }

    private func list(_ keys: [Identifier]) -> MemberList {
        MemberList(keys.map { memberKey.code("account", $0) })
    }

    /// What is known after a snapshot of these records.
    private func names(after keys: [Identifier]) throws -> OpenNames {
        var names = OpenNames()
        for key in keys {
            let fact = Fact.state("account", key, from: hour(1), object(["enabled": .bool(true)]))
            names.add(fact.outline, name: memberKey.code("account", key))
        }
        try names.finish(
            recording.snapshot(["a": true, "b": true, "c": true], at: 1).statement, list(keys))
        return names
    }

    @Test func `a record left out without a word is missed`() throws {
        var names = try names(after: ["a", "b", "c"])
        let next = try recording.snapshot(["a": true], at: 2).statement
        #expect(throws: MemberError.leftOut("account", count: 1)) {
            try names.finish(next, list(["a", "b"]))
        }
    }

    @Test func `an erased item explains one record, and no second one`() throws {
        var names = try names(after: ["a", "b", "c"])
        names.addErased()
        try names.finish(recording.snapshot(["a": true, "c": true], at: 2).statement, list(["a", "c"]))
        // The one that it explains is not missed again.
        try names.finish(recording.snapshot(["a": true, "c": false], at: 3).statement, list(["a", "c"]))
        let last = try recording.snapshot(["a": true], at: 4).statement
        #expect(throws: MemberError.leftOut("account", count: 1)) { try names.finish(last, list(["a"])) }
    }

    @Test func `what a snapshot leaves out for its own time is counted`() throws {
        var names = try names(after: ["a", "b", "c"])
        let late = try recording.snapshot(["a": true], at: 0, recorded: 2).statement
        try names.finish(late, list(["a"]))
        #expect(names.earlier.count == 1 && names.earlier.records == 2)
        // It is no word about what holds later on.
        let last = try recording.snapshot(["a": true], at: 3).statement
        #expect(throws: MemberError.leftOut("account", count: 1)) {
            try names.finish(last, list(["a", "b"]))
        }
    }

    @Test func `a snapshot that covers later than its time is taken to be of then`() throws {
        var names = try names(after: ["a", "b", "c"])
        let stretch = try #require(Interval(from: hour(2), to: hour(3)))
        let late = try recording.snapshot(["a": true], at: 0, recorded: 2).statement
        names.add(Fact.coverage("account", stretch).outline, name: memberKey.code("account", ""))
        #expect(throws: MemberError.leftOut("account", count: 1)) {
            try names.finish(late, list(["a", "b"]))
        }
    }
}
