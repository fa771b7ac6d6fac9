import Evidence

/// What was said of the records of one kind from one source, fact by fact, as far as it is of a period: what holds now does
/// not tell of what was taken back.
struct StatedSurvey {
    /// The batches whose words the period rests on, by their log entries: those that speak of it, and for each record the
    /// last one before it, which may say that it is gone.
    let leaves: Set<Int>
    /// The facts that came after their source had called their time complete.
    let late: [StatedState]

    init(_ stated: StatedStates, _ lateness: Lateness) throws {
        var leaves: Set<Int> = []
        var standing: [UInt32: StatedState] = [:]
        var candidates: [StatedState] = []
        try stated.forEach { state in
            let end = state.end ?? .max
            guard state.start < lateness.to, end > lateness.from else { return }
            if lateness.isLate(from: state.start, to: end, leaf: state.reference.leaf) {
                candidates.append(state)
            }
            if state.end != nil || state.start >= lateness.from {
                leaves.insert(state.reference.leaf)
            } else if standing[state.key].map({ $0.start <= state.start }) ?? true {
                standing[state.key] = state
            }
        }
        self.leaves = leaves.union(standing.values.map(\.reference.leaf))
        late = try Self.late(among: candidates, stated, lateness)
    }

    /// Leaves out the facts without an end that were late only behind a next one, which was known when they came: they said
    /// nothing of that time.
    private static func late(
        among candidates: [StatedState], _ stated: StatedStates, _ lateness: Lateness
    ) throws -> [StatedState] {
        let keys = Set(candidates.filter { $0.end == nil }.map(\.key))
        if keys.isEmpty { return candidates }
        var changes: [UInt32: [StatedState]] = [:]
        try stated.forEach { state in
            if state.end == nil, keys.contains(state.key) { changes[state.key, default: []].append(state) }
        }
        changes = changes.mapValues { $0.sorted { $0.start < $1.start } }
        return candidates.filter { state in
            guard state.end == nil else { return true }
            let leaf = state.reference.leaf
            let next = Self.changes(changes[state.key] ?? [], after: state.start)
                .first { lateness.isKnown($0.reference.leaf, to: leaf) }
            return lateness.isLate(from: state.start, to: next?.start ?? .max, leaf: leaf)
        }
    }

    /// Those of sorted changes that begin after an instant.
    private static func changes(_ sorted: [StatedState], after start: Int64) -> ArraySlice<StatedState> {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].start <= start { low = middle + 1 } else { high = middle }
        }
        return sorted[low...]
    }
}
