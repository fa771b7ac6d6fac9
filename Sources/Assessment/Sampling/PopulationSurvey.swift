package import Evidence
package import Expressions
package import Formats

/// What the records of one kind say of how complete they are, whichever test judges them: numbers that are missing, keys
/// from more than one source, facts that came late, and the batches that the period rests on.
package struct PopulationSurvey: Sendable {
    let sequences: [NumberSequence]
    /// Events of the period that carry no running number.
    let unnumbered: Int
    /// How many keys come from more than one source, and from which. No key is told: it may be about a person.
    let shared: (count: Int, sources: Set<Identifier>)
    /// The facts that were added, corrected or taken back after their source had called their time complete.
    let late: LateTally
    /// Batches on whose words about records the period rests, whenever those begin to hold; by their log entries.
    package let leaves: Set<Int>

    /// - Parameters:
    ///   - records: all that is known of the kind.
    ///   - recorded: when each batch that is known was recorded, by leaf.
    ///   - listing: keeps which facts came late, to mark what was drawn.
    package init(
        _ records: KindColumns, texts: TextDictionary, in period: Interval, recorded: RecordingTimes,
        listing: Bool = false
    ) throws {
        var numbers = NumberSeries()
        var late = LateTally(isListing: listing)
        var leaves: Set<Int> = []
        for (source, columns) in records.inOrder {
            let lateness = Lateness(columns.mentions, period, recorded)
            let moves = Self.lateMoves(columns.moves, lateness)
            for move in moves.values {
                late.note(move.reference)
                if lateness.isInPeriod(move.old), !lateness.isInPeriod(move.new) { late.noteMoveOut() }
            }
            for part in try Self.parts(columns, source, lateness, Set(moves.keys), listing) {
                numbers.add(part.numbers)
                late.add(part.late)
            }
            guard let stated = columns.stated else { continue }
            let survey = try StatedSurvey(stated, lateness)
            for state in survey.late { late.note(state, of: source, texts) }
            leaves.formUnion(survey.leaves)
        }
        (sequences, unnumbered) = numbers.found
        shared = try Self.shared(records, texts, period)
        self.late = late
        self.leaves = leaves
    }

    /// The words that gave events another time too late, for where those had been or for where they then were.
    private static func lateMoves(_ moves: [EventMove], _ lateness: Lateness) -> [FactReference: EventMove] {
        let late = moves.filter { move in
            [move.old, move.new].contains { lateness.isLate(at: $0, leaf: move.reference.leaf) }
        }
        return Dictionary(late.map { ($0.reference, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Events

    private struct Part: Sendable {
        var numbers = NumberSeries()
        var late: LateTally
    }

    /// - Parameter counted: facts that are known to be late.
    private static func parts(
        _ columns: SourceColumns, _ source: Identifier, _ lateness: Lateness,
        _ counted: Set<FactReference>, _ listing: Bool
    ) throws -> [Part] {
        guard let events = columns.events else { return [] }
        return try Parallel.map(Array(0..<events.blockCount)) { index in
            let instants = try events.block(index, fields: []).instants
            let identity = try events.identity(index)
            var part = Part(late: LateTally(isListing: listing))
            part.numbers.add(identity.ids, of: source) { lateness.isInPeriod(instants[$0]) }
            for (row, at) in instants.enumerated()
            where lateness.isLate(at: at, leaf: Int(identity.leaves[row])) {
                let reference = identity.reference(row)
                if !counted.contains(reference) { part.late.note(reference) }
            }
            return part
        }
    }

    // MARK: More than one source

    private static func shared(
        _ records: KindColumns, _ texts: TextDictionary, _ period: Interval
    ) throws -> (count: Int, sources: Set<Identifier>) {
        let sources = records.inOrder.filter { !$0.records.isEmpty }
        if sources.count < 2 { return (0, []) }
        var found: [Identifier: [Identifier]] = [:]
        for (source, columns) in sources {
            // Whenever an event is said to have happened: two sources seldom agree to the second.
            var own: Set<Identifier> = []
            for row in 0..<columns.states.count where columns.states.lives(row..<row + 1, in: period) {
                own.insert(texts.identifier(columns.states.keys[row]))
            }
            for index in 0..<(columns.events?.blockCount ?? 0) {
                guard let events = columns.events else { continue }
                let instants = try events.block(index, fields: []).instants
                let identity = try events.identity(index)
                for (row, at) in instants.enumerated() where period.contains(Instant(microseconds: at)) {
                    own.insert(identity.ids.identifier(row))
                }
            }
            for key in own { found[key, default: []].append(source) }
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
