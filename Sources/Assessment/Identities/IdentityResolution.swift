package import Evidence
package import Formats
import Ledger
package import Programs

/// One name in the evidence, and whom it means.
package struct IdentityLink: Sendable, Hashable {
    /// Whether it is known whom the name means.
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// Exactly one person or team has this name.
        case tied
        /// Nobody has it.
        case unknown
        /// More than one may have it; nobody is guessed.
        case ambiguous
        /// The record names nobody.
        case nameless
    }

    /// Kind and fields where it stands.
    package let place: IdentityRules.Place
    /// The source that says so.
    package let source: Identifier
    /// The record's key, for states; nil for a name that stands in events.
    package let record: Identifier?
    /// Nil when the record has none.
    package let name: String?
    package let state: State
    package let person: Identifier?
    /// What tied it: alias, id or email.
    package let rule: String?
    /// How many people it may be.
    package let candidates: Int

    init(
        _ place: IdentityRules.Place, source: Identifier, record: Identifier?, name: String?,
        _ people: KnownPeople
    ) {
        self.place = place
        self.source = source
        self.record = record
        self.name = name
        switch name.map(people.whoIs) {
        case .tied(let person, let rule)?:
            (state, self.person, self.rule, candidates) = (.tied, person, rule.rawValue, 1)
        case .ambiguous(let count)?: (state, person, rule, candidates) = (.ambiguous, nil, nil, count)
        case .unknown?: (state, person, rule, candidates) = (.unknown, nil, nil, 0)
        case nil: (state, person, rule, candidates) = (.nameless, nil, nil, 0)
        }
    }

    /// As evidence of the kind `identity.link`. The key follows the record, not the name: a name that changes is a new
    /// value of the same link. It is a digest, because keys are never withheld.
    package func fact(at instant: Instant, index: Int) throws -> Fact {
        let parts = [
            place.description, source.text, record?.text ?? "",
            record == nil ? name ?? "" : String(index),
        ]
        let key = Digest.sha256(try CanonicalJSON.encode(.array(parts.map { .string($0) }))).hex
        var value = JSONObject()
        value.append("of", .string(place.kind.text))
        value.append("source", .string(source.text))
        value.append("state", .string(state.rawValue))
        if let record { value.append("record", .string(record.text)) }
        if let name { value.append("name", .string(name)) }
        if let person { value.append("person_id", .string(person.text)) }
        if let rule { value.append("rule", .string(rule)) }
        value.append("candidates", .integer(Int64(candidates)))
        return .state("identity.link", Identifier(String(key.prefix(32))), from: instant, value)
    }
}

/// Ties names to people: a function of program, evidence and time, and of nothing else.
package struct IdentityResolution: Sendable {
    /// The kind of evidence that it makes.
    package static let kind: Identifier = "identity.link"

    /// By kind, source, record and name.
    package let links: [IdentityLink]
    /// The same as evidence.
    package let facts: [Fact]
    /// Kinds of which there may be records that nobody has seen, sorted: states that are not covered at the
    /// time, events that were not covered all the time since they first were.
    package let uncovered: [Identifier]
    /// To where all that the links are made from is covered, as it was known then.
    package let coveredUntil: Instant
    package let people: Int
    /// Where names were looked for, as the rules list them.
    private let places: [IdentityRules.Place]

    /// - Parameter instant: states count as they were then, events as far back as the rules say.
    package init(
        _ rules: IdentityRules, program: Program, history: History, at instant: Instant
    ) throws {
        let known = KnownPeople(rules, program: program, history)
        var links: [IdentityLink] = []
        var facts: [Fact] = []
        for place in rules.names {
            guard let kind = history[place.kind] else { continue }
            for name in kind.sourceNames {
                guard let source = kind.sources[name] else { continue }
                func add(_ record: Identifier?, _ text: String?, _ index: Int) throws {
                    let link = IdentityLink(place, source: name, record: record, name: text, known)
                    links.append(link)
                    facts.append(try link.fact(at: instant, index: index))
                }
                for (key, value) in source.records(at: instant) {
                    let names = place.names(in: value)
                    if names.isEmpty { try add(key, nil, 0) }
                    for (index, text) in names.enumerated() { try add(key, text, index) }
                }
                for text in source.names(at: place, from: instant - rules.since, to: instant) {
                    try add(nil, text.text, 0)
                }
            }
        }
        self.links = links
        self.facts = facts
        let coverage = LinkCoverage(rules, program: program, history, at: instant)
        uncovered = coverage.uncovered
        coveredUntil = coverage.end
        people = known.count
        places = rules.names
    }

    /// Whether a name is tied to nobody, or one may stand where nobody has looked.
    package var isOpen: Bool { !uncovered.isEmpty || links.contains { $0.state != .tied } }

    /// The links by place and source. A place where no name stands is there too, without a source.
    package var tallies: [IdentityTally] {
        places.flatMap { place -> [IdentityTally] in
            let own = Dictionary(grouping: links.filter { $0.place == place }, by: \.source)
            if own.isEmpty { return [IdentityTally(place: place, source: nil, links: [])] }
            return own.sorted { $0.key < $1.key }.map {
                IdentityTally(place: place, source: $0.key, links: $0.value)
            }
        }
    }
}

/// The names that one source has in one place.
package struct IdentityTally: Sendable, Hashable {
    package let place: IdentityRules.Place
    /// Nil where no source has a name.
    package let source: Identifier?
    let links: [IdentityLink]

    /// How many of the names are tied, unknown and so on.
    package func count(_ state: IdentityLink.State) -> Int { links.count { $0.state == state } }
}

extension SourceHistory {
    /// The records that exist at an instant, by key.
    fileprivate func records(at instant: Instant) -> [(key: Identifier, value: JSONObject)] {
        states.keys.sorted().compactMap { key in
            states[key]?.first { $0.interval.contains(instant) }.map { (key, $0.value) }
        }
    }

    /// The names that stand in events of a stretch of time, each once.
    fileprivate func names(
        at place: IdentityRules.Place, from start: Instant, to end: Instant
    ) -> [Identifier] {
        var found: Set<Identifier> = []
        for event in events where event.at > start && event.at <= end {
            for name in place.names(in: event.value) { found.insert(Identifier(name)) }
        }
        return found.sorted()
    }
}
