import Evidence
import Formats
import Ledger
import Programs
import Synchronization

/// One test's look at each block of the events of a source: it can be taken block by block, whatever other tests do
/// with the block in between, and what is found waits in the memo for the test's own sweep.
struct BlockReader: Sendable {
    let kind: Identifier
    let source: Identifier
    /// The fields that are read; nil is all.
    let fields: Set<Identifier>?
    /// Gives what one core calls for each of its blocks.
    let begin: @Sendable () -> (_ events: any EventBlocks, _ block: Int) throws -> Void
}

/// Goes once through the events of each source on behalf of all tests that read them block by block, so that a block is
/// read and decoded once, however many tests look at it, and no more than a block for each core is held.
///
/// Every test would find the same alone: this only fills the memo before they are swept.
struct BlockPass {
    private let frame: SweepFrame
    private let tests: [MeteredTest]
    private let readers: [SourceName: [BlockReader]]

    private struct SourceName: Hashable {
        let kind: Identifier
        let name: Identifier
    }

    init(_ tests: [ControlTest], _ frame: SweepFrame, costLimit: Int) {
        self.frame = frame
        let tests = tests.map { MeteredTest($0, limit: costLimit) }
        self.tests = tests
        let readers = Parallel.map(tests) { $0.test.blockReaders(frame) }.joined()
        self.readers = Dictionary(grouping: readers) { SourceName(kind: $0.kind, name: $0.source) }
    }

    func run() throws {
        for (source, readers) in readers where readers.count > 1 {
            guard let events = frame.columns[source.kind]?.sources[source.name]?.events else { continue }
            let fields = Self.union(readers.map(\.fields))
            try Parallel.chunks(events.blockCount) { chunk in
                let looks = readers.map { $0.begin() }
                for index in chunk {
                    let block = BlockInHand(index, of: events, fields: fields)
                    for look in looks { try look(block, index) }
                }
            }
        }
        for test in tests { try test.check() }
    }

    /// Nil, which is all, as soon as one of them is.
    private static func union(_ fields: [Set<Identifier>?]) -> Set<Identifier>? {
        fields.reduce([]) { found, own in found.flatMap { found in own.map(found.union) } }
    }
}

extension ControlTest {
    /// The looks that the test takes at single blocks of events; none for tests that are not swept that way.
    fileprivate func blockReaders(_ frame: SweepFrame) -> [BlockReader] {
        let kinds = Set(versions.map(\.requirement.kind))
        guard kinds.count == 1, let kind = kinds.first else { return [] }
        return switch kind {
        case .event:
            EventSweep(versions: versions, frame: frame, keepsMoments: keepsMoments).readers
        case .ratio: RatioSweep(versions: versions, frame: frame).readers
        case .sod where SodSweep.applies(to: versions):
            SodSweep(versions: versions, frame: frame, keepsMoments: keepsMoments).readers
        case .state, .cadence, .response, .recon, .sod, .attest: []
        }
    }
}

/// A block of events that several readers look at one after another: what the first of them has had read, the others
/// find. They get all the fields that any of them named.
private final class BlockInHand: EventBlocks {
    private let index: Int
    private let events: any EventBlocks
    private let fields: Set<Identifier>?
    private let held = Mutex(Held())

    private struct Held {
        var part: EventBlock?
        var whole: EventBlock?
        var identity: EventIdentity?
    }

    init(_ index: Int, of events: any EventBlocks, fields: Set<Identifier>?) {
        self.index = index
        self.events = events
        self.fields = fields
    }

    var blockCount: Int { events.blockCount }
    func span(_ block: Int) -> ClosedRange<Int64> { events.span(block) }
    func fingerprint(_ block: Int) -> Digest { events.fingerprint(block) }

    func block(_ block: Int, fields wanted: Set<Identifier>?) throws -> EventBlock {
        guard block == index else { return try events.block(block, fields: wanted) }
        return try held.withLock { held in
            if let whole = held.whole { return whole }
            if let fields, let wanted, wanted.isSubset(of: fields) {
                let part = try held.part ?? events.block(index, fields: fields)
                held.part = part
                return part
            }
            let whole = try events.block(index, fields: nil)
            held.whole = whole
            return whole
        }
    }

    func identity(_ block: Int) throws -> EventIdentity {
        guard block == index else { return try events.identity(block) }
        return try held.withLock { held in
            let identity = try held.identity ?? events.identity(index)
            held.identity = identity
            return identity
        }
    }
}
