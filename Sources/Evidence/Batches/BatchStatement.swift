package import Formats
package import Ledger

/// The items of a batch as the log knows them: how many, and the root of their Merkle tree.
package struct Population: Sendable, Hashable {
    package let root: Digest
    package let count: Int

    package init(root: Digest, count: Int) {
        self.root = root
        self.count = count
    }
}

/// Where a batch stands in the run of its source, so that one left out shows (`docs/proof.md`).
package struct SeriesPlace: Sendable, Hashable {
    /// Counted from 0 for each source.
    package let sequence: Int
    /// Leaf hash of the source's batch before this one; nil for the first.
    package let previous: Digest?

    package init(sequence: Int, previous: Digest?) {
        self.sequence = sequence
        self.previous = previous
    }
}

/// What became of the records that a collection received.
package struct BatchCounts: Sendable, Hashable {
    package var received = 0
    /// New or changed, and therefore items of the population.
    package var facts = 0
    package var unchanged = 0
    package var setAside = 0
}

/// What the log says of a batch: everything about a collection but the collected values (`docs/proof.md`).
package struct BatchStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:batch:3"
    /// What was recorded before records were named by keyed hashes: such batches have no `members`.
    package static let formerType: Identifier = "urn:assay:batch:2"

    /// Whether entries of a type are batches.
    package static func isBatch(_ type: Identifier) -> Bool { type == predicateType || type == formerType }

    /// Whose key signs entries of a type: what was collected is the collector's, everything else the log's.
    package static func signer(of type: Identifier) -> KeyPurpose {
        isBatch(type) ? .collector : .log
    }

    /// Longest list of reasons or failures in a statement: an entry of the log has at most 65,535 bytes.
    static let listLimit = 50
    /// Longest text in such a list, in bytes.
    private static let textLimit = 200

    package let source: Identifier
    package let series: SeriesPlace
    package let collector: Collector
    package let mode: BatchMode
    package let query: String
    package let parameters: [String: String]
    package let kinds: [Identifier]
    package let started: Instant
    package let ended: Instant
    /// When it became known: its knowledge time.
    package let recorded: Instant
    package let pages: Int
    package let sourceTotal: Int?
    package let counts: BatchCounts
    /// Reasons for records set aside, each with its count, most frequent first.
    package let setAside: [(reason: String, count: Int)]
    package let failures: [CollectionFailure]
    package let population: Population
    /// The records that it speaks of; nil in a batch of the former type.
    package let members: Members?

    package static func == (left: BatchStatement, right: BatchStatement) -> Bool {
        left.predicate == right.predicate
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(population)
        hasher.combine(source)
    }

    init(
        _ draft: BatchDraft, series: SeriesPlace, recorded: Instant, counts: BatchCounts,
        setAside: [SetAside], population: Population, members: Members
    ) {
        source = draft.source
        self.series = series
        collector = draft.collector
        mode = draft.mode
        query = Self.clipped(draft.query, to: 2_000)
        parameters = draft.parameters.mapValues { Self.clipped($0, to: 500) }
        kinds = draft.kinds
        started = draft.started
        ended = draft.ended
        self.recorded = recorded
        pages = draft.pages
        sourceTotal = draft.sourceTotal
        self.counts = counts
        var reasons: [Identifier: Int] = [:]
        for record in setAside { reasons[Identifier(Self.clipped(record.reason)), default: 0] += 1 }
        self.setAside = reasons.map { ($0.key.text, $0.value) }
            .sorted { ($1.1, Identifier($0.0)) < ($0.1, Identifier($1.0)) }
            .prefix(Self.listLimit).map { (reason: $0.0, count: $0.1) }
        failures = draft.failures.prefix(Self.listLimit).map { failure in
            CollectionFailure(
                kind: failure.kind, scope: Self.clipped(failure.scope), reason: Self.clipped(failure.reason))
        }
        self.population = population
        self.members = members
    }

    private static func clipped(_ text: String, to limit: Int = textLimit) -> String {
        if text.utf8.count <= limit { return text }
        var short = ""
        var length = 0
        for character in text.unicodeScalars {
            length += character.utf8.count
            if length > limit - 3 { break }
            short.unicodeScalars.append(character)
        }
        return short + "…"
    }
}

