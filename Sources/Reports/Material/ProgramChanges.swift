package import Formats
import Programs

/// A document of the program that began, changed or ended within a period, or was put on record in it (DC 9).
package struct PeriodChange: Sendable, Hashable {
    package enum Nature: String, Sendable, Hashable {
        case added, changed, removed
    }

    /// From when on it counts, or counted until a later change put it out of force.
    package let at: Instant
    package let recorded: Instant
    package let document: String
    package let nature: Nature
    /// The keys whose values differ, for a change or for what comes back after it was removed.
    package let keys: [String]

    /// Whether days before the one on which it was put on record are judged by it.
    func isBackdated(in zone: Zone) -> Bool { zone.date(at: at) < zone.date(at: recorded) }
}

extension ReportMaterial {
    /// What changed in the period: the organization and its periods, systems, controls and tests, policies, promises,
    /// vendors, waivers, sources that were given up, exclusions and kinds of evidence.
    package var changes: [PeriodChange] { changes(within: period) }

    /// What counts from a stretch of time, and what was put on record in it, whenever it counts from.
    func changes(within span: Interval) -> [PeriodChange] {
        let types: [DocumentType] = [
            .organization, .period, .system, .control, .test, .policy, .procedure, .commitment, .vendor,
            .agreement, .waiver, .retirement, .exclusion, .kind,
        ]
        let all: [PeriodChange] = types.flatMap { type in
            history.ids(of: type).flatMap { id in
                changes(history.steps(of: type, id), named: "\(type.rawValue) \(id)")
            }
        }
        let told = all.filter { span.contains($0.at) || span.contains($0.recorded) }
        return told.sorted {
            ($0.at, $0.recorded, Identifier($0.document)) < ($1.at, $1.recorded, Identifier($1.document))
        }
    }

    /// What each step changed. The versions in force do not tell: they lack what was replaced from its beginning.
    private func changes(_ steps: [ProgramHistory.Step], named name: String) -> [PeriodChange] {
        var found: [PeriodChange] = []
        var before: Document?
        var isStanding = false
        for step in steps {
            switch step.change {
            case .remove:
                isStanding = false
                found.append(
                    PeriodChange(
                        at: step.recorded, recorded: step.recorded, document: name, nature: .removed,
                        keys: []))
            case .apply(let document):
                let keys = before.map { Self.differing($0.canonical, document.canonical) } ?? []
                if !isStanding || !keys.isEmpty {
                    found.append(
                        PeriodChange(
                            at: document.effective?.instant(in: program.zone) ?? step.recorded,
                            recorded: step.recorded, document: name,
                            nature: isStanding ? .changed : .added, keys: keys))
                }
                before = document
                isStanding = true
            }
        }
        return found
    }

    private static func differing(_ before: JSON, _ after: JSON) -> [String] {
        let names = ((before.object?.members ?? []) + (after.object?.members ?? [])).map {
            Identifier($0.name)
        }
        return Set(names).sorted().filter { before[$0.text] != after[$0.text] }.map(\.text)
    }
}
