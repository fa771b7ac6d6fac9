import Evidence
import Formats

/// The batch that an import is filling.
struct NativeBatch: Sendable {
    private let header: BatchHeader?
    private var setting: NativeImporter.Setting
    private let source: Identifier
    private let headerFailures: [CollectionFailure]
    /// Why none of the facts can be taken.
    private let refusal: String?
    private var started: Instant
    private var facts = RawFacts()
    private var places = RecordIndex()
    private var aside = SetAsideList()
    /// Lines that say what is covered, held back until the end: what has not been read to its end covers nothing.
    private var covering: [(fact: Fact, line: Int)] = []
    /// Whether a line of an earlier part may have held a record that nobody could read.
    private var hidesRecord = false
    /// Records that came under this header, in all parts. What says the same again is the same record, and a line
    /// counts that may have held one which nobody could read.
    private var received = 0
    /// The hashes of changes that came under a header with a count.
    private var counted: Set<Int> = []

    init(header: BatchHeader?, line: Int, setting: NativeImporter.Setting) {
        self.header = header
        self.setting = setting
        started = header?.at ?? setting.now()
        guard let header else {
            source = setting.origin.source
            (headerFailures, refusal) = ([], nil)
            return
        }
        let stated = header.source ?? setting.origin.source
        if case .fixed(let source) = setting.origin, stated != source {
            self.source = source
            let reason = "the batch header on line \(line) names another source than \"\(source)\""
            refusal = reason
            headerFailures = [CollectionFailure(kind: nil, scope: "line \(line)", reason: reason)]
        } else {
            source = stated
            (headerFailures, refusal) = (header.failures, nil)
        }
    }

    init(unreadable error: NativeLineError, line: Int, setting: NativeImporter.Setting) {
        header = nil
        self.setting = setting
        source = setting.origin.source
        started = setting.now()
        refusal = "the batch header on line \(line) cannot be read"
        headerFailures = [
            CollectionFailure(
                kind: nil, scope: "line \(line)",
                reason: "the batch header cannot be read: \(error.description)")
        ]
    }

    private var mode: BatchMode { refusal == nil ? header?.mode ?? .changes : .changes }
    private var kinds: [Identifier] {
        header.map { $0.kinds.isEmpty ? setting.kinds : $0.kinds } ?? setting.kinds
    }

    /// Nothing was announced and nothing came.
    var isEmpty: Bool {
        header == nil && refusal == nil && facts.isEmpty && aside.isEmpty && covering.isEmpty
    }

    /// A snapshot is never cut in parts: a key that is missing in it has ceased to exist.
    var isFull: Bool { mode == .changes && facts.count >= setting.batchLimit }

    mutating func setAside(_ line: Int, _ reason: String) {
        received += 1
        aside.add(line: line, reason)
    }

    mutating func breakOff(_ failure: CollectionFailure) {
        setting.incomplete = failure
    }

    mutating func add(_ fact: Fact, source named: Identifier?, line: Int) {
        if let refusal { return aside.add(line: line, refusal) }
        if let named, named != source {
            return setAside(line, "names another source than its batch, \"\(source)\"")
        }
        switch mode {
        case .changes: addChange(fact, line: line)
        case .snapshot: addToSnapshot(fact, line: line)
        // No header says so: what was skipped has no lines.
        case .skipped: aside.add(line: line, "its batch says that nothing was collected")
        }
    }

    private mutating func addChange(_ fact: Fact, line: Int) {
        if case .coverage = fact.shape {
            if failed(fact.kind) {
                return aside.add(line: line, "covers a kind that the batch header says has failed")
            }
            return covering.append((fact, line))
        }
        let hash = RecordIndex.hash(of: fact.key, at: fact.start)
        if let earlier = find(fact, hash) {
            if setting.form.isSame(facts.facts[earlier], fact) { return }
            received += 1
            return aside.add(
                line: line, "says something else of the same record and time than an earlier line",
                place: " (line \(facts.lines[earlier] ?? 0))")
        }
        if isNew(fact) { received += 1 }
        keep(fact, hash, line: line)
    }

    /// Whether no earlier part has held the record at this time either; only where somebody counts them.
    private mutating func isNew(_ fact: Fact) -> Bool {
        guard header?.sourceTotal != nil else { return true }
        var hasher = Hasher()
        hasher.combine(fact.kind)
        hasher.combine(fact.key)
        hasher.combine(fact.start)
        return counted.insert(hasher.finalize()).inserted
    }

