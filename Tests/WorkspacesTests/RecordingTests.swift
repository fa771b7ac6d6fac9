import Evidence
import Formats
import Intake
import Synchronization
import Testing

@testable import Workspaces

/// Takes what is collected while the program changes.
@Suite struct RecordingTests {
    private static let start = Instant("2026-01-05T00:00:00Z") ?? .distantPast

    private static func kind(_ fields: String) -> String {
        """
        kind: clinic.door
        title: Doors
        mode: state
        fields:
        \(fields)
        """
    }

    private static func delivery(at instant: Instant) -> Delivery {
        var value = JSONObject()
        value.append("locked", .bool(true))
        value.append("alarm", .bool(true))
        var draft = BatchDraft(
            source: "doors", collector: Collector(name: "exec", version: "1"), mode: .changes, query: "doors",
            kinds: ["clinic.door"], started: instant, ended: instant)
        draft.facts = [RawFact(.state("clinic.door", "front", from: instant, value))]
        return Delivery(draft)
    }

    @Test func `a program that is applied meanwhile counts for what is recorded then`() async throws {
        let scratch = try ScratchWorkspace()
        let clock = Clock.simulated(Self.start)
        try scratch.apply(clock: clock)
        let found = Mutex<[BatchReceipt]>([])
        let recording = try Recording(scratch.workspace, clock: clock) { receipts in
            found.withLock { $0 += receipts }
        }
        // As `assay apply` beside a watch would.
        let other = try scratch.opened()
        for (minutes, documents) in [
            (1, []), (2, [Self.kind("  locked: bool")]),
            (3, [Self.kind("  locked: bool\n  alarm: bool")]),
        ] as [(Int64, [String])] {
            let at = Self.start - .hours(1) + .minutes(minutes)
            _ = try other.apply(try ScratchWorkspace.program(documents), clock: clock)
            try await recording.take(Self.delivery(at: at))
            try await recording.flush()
        }
        let receipts = found.withLock { $0 }
        #expect(receipts.map(\.statement.counts.setAside) == [1, 0, 0])
        #expect(receipts.map { Self.fields($0) } == [[], ["locked"], ["alarm", "locked"]])
    }

    private static func fields(_ receipt: BatchReceipt) -> Set<String> {
        Set(receipt.facts.flatMap { $0.value?.members.map(\.name) ?? [] })
    }
}
