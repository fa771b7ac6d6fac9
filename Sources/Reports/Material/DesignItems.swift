package import Assessment
package import Evidence
package import Formats
package import Ledger

/// One item of evidence that a control is there on a day: what a Type I report shows of it.
package struct DesignItem: Sendable {
    /// How the item was come by.
    package enum Choice: Sendable, Hashable {
        /// The lowest rank among all that the test judged on the day: nobody chose it.
        case drawn(seed: String, population: Int, root: Digest, rank: Digest)
        /// The last time that something which happens now and then has happened.
        case last
    }

    package let test: Identifier
    package let key: Identifier
    /// Empty when several sources together decide.
    package let source: Identifier
    /// When it happened or fell due; nil for a record, which is as it is on the day.
    package let at: Instant?
    package let verdict: Verdict
    /// In log order.
    package let references: [FactReference]
    package let choice: Choice
}

extension SealedRecord {
    /// For each control that the evidence says anything of, one item as of the instant, of the first of its tests that has
    /// one. What the test found has no part in the choice.
    func designItems(
        of result: AssessmentResult, _ evidence: KnownEvidence
    ) throws -> [Identifier: DesignItem] {
        guard result.isOfAnInstant else { return [:] }
        var byTest: [Identifier: DesignItem?] = [:]
        var found: [Identifier: DesignItem] = [:]
        for control in result.controls.map(\.control) {
            for id in control.tests {
                if byTest[id] == nil { byTest[id] = .some(try item(of: id, result, evidence)) }
                guard let item = byTest[id] ?? nil else { continue }
                found[control.id] = item
                break
            }
        }
        return found
    }

    private func item(
        of id: Identifier, _ result: AssessmentResult, _ evidence: KnownEvidence
    ) throws -> DesignItem? {
        if let last = result.lastOccurrences[id] {
            return DesignItem(
                test: id, key: last.key, source: "", at: last.at, verdict: last.verdict,
                references: last.references.sorted(), choice: .last)
        }
        guard let test = result.tests.first(where: { $0.test.id == id })?.test else { return nil }
        let population = try population(of: test, evidence)
        let units = population.units.filter { !$0.references.isEmpty }
        let seed = "type-1 \(result.input.period.start)"
        guard
            let first = SampleRank.first(1, of: units.map(\.id), seed: seed, root: population.root).first,
            let unit = units.first(where: { $0.id == first.id })
        else { return nil }
        return DesignItem(
            test: id, key: unit.key, source: unit.source, at: unit.at, verdict: unit.verdict,
            references: unit.references,
            choice: .drawn(
                seed: seed, population: population.count, root: population.root, rank: first.rank))
    }
}

extension AssessmentResult {
    /// Whether it judges one instant, as a Type I does.
    fileprivate var isOfAnInstant: Bool { input.period.isInstant }
}
