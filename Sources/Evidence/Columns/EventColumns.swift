package import Expressions
package import Formats
package import Ledger

/// Texts one behind the other, such as the ids of events: each stands once, so a dictionary would save nothing.
package struct TextColumn: Sendable {
    package let bytes: [UInt8]
    /// Where each text ends in `bytes`.
    package let ends: [UInt32]

    package init(bytes: [UInt8] = [], ends: [UInt32] = []) {
        self.bytes = bytes
        self.ends = ends
    }

    package func utf8(_ row: Int) -> ArraySlice<UInt8> {
        bytes[(row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])]
    }

    package func identifier(_ row: Int) -> Identifier {
        Identifier(String(decoding: utf8(row), as: UTF8.self))
    }
}

/// Some of the events of one kind from one source, in order of time, then of id.
package struct EventBlock: Sendable {
    /// Most rows that one block holds.
    package static let capacity = 65_536

    /// Microseconds since 1970 in UTC.
    package let instants: [Int64]
    package let record: RecordColumns
    /// Nil when the caller did not ask for them.
    package let identity: EventIdentity?

    package init(instants: [Int64], record: RecordColumns, identity: EventIdentity?) {
        self.instants = instants
        self.record = record
        self.identity = identity
    }

    package var count: Int { instants.count }
}

/// Who the events of a block are: wanted only for the few that are shown.
package struct EventIdentity: Sendable {
    package let ids: TextColumn
    /// Where the facts stand in the log.
    package let leaves: [UInt32]
    package let items: [UInt32]

    package init(ids: TextColumn, leaves: [UInt32], items: [UInt32]) {
        self.ids = ids
        self.leaves = leaves
        self.items = items
    }

    package func reference(_ row: Int) -> FactReference {
        FactReference(leaf: Int(leaves[row]), item: Int(items[row]))
    }
}

/// The events of one kind from one source, read a block at a time.
package protocol EventBlocks: Sendable {
    var blockCount: Int { get }
    /// The first and last instant of a block, in microseconds since 1970.
    func span(_ block: Int) -> ClosedRange<Int64>
    /// Reads the instants and the named fields of a block, nil being all; what the kind does not declare is passed over.
    func block(_ block: Int, fields: Set<Identifier>?) throws -> EventBlock
    /// Reads ids and references of a block.
    func identity(_ block: Int) throws -> EventIdentity
    /// Digest of which facts of the log a block holds, in their order: facts never change, so within one log blocks with
    /// equal digests hold the same events. It says nothing across logs.
    func fingerprint(_ block: Int) -> Digest
}

/// Events that are held in memory.
package struct MemoryEventBlocks: EventBlocks {
    package let blocks: [EventBlock]
    private let fingerprints: [Digest]

    /// - Parameter blocks: none of them empty, each with its identity.
    package init(_ blocks: [EventBlock]) {
        self.blocks = blocks
        fingerprints = blocks.map { block in
            var digest = RunningDigest()
            for numbers in [block.identity?.leaves ?? [], block.identity?.items ?? []] {
                numbers.withUnsafeBytes { digest.update($0) }
            }
            return digest.finish()
        }
    }

    package func fingerprint(_ block: Int) -> Digest { fingerprints[block] }

    package var blockCount: Int { blocks.count }

    package func span(_ block: Int) -> ClosedRange<Int64> {
        let instants = blocks[block].instants
        return instants[0]...instants[instants.count - 1]
    }

    package func block(_ block: Int, fields: Set<Identifier>?) -> EventBlock { blocks[block] }

    package func identity(_ block: Int) -> EventIdentity {
        blocks[block].identity ?? EventIdentity(ids: TextColumn(), leaves: [], items: [])
    }
}
