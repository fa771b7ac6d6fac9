import Catalog
import Evidence
import Expressions
import Formats

/// The events of one source that satisfy a predicate, by the number of a key and in order of time. Tests that ask for the
/// same events share them.
struct KeyedEvents: Sendable {
    /// By key, then in order of time, in microseconds since 1970.
    private var instants: [Int64] = []
    private var places: [EventPlace] = []
    /// Where the events of each key begin; one entry more than keys.
    private var offsets: [UInt32] = []
    /// Events of which it cannot be said whether they satisfy the predicate, or what their key is; in order of time.
    private(set) var doubtful: [(place: EventPlace, event: EventRecord)] = []

    /// What tells the events that one test asks for from those that another does.
    struct Question: Hashable {
        private let kind: Identifier
        private let predicate: String?
        private let key: String?
        private let variable: String

        init(_ kind: Identifier, where predicate: Predicate?, by key: Predicate?) {
            self.kind = kind
            self.predicate = predicate?.expression.source
            self.key = key?.expression.source
            variable = KeyedEvents.variable(predicate, key)
        }
    }

    /// What the expressions call the event.
    private static func variable(_ predicate: Predicate?, _ key: Predicate?) -> String {
        key?.variable ?? predicate?.variable ?? ""
    }

    /// Nil when the key is no plain text.
    ///
    /// - Parameters:
    ///   - source: the number of the source, for the places of its events.
    ///   - key: calls the event as the predicate does. Without it all events have the key 0.
    init?(
        _ events: any EventBlocks, source: Int, of kind: Kind, where predicate: Predicate?,
        by key: Predicate?, _ texts: TextDictionary
    ) throws {
        let fields = kind.fieldsToRead([predicate, key])
        let variable = Self.variable(predicate, key)
        let plain = key.map(PlainKeys.init)
        var evaluation = predicate.map { ColumnEvaluation($0.expression) }
        var keys: [UInt32] = []
        for index in 0..<events.blockCount {
            let block = try events.block(index, fields: fields)
            let rows = ColumnBlock(
                count: block.count, variables: [(variable, block.record)], instants: block.instants)
            var numbers: [UInt32]?
            if let plain {
                guard let own = plain.numbers(over: rows) else { return nil }
                numbers = own
            }
            var counts: [UInt8]?
            if let predicate, var own = evaluation.take() {
                counts = predicate.answers(&own, over: rows)
                evaluation = own
            }
            var doubtful: [Int] = []
            let (yes, no) = (ColumnAnswer.yes, ColumnAnswer.no)
            for row in 0..<block.count {
                let answer = counts?[row] ?? yes
                if answer == no { continue }
                let number = numbers?[row] ?? 0
                if answer == yes, number != KeyNumbers.undecidable {
                    keys.append(number)
                    instants.append(block.instants[row])
                    places.append(EventPlace(source: source, block: index, row: row))
                } else {
                    doubtful.append(row)
                }
            }
            if doubtful.isEmpty { continue }
            let whole = try events.block(index, fields: nil)
            let identity = try events.identity(index)
            self.doubtful += doubtful.map {
                (EventPlace(source: source, block: index, row: $0), whole.event($0, identity))
            }
        }
        if key == nil {
            offsets = [0, UInt32(instants.count)]
        } else {
            sort(by: keys, count: texts.count)
        }
    }

    /// The events of several sources together.
    init(_ sources: [KeyedEvents]) {
        if sources.count == 1 {
            self = sources[0]
            return
        }
        var keys: [UInt32] = []
        for source in sources {
            for key in source.offsets.indices.dropLast() {
                keys += repeatElement(UInt32(key), count: source.range(UInt32(key)).count)
            }
            instants += source.instants
            places += source.places
            doubtful += source.doubtful
        }
        let order = instants.indices.sorted { (instants[$0], places[$0]) < (instants[$1], places[$1]) }
        (keys, instants, places) = (
            order.map { keys[$0] }, order.map { instants[$0] }, order.map { places[$0] }
        )
        doubtful.sort { ($0.event.at, $0.place) < ($1.event.at, $1.place) }
        sort(by: keys, count: (sources.map(\.offsets.count).max() ?? 1) - 1)
    }

    /// - Parameter keys: of the events, which are in order of time.
    private mutating func sort(by keys: [UInt32], count: Int) {
        let (offsets, rows) = JoinTable.byKey(keys, count: count)
        self.offsets = offsets
        (instants, places) = (rows.map { instants[Int($0)] }, rows.map { places[Int($0)] })
    }

    private func range(_ key: UInt32) -> Range<Int> {
        guard Int(key) + 1 < offsets.count else { return 0..<0 }
        return Int(offsets[Int(key)])..<Int(offsets[Int(key) + 1])
    }

    /// When the events with a key happened, in order.
    func instants(_ key: UInt32) -> ArraySlice<Int64> { instants[range(key)] }

    /// Where the first of some events stands that happened at an instant or after it.
    private func place(in own: Range<Int>, from start: Int64) -> Int {
        var (low, high) = (own.lowerBound, own.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if instants[middle] < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first event with a key at an instant or after it.
    func first(_ key: UInt32, from start: Int64) -> (at: Int64, place: EventPlace)? {
        let own = range(key)
        let first = place(in: own, from: start)
        return first < own.upperBound ? (instants[first], places[first]) : nil
    }

    /// The fact of the last event with a key before an instant.
    ///
    /// - Parameter identities: of this kind of events.
    func last(
        _ key: UInt32, before instant: Int64, _ identities: inout BlockIdentities
    ) throws -> FactReference? {
        let own = range(key)
        let end = place(in: own, from: instant)
        if end == own.lowerBound { return nil }
        let same = place(in: own, from: instants[end - 1])..<end
        if same.count == 1 { return try identities.reference(places[end - 1]) }
        // Of several at one instant, the id tells which comes last.
        let named = try places[same].map { (try identities.id($0), try identities.reference($0)) }
        return named.max { $0 < $1 }?.1
    }
}
