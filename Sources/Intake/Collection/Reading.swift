import Evidence
import Formats

/// One kind of evidence that a system can tell, and how it is asked.
struct Reading<Scope: Sendable>: Sendable {
    let kind: Identifier
    let read: @Sendable (Scope) async throws(ReadingFailure) -> Records

    init(_ kind: Identifier, _ read: @escaping @Sendable (Scope) async throws(ReadingFailure) -> Records) {
        self.kind = kind
        self.read = read
    }
}

/// Why a kind of evidence, or a part of it, cannot be had.
struct ReadingFailure: Error, Hashable, CustomStringConvertible {
    /// Region, page, call: in the system's words.
    let scope: String
    /// Why, and what would help; no secret, no record's content.
    let reason: String

    init(_ scope: String, _ reason: String) {
        self.scope = scope
        self.reason = reason
    }

    var description: String { "\(scope): \(reason)" }
}

/// The records of one kind as a system gave them.
struct Records: Sendable {
    /// What was asked, with all filters.
    var query: String
    /// Pages or calls that brought them.
    var pages = 0
    /// The system's own count, where it tells one.
    var total: Int?
    /// For events: the time that was asked for. Nil for states, which are a snapshot.
    var window: Interval?
    /// For states: the moment of which the system itself says that they are; nil for when they were read.
    var taken: Instant?
    /// For events: the parts of the window that are covered; nil for all of it.
    var stretches: [Interval]?
    private(set) var facts = RawFacts()
    private(set) var setAside: [SetAside] = []
    /// What makes the kind uncovered although there are records.
    private(set) var failures: [ReadingFailure] = []
    /// Where among the facts the record of a key stands.
    private var places: [Identifier: Int] = [:]
    private var count = 0
    /// One was set aside behind which may be a record.
    private var hidesRecord = false

    init(_ query: String, window: Interval? = nil) {
        self.query = query
        self.window = window
    }

    /// Adds a record under `part/part`, its absent fields left out.
    mutating func add(
        _ kind: Identifier, _ key: [String], at instant: Instant, isEvent: Bool = false,
        _ fields: [(String, JSON?)]
    ) {
        count += 1
        let name = Identifier(key.joined(separator: "/"))
        if key.contains(where: \.isEmpty) { return setAside("it has no key") }
        var value = JSONObject()
        for (name, field) in fields {
            if let field, !field.isNull { value.append(name, field) }
        }
        let fact: Fact =
            isEvent ? .event(kind, name, at: instant, value) : .state(kind, name, from: instant, value)
        if let place = places[name] {
            // Pages that move while they are read bring a record twice.
            if fact.saysTheSame(as: facts[place].fact) {
                return setAside("its key came before", mayHideRecord: false, isRepeat: true)
            }
            return setAside("its key came before, with another value")
        }
        places[name] = facts.count
        facts.append(RawFact(fact, line: count))
    }

    /// Counts a record that could not be read.
    mutating func setAside(_ reason: String, mayHideRecord: Bool = true, isRepeat: Bool = false) {
        setAside.append(
            SetAside(line: count, reason: reason, mayHideRecord: mayHideRecord, isRepeat: isRepeat))
        guard mayHideRecord, !hidesRecord else { return }
        hidesRecord = true
        fail("records", "some could not be read")
    }

    /// Dates states at the moment by which all of them had been seen: when the first was asked for, the last may have
    /// been another. An older date than that of the collection is the source's own, and stays.
    mutating func date(_ seen: Instant, since begun: Instant) {
        facts = RawFacts(
            facts.map { raw in
                guard case .state(let from, nil, let value) = raw.fact.shape, from >= begun
                else { return raw }
                return RawFact(.state(raw.fact.kind, raw.fact.key, from: seen, value), line: raw.line)
            })
    }

    mutating func fail(_ scope: String, _ reason: String) {
        failures.append(ReadingFailure(scope, reason))
    }

    mutating func fail(_ failure: ReadingFailure) {
        failures.append(failure)
    }
}

