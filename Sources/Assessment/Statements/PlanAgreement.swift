import Formats
package import Programs

/// Holds what entries say of applications of the program against the documents that they apply: how many there are, and
/// what is to be collected from then on. A plan that names fewer sources would hide that one was never asked.
package struct PlanAgreement: Sendable {
    private var present: Set<Program.Key> = []
    private var sources: [Identifier: Source] = [:]
    /// Plans with other kinds or cadences than their sources have as they are read today: what a document leaves open
    /// may have been read otherwise by another version.
    package private(set) var others = 0

    package init() {}

    /// Takes the next application in, and says what its entry states otherwise; nil when nothing.
    package mutating func fault(_ statement: ProgramStatement, _ changes: [ProgramChange]) -> String? {
        var (added, changed, removed) = (0, 0, 0)
        for change in changes {
            switch change {
            case .apply(let document):
                if present.insert(document.key).inserted { added += 1 } else { changed += 1 }
                if case .source(let source) = document.body { sources[source.id] = source }
            case .remove(let key):
                if present.remove(key) != nil { removed += 1 }
                if key.type == .source { sources[key.id] = nil }
            }
        }
        guard added == statement.added, changed == statement.changed, removed == statement.removed else {
            return "it counts \(statement.added) documents added, \(statement.changed) changed and "
                + "\(statement.removed) removed, but these are \(added), \(changed) and \(removed)"
        }
        let stated = statement.collection
        let plan = CollectionPlan(Array(sources.values), collector: stated.collector)
        guard
            plan.series.elementsEqual(
                stated.series, by: { $0.source == $1.source && $0.connector == $1.connector })
        else {
            return "its plan of what is to be collected is not that of its documents"
                + Self.names(plan, stated)
        }
        if plan.series != stated.series { others += 1 }
        return nil
    }

    /// The sources that stand in one plan only.
    private static func names(_ plan: CollectionPlan, _ stated: CollectionPlan) -> String {
        let own = Set(plan.series.map(\.source))
        let names = own.symmetricDifference(stated.series.map(\.source)).sorted().map(\.text)
        return names.isEmpty
            ? "" : ": \(names.prefix(5).joined(separator: ", "))" + (names.count > 5 ? ", …" : "")
    }
}