extension BatchStatement {
    /// The predicate of the in-toto statement.
    package var predicate: JSONObject {
        var object = JSONObject()
        for (name, value) in parts { object.append(name, value) }
        if let members { object.append("members", members.json) }
        if let sourceTotal { object.append("sourceTotal", .integer(Int64(sourceTotal))) }
        return object
    }

    private var parts: [(String, JSON)] {
        [
            ("source", .string(source.text)),
            (
                "series",
                .object([
                    ("sequence", .integer(Int64(series.sequence))),
                    ("previous", series.previous.map { .string($0.hex) } ?? .null),
                ])
            ),
            (
                "collector",
                .object([("name", .string(collector.name)), ("version", .string(collector.version))])
            ),
            ("mode", .string(mode.rawValue)), ("query", .string(query)),
            (
                "parameters",
                .object(parameters.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
            ),
            ("kinds", .array(kinds.map { .string($0.text) })), ("started", .string(started.description)),
            ("ended", .string(ended.description)), ("recorded", .string(recorded.description)),
            ("pages", .integer(Int64(pages))),
            (
                "counts",
                .object([
                    ("received", .integer(Int64(counts.received))), ("facts", .integer(Int64(counts.facts))),
                    ("unchanged", .integer(Int64(counts.unchanged))),
                    ("setAside", .integer(Int64(counts.setAside))),
                ])
            ),
            (
                "setAside",
                .array(
                    setAside.map {
                        .object([("reason", .string($0.reason)), ("count", .integer(Int64($0.count)))])
                    })
            ),
            ("failures", .array(failures.map(Self.json))),
            (
                "population",
                .object([
                    ("root", .string(population.root.hex)), ("count", .integer(Int64(population.count))),
                    ("order", .string("kind, shape, key, start, end")),
                ])
            ),
        ]
    }

    private static func json(_ failure: CollectionFailure) -> JSON {
        .object([
            ("kind", failure.kind.map { .string($0.text) } ?? .null), ("scope", .string(failure.scope)),
            ("reason", .string(failure.reason)),
        ])
    }

    /// Reads a statement; nil when it is of another type or lacks a part.
    package init?(_ statement: Statement) {
        guard Self.isBatch(statement.predicateType) else { return nil }
        self.init(statement.predicate, type: statement.predicateType)
    }

    /// Reads a predicate; nil when a part is missing or of the wrong type.
    package init?(_ predicate: JSONObject, type: Identifier = Self.predicateType) {
        let json = JSON.object(predicate)
        let members = json["members"].flatMap { Members($0) }
        guard (members != nil) == (type == Self.predicateType), (members == nil) == (json["members"] == nil)
        else { return nil }
        self.members = members
        func instant(_ name: String) -> Instant? { json[name]?.string.flatMap { Instant($0) } }
        func count(_ name: String) -> Int? { json["counts"]?[name]?.integer.map { Int($0) } }
        guard let source = json["source"]?.string, let series = SeriesPlace(json["series"]),
            let name = json["collector"]?["name"]?.string,
            let version = json["collector"]?["version"]?.string,
            let mode = json["mode"]?.string.flatMap(BatchMode.init(rawValue:)),
            let query = json["query"]?.string, let parameters = json["parameters"]?.object,
            let kinds = json["kinds"]?.array, let started = instant("started"), let ended = instant("ended"),
            let recorded = instant("recorded"), let pages = json["pages"]?.integer,
            let received = count("received"), let facts = count("facts"), let unchanged = count("unchanged"),
            let left = count("setAside"), let setAside = json["setAside"]?.array,
            let failures = json["failures"]?.array,
            let root = json["population"]?["root"]?.string.flatMap(Digest.init(hex:)),
            let items = json["population"]?["count"]?.integer, items >= 0
        else { return nil }
        // A run that never began has nothing to show but why.
        if mode == .skipped, received > 0 || items > 0 || members?.count != 0 || failures.isEmpty {
            return nil
        }
        self.source = Identifier(source)
        self.series = series
        collector = Collector(name: name, version: version)
        self.mode = mode
        self.query = query
        self.parameters = Dictionary(
            parameters.members.compactMap { member in member.value.string.map { (member.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        self.kinds = kinds.compactMap(\.string).map { Identifier($0) }
        self.started = started
        self.ended = ended
        self.recorded = recorded
        self.pages = Int(pages)
        sourceTotal = json["sourceTotal"]?.integer.map { Int($0) }
        counts = BatchCounts(received: received, facts: facts, unchanged: unchanged, setAside: left)
        self.setAside = setAside.compactMap { entry in
            guard let reason = entry["reason"]?.string, let count = entry["count"]?.integer else {
                return nil
            }
            return (reason, Int(count))
        }
        self.failures = failures.compactMap { entry in
            guard let scope = entry["scope"]?.string, let reason = entry["reason"]?.string else { return nil }
            return CollectionFailure(
                kind: entry["kind"]?.string.map { Identifier($0) }, scope: scope, reason: reason)
        }
        population = Population(root: root, count: Int(items))
    }
}

extension SeriesPlace {
    fileprivate init?(_ json: JSON?) {
        guard let sequence = json?["sequence"]?.integer, sequence >= 0, let previous = json?["previous"]
        else {
            return nil
        }
        let digest = previous.string.flatMap { Digest(hex: $0) }
        guard (digest == nil) == (sequence == 0), (digest == nil) == previous.isNull else { return nil }
        self.init(sequence: Int(sequence), previous: digest)
    }
}

extension HistoryBuilder {
    /// Adds a batch with its items, as they stand in a log.
    package mutating func add(_ statement: BatchStatement, leaf: Int, _ lines: [PayloadLine]) {
        begin(statement, leaf: leaf)
        add(lines.map(\.fact), of: statement, leaf: leaf, first: 0)
    }

    /// Adds a batch, whose items follow.
    mutating func begin(_ statement: BatchStatement, leaf: Int) {
        addBatch(leaf, recorded: statement.recorded)
        for kind in statement.kinds + statement.failures.compactMap(\.kind) {
            ask(for: kind, statement, leaf: leaf)
        }
    }

    private mutating func ask(for kind: Identifier, _ statement: BatchStatement, leaf: Int) {
        addSource(
            statement.source, kind: kind, recorded: statement.recorded, asked: statement.asked, leaf: leaf)
    }

    /// Adds items of a batch, the first of which has this number. Erased ones are nil.
    mutating func add(_ facts: [Fact?], of statement: BatchStatement, leaf: Int, first: Int) {
        // A kind of which a source tells was asked for, whether or not the statement names it.
        for kind in Set(facts.compactMap { $0?.kind }) where !statement.kinds.contains(kind) {
            ask(for: kind, statement, leaf: leaf)
        }
        for (place, told) in facts.enumerated() {
            guard let told, let fact = known(told, statement.mode) else { continue }
            add(
                RecordedFact(
                    fact: fact, source: statement.source, recorded: statement.recorded,
                    reference: FactReference(leaf: leaf, item: first + place)))
        }
    }

    /// A snapshot is taken to hold for a while; that is an inference, and judges nothing beyond what is known.
    private func known(_ fact: Fact, _ mode: BatchMode) -> Fact? {
        guard mode == .snapshot, case .coverage(let interval) = fact.shape else { return fact }
        return Interval(from: interval.start, to: min(interval.end, inferredUntil)).map {
            .coverage(fact.kind, $0)
        }
    }
}

extension BatchStatement {
    /// Whether it comes of a run that the plan calls for. Such a run is neither one that never began, nor a file that
    /// somebody named, nor a look back at what a system has kept.
    package var isRun: Bool { mode != .skipped && collector.name != Collector.importer && !isBackfill }

    /// Whether it tells what a system had kept from earlier times.
    package var isBackfill: Bool { parameters["backfill"] != nil && parameters["history"] != nil }

    /// Between when runs were missed; nil where none were.
    package var missed: Interval? {
        guard mode == .skipped, let from = parameters["from"].flatMap({ Instant($0) }),
            let to = parameters["to"].flatMap({ Instant($0) })
        else { return nil }
        return Interval(from: from, to: to)
    }

    /// When the source was asked: of runs that were missed, when the last of them should have been. That this was put on
    /// record later asks nobody.
    var asked: Instant { missed?.end ?? started }
}