extension Connector {
    /// Reads kind after kind of a system that has to be reached first; when it cannot be, that is a gap in all of them.
    /// - Parameter parameters: what the batches record of the scope.
    func collect<Scope: Sendable>(
        _ request: CollectionRequest, from system: String, _ readings: [Reading<Scope>], emit: Emit,
        parameters: (Scope) -> [String: String], scope: () async throws(ReadingFailure) -> Scope
    ) async throws {
        let begun = request.now()
        let mark = request.answers.mark
        let reached: Scope
        do throws(ReadingFailure) {
            reached = try await scope()
        } catch {
            var delivery = failed(request, system, scope: error.scope, error.reason)
            request.answers.tell([mark..<request.answers.mark], in: &delivery.draft.parameters)
            return try await emit(delivery)
        }
        try await collect(
            readings, of: reached, request, begun: begun, common: mark..<request.answers.mark,
            parameters: parameters(reached), emit: emit)
    }

    /// Reads kind after kind, each as a batch of its own, so that what cannot be read of one leaves the others as they
    /// are. `cursors` of kinds that are events move to the end of what was read whole.
    /// - Parameter common: where among the answers those are that the scope was made of: they went into every batch.
    private func collect<Scope: Sendable>(
        _ readings: [Reading<Scope>], of scope: Scope, _ request: CollectionRequest, begun: Instant,
        common: Range<Int>, parameters: [String: String], emit: Emit
    ) async throws {
        var cursors = Cursors(request.cursor)
        let wanted = readings.filter { request.wants($0.kind) }
        for kind in request.kinds where !readings.contains(where: { $0.kind == kind }) {
            try await emit(
                failed(
                    request, "\(kind)", scope: "kinds", "the connector \(Self.name) does not bring \(kind)"))
        }
        for reading in wanted {
            let started = request.now()
            let mark = request.answers.mark
            var draft = BatchDraft(
                source: request.source, collector: Self.collector(request), mode: .snapshot,
                query: "\(reading.kind) by the connector \(Self.name)",
                parameters: parameters, kinds: [reading.kind], started: started, ended: started, pages: 0)
            do throws(ReadingFailure) {
                var found = try await reading.read(scope)
                if let lack = try Self.blindness(found, reading.kind, request) { found.fail(lack) }
                request.answers.tell([common, mark..<request.answers.mark], in: &draft.parameters)
                if let fault = request.answers.fault { found.fail(fault) }
                let seen = found.taken ?? max(started, request.now())
                if found.window == nil {
                    if found.taken == nil { found.date(seen, since: begun) }
                    // What is missing in a snapshot is gone from the same moment on.
                    draft.started = seen
                }
                draft.query = found.query
                draft.pages = found.pages
                draft.sourceTotal = found.total
                draft.facts = found.facts
                draft.setAside = found.setAside
                draft.failures = found.failures.map {
                    CollectionFailure(kind: reading.kind, scope: $0.scope, reason: $0.reason)
                }
                Self.cover(reading.kind, found, request, at: seen, &draft, &cursors)
            } catch {
                request.answers.tell([common, mark..<request.answers.mark], in: &draft.parameters)
                draft.mode = .changes
                draft.failures = [
                    CollectionFailure(kind: reading.kind, scope: error.scope, reason: error.reason)
                ]
            }
            draft.ended = request.now()
            try await emit(Delivery(draft, cursor: cursors.text))
        }
    }

    /// Whoever asks has an account, and a system for devices has some: a list without any is one that these credentials
    /// may not see, and taken for whole it would say that everybody has left, or that every device is gone. A directory may
    /// have no groups; that it has none any more is commonly a right that was taken away.
    private static func blindness(
        _ found: Records, _ kind: Identifier, _ request: CollectionRequest
    ) throws(ReadingFailure) -> ReadingFailure? {
        guard found.facts.isEmpty, found.failures.isEmpty else { return nil }
        switch kind {
        case "idp.account":
            return ReadingFailure("accounts", "no account at all: check what the token may see")
        case "device.posture":
            return ReadingFailure(
                "devices",
                "no device at all: check what the token may see; where there is none, leave device.posture out of kinds"
            )
        case "idp.group", "idp.membership":
            let count = try request.standing(kind).count
            guard count > 0 else { return nil }
            return ReadingFailure(
                kind == "idp.group" ? "groups" : "memberships",
                "earlier readings had \(count), and this one none: check what the name or token may read; where they are "
                    + "gone, end each by a line with \"value\":null")
        default: return nil
        }
    }

