import Evidence
import Formats

/// Where an event stands among those of its kind: sources by number, blocks in order of time.
struct EventPlace: Hashable, Comparable {
    /// Source, block and row: 16, 24 and 24 bits.
    private let number: UInt64

    init(source: Int, block: Int, row: Int) {
        number = UInt64(source) << 48 | UInt64(block) << 24 | UInt64(row)
    }

    var source: Int { Int(number >> 48) }
    var block: Int { Int(number >> 24 & 0xFF_FFFF) }
    var row: Int { Int(number & 0xFF_FFFF) }

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Who the events of a few blocks are, those read last.
struct BlockIdentities {
    private static let most = 16

    /// The events of each source, by its number; nil where it has none.
    private let sources: [(any EventBlocks)?]
    /// Those of the block that was asked for last.
    private var last = EventIdentity(ids: TextColumn(), leaves: [], items: [])
    private var block: EventPlace?
    /// By the place of the block's first event.
    private var held: [EventPlace: EventIdentity] = [:]

    init(_ columns: KindColumns?) {
        sources = columns?.inOrder.map(\.records.events) ?? []
    }

    mutating func reference(_ place: EventPlace) throws -> FactReference {
        try read(place)
        return last.reference(place.row)
    }

    mutating func id(_ place: EventPlace) throws -> Identifier {
        try read(place)
        return last.ids.identifier(place.row)
    }

    /// Sees to it that `last` is of the block of an event.
    private mutating func read(_ place: EventPlace) throws {
        // Events in order of time are mostly in the block of the one before.
        let wanted = EventPlace(source: place.source, block: place.block, row: 0)
        if block == wanted { return }
        if held[wanted] == nil, let events = sources[place.source] {
            if held.count == Self.most { held = [:] }
            held[wanted] = try events.identity(place.block)
        }
        if let found = held[wanted] { (last, block) = (found, wanted) }
    }
}
