package import Evidence
package import Expressions
package import Formats

/// What the records of one kind say of how complete they are, whichever test judges them: numbers that are missing, keys
/// from more than one source, and facts that came late.
package struct PopulationSurvey: Sendable {
    let sequences: [NumberSequence]
    /// Events of the period that carry no running number.
    let unnumbered: Int
    /// How many keys come from more than one source, and from which. No key is told: it may be about a person.
    let shared: (count: Int, sources: Set<Identifier>)
    /// How many facts were added or corrected after their source had called their time complete, and the first of them.
    let late: (count: Int, first: FactReference?)

    /// - Parameters:
    ///   - records: all that is known of the kind.
    ///   - recorded: when each batch that is known was recorded, by leaf.
    package init(
        _ records: KindColumns, texts: TextDictionary, in period: Interval, recorded: RecordingTimes
    ) throws {
        var numbers = NumberSeries()
        var late: (count: Int, first: FactReference?) = (0, nil)
        for (source, columns) in records.inOrder {
            let said = FirstAssertions(columns.mentions, recorded)
            for part in try Self.parts(columns, source, period, said, recorded) {
                numbers.add(part.numbers)
                late = (late.count + part.late, late.first ?? part.firstLate)
            }
        }
        (sequences, unnumbered) = numbers.found
        shared = try Self.shared(records, texts, period)
        self.late = late
    }

    // MARK: One part

    private struct Part: Sendable {
        var numbers = NumberSeries()
        var late = 0
        var firstLate: FactReference?

        mutating func note(_ reference: FactReference) {
            if late == 0 { firstLate = reference }
            late += 1
        }
    }

    private static func parts(
        _ columns: SourceColumns, _ source: Identifier, _ period: Interval, _ said: FirstAssertions,
        _ recorded: RecordingTimes
    ) throws -> [Part] {
        let (from, to) = (period.start.microseconds, period.end.microseconds)
        var parts: [Part] = []
        if let events = columns.events {
            parts += try Parallel.map(Array(0..<events.blockCount)) { index in
                let instants = try events.block(index, fields: []).instants
                let identity = try events.identity(index)
                var part = Part()
                part.numbers.add(identity.ids, of: source) { instants[$0] >= from && instants[$0] < to }
                for row in instants.indices where instants[row] >= from && instants[row] < to {
                    if said.isLate(instants[row], recorded[Int(identity.leaves[row])]) {
                        part.note(identity.reference(row))
                    }
                }
                return part
            }
        }
        let states = columns.states
        var part = Part()
        for row in 0..<states.count where states.starts[row] < to && states.ends[row] > from {
            if said.isLate(states.starts[row], recorded[Int(states.leaves[row])]) {
                part.note(states.reference(row))
            }
        }
        return parts + [part]
    }

    // MARK: More than one source

    /// A key at one time; records live through a stretch of it and have none.
    private struct Place: Hashable {
        let key: Identifier
        let at: Int64?
    }

    private static func shared(
        _ records: KindColumns, _ texts: TextDictionary, _ period: Interval
    ) throws -> (count: Int, sources: Set<Identifier>) {
        let sources = records.inOrder.filter { !$0.records.isEmpty }
        if sources.count < 2 { return (0, []) }
        var found: [Place: [Identifier]] = [:]
        for (source, columns) in sources {
            var own: Set<Place> = []
            for row in 0..<columns.states.count where columns.states.lives(row..<row + 1, in: period) {
                own.insert(Place(key: texts.identifier(columns.states.keys[row]), at: nil))
            }
            for index in 0..<(columns.events?.blockCount ?? 0) {
                guard let events = columns.events else { continue }
                let instants = try events.block(index, fields: []).instants
                let identity = try events.identity(index)
                for (row, at) in instants.enumerated() where period.contains(Instant(microseconds: at)) {
                    own.insert(Place(key: identity.ids.identifier(row), at: at))
                }
            }
            for place in own { found[place, default: []].append(source) }
        }
        let shared = found.values.filter { $0.count > 1 }
        return (shared.count, Set(shared.joined()))
    }
}

extension SourceColumns {
    fileprivate var isEmpty: Bool { states.count == 0 && (events?.blockCount ?? 0) == 0 }
}

/// When each batch that is known was recorded, by its log entry.
package struct RecordingTimes: Sendable {
    private let times: [Int64]

    package init(_ recorded: some Sequence<(leaf: Int, recorded: Instant)>) {
        var times: [Int64] = []
        for (leaf, recorded) in recorded {
            while times.count <= leaf { times.append(.min) }
            times[leaf] = recorded.microseconds
        }
        self.times = times
    }

    package func time(of leaf: Int) -> Instant { Instant(microseconds: self[leaf]) }

    /// In microseconds since 1970; the earliest of all where nothing is known of a batch.
    subscript(leaf: Int) -> Int64 { times.indices.contains(leaf) ? times[leaf] : .min }
}
