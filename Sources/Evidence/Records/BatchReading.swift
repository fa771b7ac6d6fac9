import Catalog
import Formats

/// What a draft says, each record typed against its kind; what does not fit is set aside.
struct BatchReading {
    /// As it is recorded: without coverage and with a failure, where a part of a snapshot is missing.
    private(set) var draft: BatchDraft
    private(set) var facts: [Fact] = []
    /// By the reader of the source, or in typing.
    private(set) var setAside: [SetAside]
    /// Facts that stand twice and are left out.
    private(set) var repeated = 0

    private struct StartKey: Hashable {
        let kind: Identifier
        let key: Identifier
        let start: Instant
        let shape: Int

        /// Records of one batch differ in key and time, hardly ever in anything else alone.
        func hash(into hasher: inout Hasher) {
            hasher.combine(key)
            hasher.combine(start)
        }
    }

    /// - Parameters:
    ///   - latest: the latest time that is not the future.
    ///   - comparingAll: holds each record against all before it, and leaves out those that speak of the same record and
    ///     time.
    init(_ draft: BatchDraft, kinds: KindCatalog, latest: Instant, comparingAll: Bool) {
        self.draft = draft
        setAside = draft.setAside
        if comparingAll { compareAll(kinds, latest: latest) } else { read(kinds, latest: latest) }
        nameKinds()
        makeHonest()
    }

    /// Changes that do not say what was asked for: it was what they tell of. A snapshot has to say it, for what it names
    /// and does not hold has ceased to exist. Kinds that no catalogue knows stay unnamed, or their words would be sealed.
    private mutating func nameKinds() {
        guard draft.mode == .changes, draft.kinds.isEmpty else { return }
        draft.kinds = Fact.kinds(of: facts).sorted()
    }

    /// A batch of which a part could not be read or taken is not known to be complete: it covers nothing, and no record
    /// is concluded to be gone.
    private mutating func makeHonest() {
        let lost = setAside.count(where: \.mayHideRecord)
        let isSnapshot = draft.mode == .snapshot
        guard lost > 0, isSnapshot || facts.contains(where: \.isCoverage) else { return }
        draft.facts.removeAll { $0.fact.isCoverage }
        facts.removeAll(where: \.isCoverage)
        draft.failures.append(
            CollectionFailure(
                kind: nil, scope: isSnapshot ? "the snapshot" : "the changes",
                reason: "\(lost) of its records could not be read or taken, so it is not known to be complete"
            ))
    }

    /// Types all records, on all cores; none of them stands twice.
    private mutating func read(_ kinds: KindCatalog, latest: Instant) {
        let (given, mode) = (draft.facts, draft.mode)
        let stretches = Parallel.chunks(given.count, atLeast: 256) { places in
            Self.changes(given, places, kinds, mode, latest: latest)
        }
        if stretches.allSatisfy(\.changes.isEmpty) {
            facts = given.facts
            return
        }
        facts.reserveCapacity(given.count)
        var next = 0
        for stretch in stretches {
            setAside += stretch.setAside
            for change in stretch.changes {
                for index in next..<change.index { facts.append(given.facts[index]) }
                if let fact = change.fact { facts.append(fact) }
                next = change.index + 1
            }
        }
        for index in next..<given.count { facts.append(given.facts[index]) }
    }

    /// What of a stretch is not stored as it was given, and what is set aside.
    private static func changes(
        _ given: RawFacts, _ places: Range<Int>, _ kinds: KindCatalog, _ mode: BatchMode,
        latest: Instant
    ) -> (changes: [Change], setAside: [SetAside]) {
        var found: (changes: [Change], setAside: [SetAside]) = ([], [])
        var typing: RecordTyping?
        // In their memory: an element that an array hands out is a copy, and its parts are counted.
        given.facts.withUnsafeBufferPointer { facts in
            for index in places {
                if typing?.kind.name != facts[index].kind {
                    typing = kinds.kind(facts[index].kind).map { RecordTyping($0) }
                }
                if isTyped(facts[index], as: &typing, mode, latest: latest) { continue }
                change(given[index], at: index, as: &typing, kinds, mode, latest: latest, &found)
            }
        }
        return found
    }

    private static func change(
        _ raw: RawFact, at index: Int, as typing: inout RecordTyping?, _ kinds: KindCatalog,
        _ mode: BatchMode,
        latest: Instant,
        _ found: inout (changes: [Change], setAside: [SetAside])
    ) {
        do throws(TypingError) {
            let (fact, misfit) = try typed(raw.fact, as: &typing, kinds, mode, latest: latest)
            if let misfit { found.setAside.append(note(misfit, raw.line)) }
            found.changes.append(Change(index: index, fact: fact))
        } catch {
            found.setAside.append(refusal(error, raw))
            found.changes.append(Change(index: index, fact: nil))
        }
    }

    /// A fact that is not stored as it was given; nil when it is left out.
    private struct Change {
        let index: Int
        let fact: Fact?
    }

