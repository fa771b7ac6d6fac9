import Catalog
import Evidence
import Expressions
import Formats

/// The qualifying events of a cadence test in order of time, by the number of the subject's key.
struct Occurrences {
    /// A block of events of a source.
    struct Block: Hashable {
        let source: Int32
        let index: Int32
    }

    private struct Place {
        let block: Block
        let row: Int32
    }

    /// By subject, then in order of time, in microseconds since 1970.
    private var instants: [Int64] = []
    private var places: [Place] = []
    /// Where the events of each subject begin; one entry more than subjects.
    private var offsets: [UInt32] = []
    private var keys: [UInt32] = []
    /// The events of each source, in order of the sources; nil where it has none.
    private let sources: [(any EventBlocks)?]

    /// Nil when a key is no plain text, or an event cannot be judged.
    init?(_ rule: CadenceRequirement, _ frame: SweepFrame, from first: Instant, to last: Instant) throws {
        let columns = frame.columns[rule.kind]
        sources = columns?.inOrder.map(\.records.events) ?? []
        var filled = 0
        for (index, events) in sources.enumerated() {
            guard let kind = columns?.kind, let events else { continue }
            let before = keys.count
            guard try add(events, Int32(index), kind, rule, first...last) else { return nil }
            if keys.count > before { filled += 1 }
        }
        if filled > 1 {
            // Which of two events at one instant comes first does not matter here: both are events.
            let order = instants.indices.sorted { instants[$0] < instants[$1] }
            (keys, instants, places) = (
                order.map { keys[$0] }, order.map { instants[$0] }, order.map { places[$0] }
            )
        }
        if rule.subjects == nil {
            offsets = [0, UInt32(instants.count)]
        } else {
            let (offsets, rows) = JoinTable.byKey(keys, count: max(frame.columns.texts.count, 1))
            self.offsets = offsets
            (instants, places) = (rows.map { instants[Int($0)] }, rows.map { places[Int($0)] })
        }
        keys = []
    }

    private mutating func add(
        _ events: any EventBlocks, _ source: Int32, _ kind: Kind, _ rule: CadenceRequirement,
        _ reach: ClosedRange<Instant>
    ) throws -> Bool {
        let key = rule.subjects?.key
        if let key, let qualify = rule.qualify, key.variable != qualify.variable { return false }
        let fields = kind.fieldsToRead([rule.qualify, key])
        let plain = key.map(PlainKeys.init)
        var evaluation = rule.qualify.map { ColumnEvaluation($0.expression) }
        for index in 0..<events.blockCount {
            let span = events.span(index)
            guard span.upperBound >= reach.lowerBound.microseconds,
                span.lowerBound <= reach.upperBound.microseconds
            else { continue }
            let block = try events.block(index, fields: fields)
            let rows = ColumnBlock(
                count: block.count,
                variables: [(key?.variable ?? rule.qualify?.variable ?? "", block.record)],
                instants: block.instants)
            var counts: [UInt8]?
            if let qualify = rule.qualify, var own = evaluation.take() {
                counts = qualify.answers(&own, over: rows)
                evaluation = own
            }
            var numbers: [UInt32]?
            if let plain {
                guard let own = plain.numbers(over: rows) else { return false }
                numbers = own
            }
            for row in 0..<block.count {
                let answer = counts?[row] ?? ColumnAnswer.yes
                if answer == ColumnAnswer.no { continue }
                let number = numbers?[row] ?? 0
                if answer != ColumnAnswer.yes || number == KeyNumbers.undecidable { return false }
                keys.append(number)
                instants.append(block.instants[row])
                places.append(Place(block: Block(source: source, index: Int32(index)), row: Int32(row)))
            }
        }
        return true
    }

    private func range(_ number: UInt32) -> Range<Int> {
        guard Int(number) + 1 < offsets.count else { return 0..<0 }
        return Int(offsets[Int(number)])..<Int(offsets[Int(number) + 1])
    }

    /// When the events of a subject happened, in order.
    func instants(_ number: UInt32) -> ArraySlice<Int64> { instants[range(number)] }

    /// The events of a subject as the simple evaluator knows them; their values are not looked at any more.
    ///
    /// - Parameter identities: of the blocks that the subjects before asked for, but for a few blocks only.
    func events(_ number: UInt32, _ identities: inout BlockIdentities) throws -> [EventRecord] {
        let own = range(number)
        var found: [EventRecord] = []
        found.reserveCapacity(own.count)
        // The id only tells which of several at one instant comes first.
        var isInOrder = true
        for index in own {
            let isAlone =
                (index == own.lowerBound || instants[index - 1] != instants[index])
                && (index + 1 == own.upperBound || instants[index + 1] != instants[index])
            isInOrder = isInOrder && isAlone
            let place = places[index]
            try identities.read(place.block, of: sources)
            found.append(
                EventRecord(
                    id: isAlone ? "" : identities.last.ids.identifier(Int(place.row)),
                    at: Instant(microseconds: instants[index]), value: JSONObject(),
                    reference: identities.last.reference(Int(place.row))))
        }
        return isInOrder ? found : CadenceEvaluation.Occurrences.inOrder(found)
    }
}

/// Who the events of a few blocks are, those read last.
struct BlockIdentities {
    private static let most = 16

    /// Those of the block that was asked for last.
    private(set) var last = EventIdentity(ids: TextColumn(), leaves: [], items: [])
    private var block: Occurrences.Block?
    private var held: [Occurrences.Block: EventIdentity] = [:]

    /// Sees to it that `last` is of a block.
    mutating func read(_ wanted: Occurrences.Block, of sources: [(any EventBlocks)?]) throws {
        // Events in order of time are mostly in the block of the one before.
        if block == wanted { return }
        if held[wanted] == nil, let events = sources[Int(wanted.source)] {
            if held.count == Self.most { held = [:] }
            held[wanted] = try events.identity(Int(wanted.index))
        }
        if let found = held[wanted] { (last, block) = (found, wanted) }
    }
}
