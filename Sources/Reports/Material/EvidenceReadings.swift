import Catalog
package import Evidence
package import Formats

extension InventoryItem {
    /// The live records of each kind of state, as they were last collected before an instant.
    package static func items(in history: History, by end: Instant) -> [InventoryItem] {
        history.kinds.values.filter { $0.kind.mode == .state }.sorted { $0.kind.name < $1.kind.name }
            .compactMap { kind in
                let past = Interval(from: .distantPast, to: end)
                let ends = kind.sources.mapValues { source in
                    past.flatMap { source.coverage.clipped(to: $0).intervals.last?.end }
                }
                let count = kind.sources.reduce(0) { count, source in
                    let last = (ends[source.key] ?? nil) ?? end
                    let instant = last - TimeSpan(microseconds: 1)
                    return count
                        + source.value.states.values.filter { versions in
                            versions.contains { $0.interval.contains(instant) }
                        }.count
                }
                guard !kind.sources.isEmpty else { return nil }
                return InventoryItem(
                    kind: kind.kind.name, title: kind.kind.title, sources: kind.sourceNames, count: count,
                    tiedOut: ends.values.contains { $0 == nil } ? nil : ends.values.compactMap(\.self).min())
            }
    }
}

extension IncidentRecord {
    /// The kind of evidence that incidents come as.
    package static let kind: Identifier = "incident.record"

    /// Incidents on record in a stretch of time, each as it was last known there.
    package static func records(in history: History, during period: Interval) -> [IncidentRecord] {
        guard let kind = history[kind] else { return [] }
        var found: [IncidentRecord] = []
        for source in kind.sourceNames {
            for (key, versions) in kind.sources[source]?.states ?? [:] {
                guard let last = versions.last(where: { $0.interval.clipped(to: period) != nil }) else {
                    continue
                }
                found.append(
                    IncidentRecord(
                        key: key, severity: last.value["severity"]?.string ?? "not stated",
                        opened: last.value["opened_at"]?.string ?? "not stated",
                        isContained: last.value["contained"]?.bool, touchesPHI: last.value["phi"]?.bool,
                        touchesCare: last.value["clinical"]?.bool))
            }
        }
        return found.sorted { (Identifier($0.opened), $0.key) < (Identifier($1.opened), $1.key) }
    }
}

extension History {
    /// Every text that is the value of a field marked personal or protected.
    package var personalTexts: Set<Identifier> {
        var texts: Set<Identifier> = []
        for kind in kinds.values {
            let fields = kind.kind.fields.filter { $0.isPersonal || $0.isPHI }.map(\.name)
            if fields.isEmpty { continue }
            for source in kind.sources.values {
                let values = source.states.values.joined().map(\.value) + source.events.map(\.value)
                for value in values { for field in fields { value[field]?.insertTexts(into: &texts) } }
            }
        }
        return texts
    }
}

extension JSON {
    fileprivate func insertTexts(into texts: inout Set<Identifier>) {
        switch self {
        case .string(let text): texts.insert(Identifier(text))
        case .array(let elements): for element in elements { element.insertTexts(into: &texts) }
        default: break
        }
    }
}