    /// Whether `typed` would give the very fact and no misfit, as it mostly does: then nothing is copied.
    private static func isTyped(
        _ fact: Fact, as typing: inout RecordTyping?, _ mode: BatchMode, latest: Instant
    ) -> Bool {
        guard let kindMode = typing?.kind.mode else { return false }
        switch fact.shape {
        case .coverage(let interval):
            return interval.start <= latest && (mode != .changes || interval.end <= latest)
        case .state(let from, _, let value?):
            return kindMode == .state && from <= latest && typing?.isTyped(value) == true
        case .state(let from, _, nil): return kindMode == .state && from <= latest
        case .event(let at, let value):
            return kindMode == .event && at <= latest && typing?.isTyped(value) == true
        }
    }

    /// The record itself is kept, only without its fields: it is not hidden.
    private static func note(_ misfit: TypingError, _ line: Int?) -> SetAside {
        SetAside(line: line, reason: misfit.description, mayHideRecord: false)
    }

    private static func refusal(_ error: TypingError, _ raw: RawFact) -> SetAside {
        SetAside(line: raw.line, reason: error.description, mayHideRecord: !raw.fact.isCoverage)
    }

    /// Types the records one by one, each held against all before it.
    private mutating func compareAll(_ kinds: KindCatalog, latest: Instant) {
        facts.reserveCapacity(draft.facts.count)
        // Places in `facts`, and the lines of what stands there.
        var seen: [StartKey: Int] = [:]
        var lines: [Int?] = []
        for raw in draft.facts {
            do throws(TypingError) {
                var typing = kinds.kind(raw.fact.kind).map { RecordTyping($0) }
                let (fact, misfit) = try Self.typed(
                    raw.fact, as: &typing, kinds, draft.mode, latest: latest)
                if let misfit { setAside.append(Self.note(misfit, raw.line)) }
                let start = StartKey(
                    kind: fact.kind, key: fact.key, start: fact.start, shape: fact.shapeOrder)
                if !fact.isCoverage, let earlier = seen[start] {
                    note(fact, raw.line, as: facts[earlier], lines[earlier], isWhole: misfit == nil)
                    continue
                }
                seen[start] = facts.count
                lines.append(raw.line)
                facts.append(fact)
            } catch {
                setAside.append(Self.refusal(error, raw))
            }
        }
    }

    /// Leaves out a fact that speaks of the same record and time as an earlier one. If it says something else, it may be
    /// a record of its own that now nobody sees.
    private mutating func note(_ fact: Fact, _ line: Int?, as earlier: Fact, _ place: Int?, isWhole: Bool) {
        if earlier == fact {
            repeated += isWhole ? 1 : 0
            return
        }
        let place = place.map { "line \($0)" } ?? "an earlier record"
        let reason = "\(fact.kind): same key and time as \(place), but another value"
        setAside.append(SetAside(line: line, reason: reason))
    }

    /// Without the word that stands there: it may be anything, and would stay in the log for ever.
    private static func unknownKind(_ name: Identifier, _ kinds: KindCatalog) -> TypingError {
        let advice = Spelling.advice(for: name.text, among: kinds.kinds.lazy.map(\.name.text))
        return TypingError("unknown kind of evidence" + (advice.isEmpty ? "" : "; \(advice)"))
    }

    /// The fact in its stored form. One whose value does not fit its kind is kept without any field, so that it can
    /// neither pass nor be taken for absent; the misfit says why.
    private static func typed(
        _ fact: Fact, as typing: inout RecordTyping?, _ kinds: KindCatalog, _ mode: BatchMode, latest: Instant
    ) throws(TypingError) -> (fact: Fact, misfit: TypingError?) {
        guard let kind = typing?.kind else {
            throw Self.unknownKind(fact.kind, kinds)
        }
        if fact.start > latest { throw TypingError("\(kind.name): dated in the future") }
        switch fact.shape {
        case .coverage(let interval):
            // Only a snapshot is taken to hold on for a while; anything else that covers the future is a mistake.
            if mode == .changes, interval.end > latest {
                throw TypingError("\(kind.name): covers the future")
            }
            return (fact, nil)
        case .state(let from, let to, let value):
            guard kind.mode == .state else { throw TypingError("\(kind.name) is an event: use \"id\"") }
            guard let value else { return (fact, nil) }
            let (typed, misfit) = fitted(value, &typing)
            return (.state(fact.kind, fact.key, from: from, to: to, typed), misfit)
        case .event(let at, let value):
            guard kind.mode == .event else { throw TypingError("\(kind.name) is a state: use \"key\"") }
            let (typed, misfit) = fitted(value, &typing)
            return (.event(fact.kind, fact.key, at: at, typed), misfit)
        }
    }

    private static func fitted(
        _ value: JSONObject, _ typing: inout RecordTyping?
    ) -> (JSONObject, TypingError?) {
        do throws(TypingError) {
            return (try typing?.typed(value) ?? JSONObject(), nil)
        } catch {
            return (JSONObject(), error)
        }
    }
}

extension BatchDraft {
    /// The kinds of a snapshot whose absence of a key means that the record is gone.
    var wholeKinds: [Identifier] {
        guard mode == .snapshot, failures.allSatisfy({ $0.kind != nil }) else { return [] }
        let failed = Set(failures.compactMap(\.kind))
        return kinds.filter { !failed.contains($0) }
    }
}