    private static func cover(
        _ kind: Identifier, _ found: Records, _ request: CollectionRequest, at now: Instant,
        _ draft: inout BatchDraft, _ cursors: inout Cursors
    ) {
        if found.window != nil { draft.mode = .changes }
        guard found.failures.isEmpty,
            let interval = found.window ?? Interval(from: now, to: now + request.freshness)
        else { return }
        let stretches = found.window == nil ? [interval] : found.stretches ?? [interval]
        let kept = told(stretches, kind, at: now)
        if kept != stretches { draft.query += "; what is older than the source keeps it is not covered" }
        for covered in kept { draft.facts.append(RawFact(.coverage(kind, covered))) }
        if found.window != nil { cursors[kind] = interval.end }
    }

    /// What of these stretches the source still tells. An empty answer about older ones says nothing.
    private static func told(_ stretches: [Interval], _ kind: Identifier, at now: Instant) -> [Interval] {
        guard let history = KeptHistory.of(connector: name) else { return stretches }
        return stretches.compactMap { history.told($0, of: kind, at: now) }
    }
}

/// How far each kind of events has been read whole.
struct Cursors {
    private var ends: [Identifier: Instant] = [:]

    init(_ text: String?) {
        guard let object = text.flatMap({ try? JSON(parsing: $0) })?.object else { return }
        for member in object.members {
            if let end = member.value.string.flatMap({ Instant($0) }) { ends[Identifier(member.name)] = end }
        }
    }

    subscript(_ kind: Identifier) -> Instant? {
        get { ends[kind] }
        set { ends[kind] = newValue }
    }

    var text: String? {
        if ends.isEmpty { return nil }
        let object = JSON.object(
            ends.sorted { $0.key < $1.key }.map { ($0.key.text, .string($0.value.description)) })
        return (try? CanonicalJSON.encode(object)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension CollectionRequest {
    /// The time of events to ask for: from where the last collection ended, with an hour's overlap for what arrived
    /// late there, else from so far back as the parameter `since` says.
    func window(_ kind: Identifier, until: Instant, overlap: TimeSpan = .hours(1)) throws(ReadingFailure)
        -> Interval
    {
        let text = parameters["since"] ?? "90d"
        guard let span = TimeSpan(text), span > .zero else {
            throw ReadingFailure("parameters", "\"since\" must be a length of time such as 90d")
        }
        let start = backfill ?? Cursors(cursor)[kind].map { min($0, until) - overlap } ?? until - span
        guard let interval = Interval(from: start, to: until) else {
            throw ReadingFailure("clock", "the last collection ended later than now")
        }
        return interval
    }

    /// The records of a kind that this source has told of and that have not ended.
    func standing(_ kind: Identifier) throws(ReadingFailure) -> [Identifier: Instant] {
        do {
            return try openSince(source, kind)
        } catch {
            throw ReadingFailure("records", "what earlier readings had cannot be looked up: \(error)")
        }
    }

    /// A secret by name.
    func secret(_ name: String) async throws(ReadingFailure) -> Secret? {
        guard let reference = secrets[name] else { return nil }
        do {
            return try await reference.resolve()
        } catch {
            throw ReadingFailure("secrets", error.description)
        }
    }

    /// The words of a setting in which spaces part them; none where it is not made.
    func words(_ name: String) -> [String] {
        (parameters[name] ?? "").split(separator: " ").map(String.init)
    }

    func required(_ name: String) throws(ReadingFailure) -> String {
        guard let value = parameters[name], !value.isEmpty else {
            throw ReadingFailure("parameters", "the parameter \"\(name)\" is missing")
        }
        return value
    }
}
