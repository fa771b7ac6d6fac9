import Catalog
import Evidence
import Expressions
import Formats

/// The events of one source that may answer triggers. Tests that ask for the same answers share them.
struct AnsweringEvents: Sendable {
    let events: any EventBlocks
    /// Events that count, with a key: all in order of time.
    private(set) var instants: [Int64] = []
    /// Block and row of each, in one number.
    private(set) var places: [UInt64] = []
    private var offsets: [UInt32] = []
    private var rows: [Int32] = []
    /// Events that may answer, in order of time.
    private(set) var doubtful: [(place: UInt64, event: EventRecord)] = []

    /// What tells the events that answer one test from those that answer another.
    struct Question: Hashable {
        let kind: Identifier
        let predicate: String?
        let predicateVariable: String?
        let key: String
        let keyVariable: String

        init(_ target: ResponseTarget) {
            kind = target.kind
            predicate = target.predicate?.expression.source
            predicateVariable = target.predicate?.variable
            key = target.key.expression.source
            keyVariable = target.key.variable
        }
    }

    /// Nil when the key is no plain text.
    init?(
        _ events: any EventBlocks, of kind: Kind, _ target: ResponseTarget, _ texts: TextDictionary
    ) throws {
        self.events = events
        let fields = kind.fieldsToRead([target.predicate, target.key])
        let plain = PlainKeys(target.key)
        var evaluation = target.predicate.map { ColumnEvaluation($0.expression) }
        var keys: [UInt32] = []
        for index in 0..<events.blockCount {
            let block = try events.block(index, fields: fields)
            let rows = ColumnBlock(
                count: block.count, variables: [(target.key.variable, block.record)],
                instants: block.instants)
            guard let own = plain.numbers(over: rows) else { return nil }
            var counts: [UInt8]?
            if let predicate = target.predicate, var own = evaluation.take() {
                counts = predicate.answers(&own, over: rows)
                evaluation = own
            }
            var doubtful: [Int] = []
            for row in 0..<block.count {
                let answer = counts?[row] ?? ColumnAnswer.yes
                if answer == ColumnAnswer.no { continue }
                if answer == ColumnAnswer.yes, own[row] != KeyNumbers.undecidable {
                    instants.append(block.instants[row])
                    places.append(Self.place(index, row))
                    keys.append(own[row])
                } else {
                    doubtful.append(row)
                }
            }
            if doubtful.isEmpty { continue }
            let whole = try events.block(index, fields: nil)
            let identity = try events.identity(index)
            self.doubtful += doubtful.map { (Self.place(index, $0), whole.event($0, identity)) }
        }
        (offsets, rows) = JoinTable.byKey(keys, count: texts.count)
    }

    private static func place(_ block: Int, _ row: Int) -> UInt64 { UInt64(block) << 32 | UInt64(row) }

    /// The first event with a key at an instant or after it.
    func first(_ key: UInt32, from start: Int64) -> Int? {
        guard Int(key) + 1 < offsets.count else { return nil }
        let end = Int(offsets[Int(key) + 1])
        var (low, high) = (Int(offsets[Int(key)]), end)
        while low < high {
            let middle = (low + high) / 2
            if instants[Int(rows[middle])] < start { low = middle + 1 } else { high = middle }
        }
        return low < end ? Int(rows[low]) : nil
    }
}
