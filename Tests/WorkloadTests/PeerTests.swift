import Testing
import Workload

/// A peer that breaks is no peer that is missing, and one that leaves a query out has not agreed on it.
struct PeerTests {
    @Test func `only two statuses say that a program is not installed`() {
        func end(_ status: Int32, isExit: Bool = true) -> ChildEnd {
            ChildEnd(status: status, isExit: isExit, output: "said", errors: "1\n2\n3\n4\n5\nlast\n")
        }
        #expect(end(0) == .answered("said"))
        #expect(end(3) == .notInstalled)
        #expect(end(127) == .notInstalled)
        #expect(end(1) == .failed("exit status 1: 2\n3\n4\n5\nlast"))
        #expect(end(3, isExit: false) == .failed("signal 3: 2\n3\n4\n5\nlast"))
        #expect(ChildEnd(status: 2, isExit: true, output: "", errors: "") == .failed("exit status 2"))
    }

    private static func line(_ query: PublishedQuery) -> String {
        #"{"query": "\#(query)", "units": {"pass": 2}, "spans": {}, "microseconds": 1500, "digest": "00"}"#
    }

    @Test func `a peer answers every published query once`() throws {
        let lines = PublishedQuery.allCases.map(Self.line)
        let text = ([#"{"loaded_microseconds": 12}"#] + lines).joined(separator: "\n")
        let answers = try PeerAnswer.all(in: text)
        #expect(answers.map(\.query) == PublishedQuery.allCases)
        #expect(answers.allSatisfy { $0.seconds == 0.0015 && $0.answer.units == ["pass": 2] })
        for broken in [
            Array(lines.dropLast()), lines + [lines[0]], lines + ["Killed"], lines + [#"{"query": "other"}"#],
        ] {
            #expect(throws: OracleFailure.self) { try PeerAnswer.all(in: broken.joined(separator: "\n")) }
        }
    }
}
