import Evidence
import Formats
import Ledger
import TestSupport
import Testing

@testable import Assessment

/// What was found in a block, beside the same events added one by one.
@Suite struct EventPartTests {
    private static func row(_ at: Int, _ verdict: Verdict) throws -> VerdictRow {
        let interval = try #require(Interval(instant: hour(at)))
        return VerdictRow(
            key: Identifier("e-\(at)"), source: "one", interval: interval, verdict: verdict,
            reason: verdict == .unknown ? .uncovered : nil,
            references: [FactReference(leaf: at, item: 1)], isStretch: false)
    }

    /// Parts one behind the other, what their events come to one by one, and which verdicts there were.
    private static func random(
        _ generator: inout Seeded, awaited: Int
    ) throws -> (parts: [EventPart], simple: SweptRows) {
        var (parts, simple) = ([EventPart()], SweptRows())
        for at in 0..<generator.below(40) {
            if generator.below(8) == 0 { parts.append(EventPart()) }
            var row = try row(at, [Verdict.pass, .pass, .fail, .unknown][generator.below(4)])
            let last = parts.count - 1
            if row.verdict == .pass, Bool.random(using: &generator) {
                parts[last].pass(1, over: row.interval)
            } else {
                parts[last].add(row)
            }
            if row.reason == .uncovered, at >= awaited { row.verdict = .pending }
            simple.add(row)
        }
        return (parts, simple)
    }

    @Test(arguments: 0..<UInt64(100))
    func `parts come to what their events come to one by one, also read back`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let awaited = generator.below(45)
        let (parts, simple) = try Self.random(&generator, awaited: awaited)
        let key = Digest.sha256([])
        let read = try parts.map { part in
            let known = try #require(KnownParts(bytes: KnownParts([key: .found(.events(part))]).bytes))
            var back: EventPart?
            if case .events(let read)? = PartMemo(known).part(key) { back = read }
            return try #require(back, "seed \(seed): the part cannot be read back")
        }
        for (name, parts) in [("made", parts), ("read back", read)] {
            var found = SweptRows()
            for part in parts { part.add(to: &found, of: "one", awaited: hour(awaited)) }
            #expect(found.listed.rows == simple.listed.rows, "seed \(seed), \(name)")
            #expect(found.plain.units == simple.plain.units, "seed \(seed), \(name)")
            let stretches = found.plain.stretches.map { "\($0)" }
            #expect(stretches == simple.plain.stretches.map { "\($0)" }, "seed \(seed), \(name)")
        }
    }
}
