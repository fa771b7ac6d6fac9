import Evidence
import Formats
import Ledger
import Synchronization
import Testing

@testable import Assessment

/// Many tests over the same events: each block is read for all of them together.
@Suite struct BlockPassTests {
    @Test func `a block is read once for all tests that judge it, and they find what each finds alone`()
        throws
    {
        let facts = try Facts.deployments()
        let tests = try ["d.author != d.approver", "d.approver != 'b'", "d.scoped"].map {
            ControlTest(
                id: Identifier($0), title: "",
                versions: [
                    RequirementVersion(requirement: try Sample.event($0), inForce: .always, digest: $0)
                ],
                waivers: [])
        }
        var columns = try #require(ColumnHistory(facts.history(), blockRows: 10)["deploy"])
        let counted = columns.sources.mapValues { $0.events.map(CountedBlocks.init) }
        for (name, blocks) in counted { columns.sources[name]?.events = blocks }
        let all = ColumnHistory(facts.history(), blockRows: 10)
        let input = AssessmentInput(
            tests: tests, controls: [], criteria: [], tolerance: .standard, period: try hours(0, 48),
            knownAt: hour(100), programDigest: Digest.sha256([]))
        let result = try AssessmentResult(
            input, columns: ColumnHistory(kinds: ["deploy": columns], texts: all.texts, leaves: all.leaves),
            evidenceDigest: Digest.sha256([]))

        let simple = try AssessmentResult(input, history: facts.history(), evidenceDigest: Digest.sha256([]))
        #expect(try result.canonical == simple.canonical)
        #expect(result.tests.map(\.units.failing) == [6, 34, 0])
        for blocks in counted.values.compactMap({ $0 }) {
            #expect(blocks.blockCount == 4)
            #expect(blocks.read.withLock { $0 } == [0: 1, 1: 1, 2: 1, 3: 1])
            #expect(blocks.identified.withLock { $0 } == [0: 1, 1: 1, 2: 1, 3: 1])
        }
    }
}

/// Counts how often each block is read.
private final class CountedBlocks: EventBlocks {
    private let base: any EventBlocks
    let read = Mutex<[Int: Int]>([:])
    let identified = Mutex<[Int: Int]>([:])

    init(_ base: any EventBlocks) { self.base = base }

    var blockCount: Int { base.blockCount }
    func span(_ block: Int) -> ClosedRange<Int64> { base.span(block) }
    func fingerprint(_ block: Int) -> Digest { base.fingerprint(block) }

    func block(_ block: Int, fields: Set<Identifier>?) throws -> EventBlock {
        read.withLock { $0[block, default: 0] += 1 }
        return try base.block(block, fields: fields)
    }

    func identity(_ block: Int) throws -> EventIdentity {
        identified.withLock { $0[block, default: 0] += 1 }
        return try base.identity(block)
    }
}
