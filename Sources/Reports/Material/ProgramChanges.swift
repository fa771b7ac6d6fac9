package import Formats
import Programs

/// A document of the program that began, changed or ended within a period (DC 9).
package struct PeriodChange: Sendable, Hashable {
    package enum Nature: String, Sendable, Hashable {
        case added, changed, removed
    }

    /// From when on it counts.
    package let at: Instant
    package let recorded: Instant
    package let document: String
    package let nature: Nature
    /// The keys whose values differ, for a change or for what comes back after it was removed.
    package let keys: [String]
}

extension ReportMaterial {
    /// What changed in the period: the organization and its periods, systems, controls and tests, policies, promises,
    /// vendors, waivers, sources that were given up, exclusions and kinds of evidence.
    package var changes: [PeriodChange] { changes(within: period) }

    /// What changed in a stretch of time.
    func changes(within span: Interval) -> [PeriodChange] {
        let types: [DocumentType] = [
            .organization, .period, .system, .control, .test, .policy, .procedure, .commitment, .vendor,
            .agreement, .waiver, .retirement, .exclusion, .kind,
        ]
        return types.flatMap { type in
            history.ids(of: type).flatMap { id in
                changes(
                    history.versions(type, id, in: program.zone), named: "\(type.rawValue) \(id)",
                    within: span)
            }
        }.sorted { ($0.at, Identifier($0.document)) < ($1.at, Identifier($1.document)) }
    }

    private func changes(_ versions: [DocumentVersion], named name: String, within span: Interval)
        -> [PeriodChange]
    {
        var found: [PeriodChange] = []
        for (index, version) in versions.enumerated() {
            // What stood since always counts from when it was put on record.
            let at = version.inForce.start == .distantPast ? version.recorded : version.inForce.start
            let before = index > 0 ? versions[index - 1] : nil
            if span.contains(at) {
                let keys =
                    before.map { Self.differing($0.document.canonical, version.document.canonical) } ?? []
                let isAdded = before.map { Self.isRemoved($0, before: version) } ?? true
                if isAdded || !keys.isEmpty {
                    found.append(
                        PeriodChange(
                            at: at, recorded: version.recorded, document: name,
                            nature: isAdded ? .added : .changed, keys: keys))
                }
            }
            let next = index + 1 < versions.count ? versions[index + 1] : nil
            if Self.isRemoved(version, before: next), span.contains(version.inForce.end) {
                found.append(
                    PeriodChange(
                        at: version.inForce.end, recorded: version.inForce.end, document: name,
                        nature: .removed,
                        keys: []))
            }
        }
        return found
    }

    /// Whether nothing of the document stood for a time after a version, or ever since.
    private static func isRemoved(_ version: DocumentVersion, before next: DocumentVersion?) -> Bool {
        version.inForce.end < next?.inForce.start ?? .distantFuture
    }

    private static func differing(_ before: JSON, _ after: JSON) -> [String] {
        let names = ((before.object?.members ?? []) + (after.object?.members ?? [])).map {
            Identifier($0.name)
        }
        return Set(names).sorted().filter { before[$0.text] != after[$0.text] }.map(\.text)
    }
}