    private mutating func addToSnapshot(_ fact: Fact, line: Int) {
        if !kinds.contains(fact.kind) {
            return aside.add(
                line: line, "its kind is not among the \"kinds\" of the batch header", mayHideRecord: false)
        }
        if case .coverage(let interval) = fact.shape {
            if interval.start <= started { return addChange(fact, line: line) }
            // Of such a snapshot a verifier would not know of which time it is.
            return aside.add(
                line: line, "covers a time that begins later than the snapshot it stands in",
                mayHideRecord: false)
        }
        guard case .state(let from, let to, let value) = fact.shape else {
            return setAside(line, "an event cannot stand in a snapshot, which holds states")
        }
        guard let value else {
            return setAside(line, "a record that does not exist is left out of a snapshot, not given as null")
        }
        if to != nil { return setAside(line, "a snapshot says what is, not until when: give \"at\"") }
        if from > started { return setAside(line, "later than the snapshot it stands in") }
        let record = Fact.state(fact.kind, fact.key, from: started, value)
        let hash = RecordIndex.hash(of: record.key, at: started)
        if let earlier = find(record, hash) {
            let isSame = setting.form.isSame(facts.facts[earlier], record)
            if !isSame { received += 1 }
            return aside.add(
                line: line,
                "the same key of the same kind stands twice in a snapshot"
                    + (isSame ? "" : ", with different values"),
                place: " (first on line \(facts.lines[earlier] ?? 0))", mayHideRecord: !isSame)
        }
        received += 1
        keep(record, hash, line: line)
    }

    /// The place of the last fact that speaks of the same record and time.
    private func find(_ fact: Fact, _ hash: Int) -> Int? {
        var place = places.last(hash)
        while let found = place {
            if facts.facts[found].isAbout(fact) { return found }
            place = places.previous(found)
        }
        return nil
    }

    private mutating func keep(_ fact: consuming Fact, _ hash: Int, line: Int) {
        places.note(hash)
        facts.append(fact, line: line)
    }

    private func failed(_ kind: Identifier) -> Bool {
        headerFailures.contains { $0.kind == nil || $0.kind == kind }
    }

    /// Why what came is not what the source says that it has; nil when it is, or when nobody has said.
    ///
    /// A batch that was refused or broken off has its reason already.
    private var miscount: String? {
        guard let total = header?.sourceTotal, refusal == nil, setting.incomplete == nil, mode != .skipped,
            received != total
        else { return nil }
        return "the batch header counts \(total) records, \(received) came"
    }

    /// Empties the batch for the next part of the same changes.
    mutating func startNextPart() {
        facts.removeAll(keepingCapacity: true)
        places.removeAll()
        if aside.entries.contains(where: \.mayHideRecord) { hidesRecord = true }
        aside = SetAsideList()
        if header?.at == nil { started = setting.now() }
    }

    /// The batch as it stands.
    /// - Parameter isLast: nothing more comes under this header. What the header says of the whole, its failures and
    ///   its count, goes with the last part.
    func delivery(isLast: Bool) -> Delivery {
        var failures = isLast ? headerFailures : []
        let miscount = isLast ? miscount : nil
        if let miscount {
            let failed: [Identifier?] = kinds.isEmpty ? [nil] : kinds
            failures += failed.map { CollectionFailure(kind: $0, scope: "total", reason: miscount) }
        }
        var facts = facts
        if isLast, setting.incomplete == nil, miscount == nil, !hidesRecord {
            for (fact, line) in covering { facts.append(fact, line: line) }
        } else if isLast, hidesRecord, !covering.isEmpty {
            failures.append(
                CollectionFailure(
                    kind: nil, scope: "the file",
                    reason:
                        "lines of an earlier part could not be read, so what it says is covered does not count"
                ))
        }
        if mode == .snapshot {
            if let incomplete = setting.incomplete {
                failures += kinds.map {
                    CollectionFailure(kind: $0, scope: incomplete.scope, reason: incomplete.reason)
                }
            } else if miscount == nil {
                facts += coverage
            }
        }
        let ended = mode == .snapshot ? started : header?.at ?? setting.now()
        var delivery = Delivery(
            BatchDraft(
                source: source, collector: setting.collector, mode: mode,
                query: header.flatMap { $0.query.isEmpty ? nil : $0.query } ?? setting.query,
                parameters: setting.parameters, kinds: kinds, started: started,
                ended: ended,
                sourceTotal: isLast ? header?.sourceTotal : nil,
                facts: facts,
                setAside: aside.entries, failures: failures),
            recorded: header?.recorded)
        delivery.isContinued = !isLast
        return delivery
    }

    private var coverage: [RawFact] {
        let freshness = setting.declared[source] ?? setting.freshness
        guard let interval = Interval(from: started, to: started + freshness) else { return [] }
        return kinds.filter { !failed($0) }.map { RawFact(.coverage($0, interval)) }
    }
}

extension Fact {
    /// Whether both speak of the same record and time.
    fileprivate func isAbout(_ other: Fact) -> Bool {
        start == other.start && key == other.key && kind == other.kind && isCoverage == other.isCoverage
    }
}
