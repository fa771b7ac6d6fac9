package import Formats
import Programs

/// A document of the program that began, changed or ended within a period, or was put on record in it (DC 9).
package struct PeriodChange: Sendable, Hashable {
    /// What became of the document.
    package enum Nature: String, Sendable, Hashable {
        case added, changed, removed
    }

    /// What time is judged by it.
    package enum Reach: Sendable, Hashable {
        /// From `at` on.
        case dated
        /// A test that came later than the program and states no `effective`: `at` is always.
        case always
        /// A control, an exclusion or the period itself, put on record after it: they are used as they stand now.
        case wholePeriod
    }

    /// From when on it counts, or counted until a later change put it out of force.
    package let at: Instant
    package let recorded: Instant
    package let document: String
    package let nature: Nature
    package let reach: Reach
    /// The keys whose values differ, for a change or for what comes back after it was removed.
    package let keys: [String]

    /// Whether days before the one on which it was put on record are judged by it, as it says of itself.
    func isBackdated(in zone: Zone) -> Bool {
        reach == .always || zone.date(at: at) < zone.date(at: recorded)
    }

    /// What is to be said of the time that is judged by it; nil where it counts from its recording or later.
    func remark(in zone: Zone) -> String? {
        switch reach {
        case .always: "counts from always"
        case .wholePeriod: nature == .removed ? "left out of the whole period" : "used for the whole period"
        case .dated: isBackdated(in: zone) ? "backdated" : nil
        }
    }
}

extension ReportMaterial {
    /// What changed in the period: the organization and its periods, systems, controls and tests, policies, promises,
    /// vendors, waivers, sources that were given up, exclusions and kinds of evidence.
    package var changes: [PeriodChange] { changes(within: period) }

    /// What counts from a stretch of time, what was put on record in it, whenever it counts from, and what was put on record
    /// later and decides all the same how the stretch is judged.
    func changes(within span: Interval) -> [PeriodChange] {
        let types: [DocumentType] = [
            .organization, .period, .system, .control, .test, .policy, .procedure, .commitment, .vendor,
            .agreement, .waiver, .retirement, .exclusion, .kind,
        ]
        let all: [PeriodChange] = types.flatMap { type in
            history.ids(of: type).flatMap { changes(of: type, $0, against: span) }
        }
        let told = all.filter { change in
            span.contains(change.at) || span.contains(change.recorded)
                || change.recorded >= span.end && (change.reach == .wholePeriod || change.at < span.end)
        }
        return told.sorted {
            ($0.at, $0.recorded, Identifier($0.document)) < ($1.at, $1.recorded, Identifier($1.document))
        }
    }

    /// What each step changed. The versions in force do not tell: they lack what was replaced from its beginning.
    private func changes(
        of type: DocumentType, _ id: Identifier, against span: Interval
    ) -> [PeriodChange] {
        let name = "\(type.rawValue) \(id)"
        var found: [PeriodChange] = []
        var before: Document?
        var isStanding = false
        for step in history.steps(of: type, id) {
            let reach: PeriodChange.Reach =
                step.recorded >= span.end && isUsedAsItStands(type, id) ? .wholePeriod : .dated
            switch step.change {
            case .remove:
                isStanding = false
                found.append(
                    PeriodChange(
                        at: step.recorded, recorded: step.recorded, document: name, nature: .removed,
                        reach: reach, keys: []))
            case .apply(let document):
                let keys = before.map { Self.differing($0.canonical, document.canonical) } ?? []
                if !isStanding || !keys.isEmpty {
                    let isFromAlways = before == nil && countsFromAlways(document, step)
                    let standard = isFromAlways ? Instant.distantPast : step.recorded
                    found.append(
                        PeriodChange(
                            at: document.effective?.instant(in: program.zone) ?? standard,
                            recorded: step.recorded, document: name,
                            nature: isStanding ? .changed : .added,
                            reach: isFromAlways ? .always : reach, keys: keys))
                }
                before = document
                isStanding = true
            }
        }
        return found
    }

    /// Whether the whole period is judged by what a document says in the end: controls, exclusions, and the period itself.
    private func isUsedAsItStands(_ type: DocumentType, _ id: Identifier) -> Bool {
        switch type {
        case .control, .exclusion: true
        case .period:
            program.periods.contains { $0.id == id && $0.interval(in: program.zone) == period }
        default: false
        }
    }

    /// Whether the first version of a document decides of a time in which the program stood without it.
    private func countsFromAlways(_ document: Document, _ step: ProgramHistory.Step) -> Bool {
        guard case .test = document.body, document.effective == nil, let began = history.began else {
            return false
        }
        return step.recorded > began
    }

    private static func differing(_ before: JSON, _ after: JSON) -> [String] {
        let names = ((before.object?.members ?? []) + (after.object?.members ?? [])).map {
            Identifier($0.name)
        }
        return Set(names).sorted().filter { before[$0.text] != after[$0.text] }.map(\.text)
    }
}
