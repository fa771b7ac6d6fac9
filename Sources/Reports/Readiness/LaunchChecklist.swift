import Assessment
import Formats
import Programs

/// How the controls stand, by what buyers expect of a product on its first day.
///
/// A control stands in each area whose criteria or provisions it cites. What an id looks like says little: it counts
/// only where a control cites none of them, and whatever is left stands in a row of its own.
struct LaunchChecklist {
    let material: ReportMaterial

    private struct Area {
        let title: String
        let criteria: [String]
        /// Provisions of 45 CFR, with all that stands below them.
        let provisions: [String]
        /// How ids of such controls begin in the templates.
        let family: String

        var cited: String { (criteria + provisions).joined(separator: ", ") }

        func isCited(by outcome: ControlOutcome, _ citations: [String]) -> Bool {
            outcome.control.criteria.contains { criteria.contains($0.text) }
                || citations.contains { citation in provisions.contains { citation.hasPrefix($0) } }
        }
    }

    private static let areas = [
        Area(
            title: "Access", criteria: ["CC6.1", "CC6.2", "CC6.3", "CC6.4"],
            provisions: [
                "164.308(a)(3)", "164.308(a)(4)", "164.310(a)", "164.312(a)(1)", "164.312(a)(2)(i)",
                "164.312(a)(2)(ii)", "164.312(a)(2)(iii)", "164.312(d)",
            ], family: "IAM"),
        Area(
            title: "Encryption and data on the move", criteria: ["CC6.7"],
            provisions: ["164.312(a)(2)(iv)", "164.312(e)"], family: "CRY"),
        Area(
            title: "Audit logs and monitoring", criteria: ["CC7.2"],
            provisions: ["164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.312(b)"], family: "MON"),
        Area(
            title: "Vulnerabilities", criteria: ["CC6.8", "CC7.1"], provisions: ["164.308(a)(5)(ii)(B)"],
            family: "VUL"),
        Area(title: "Changes", criteria: ["CC8.1"], provisions: [], family: "CHG"),
        Area(
            title: "Recovery", criteria: ["A1.2", "A1.3", "CC7.5"], provisions: ["164.308(a)(7)"],
            family: "BCP"),
    ]

    var blocks: [Block] {
        let placed = material.result.controls.map { (outcome: $0, areas: areas(of: $0)) }
        let rows = Self.areas.indices.map { index in
            row(Self.areas[index], placed.filter { $0.areas.contains(index) }.map(\.outcome))
        }
        let others = placed.filter(\.areas.isEmpty).map(\.outcome)
        let rest: [[Cell]] = others.isEmpty ? [] : [[Cell("All other controls")] + standings(others)]
        return [
            .table(
                Sheet(
                    "Launch checklist: how the controls of each area stand at the end of what is known",
                    columns: [
                        "Area", "Hold", "Do not hold", "Fail within grace or under a waiver",
                        "Not known, or nothing to judge yet",
                    ], rows: rows + rest)), .paragraph(Self.explanation),
        ]
    }

    private static let explanation =
        "A control stands in each area of which it cites a criterion or a provision of 45 CFR: "
        + areas.map { "\($0.title) \($0.cited)" }.joined(separator: "; ")
        + ". One that cites none of them stands where its id begins as those of the templates do ("
        + areas.map { "\($0.family)-" }.joined(separator: ", ") + "), or else under all other controls."

    /// The places of the areas that a control is for.
    private func areas(of outcome: ControlOutcome) -> [Int] {
        let citations = material.document(outcome.control.id)?.hipaa.map(\.value) ?? []
        let cited = Self.areas.indices.filter { Self.areas[$0].isCited(by: outcome, citations) }
        if !cited.isEmpty { return cited }
        return Self.areas.indices.filter {
            outcome.control.id.text.hasPrefix(Self.areas[$0].family + "-")
        }
    }

    private func row(_ area: Area, _ own: [ControlOutcome]) -> [Cell] {
        own.isEmpty
            ? [Cell(area.title), Cell("no control cites \(area.cited)", mark: .bad)]
                + [Cell](repeating: Cell("–"), count: 3)
            : [Cell(area.title)] + standings(own)
    }

    private func standings(_ own: [ControlOutcome]) -> [Cell] {
        let now = material.result.input.knownAt
        func ids(_ mark: Cell.Mark, _ verdicts: Set<Verdict>) -> Cell {
            let found = own.filter { verdicts.contains($0.shownStanding(at: now)) }
            return found.isEmpty
                ? Cell("none") : Cell(found.map(\.control.id.text).joined(separator: ", "), mark: mark)
        }
        return [
            ids(.good, [.pass]), ids(.bad, [.fail]), ids(.exception, [.tolerated, .waived]),
            ids(.unknown, [.unknown, .pending, .notApplicable]),
        ]
    }
}

extension ControlOutcome {
    /// How it stood, where what nothing tests does not hold: with a test that is not in force, the others do not
    /// make up a control all of whose tests must hold.
    fileprivate func shownStanding(at instant: Instant) -> Verdict {
        let verdict = standing(at: instant)
        let isWhole = conclusion != .notTested && (absent.isEmpty || control.combination == .any)
        return verdict == .pass && !isWhole ? .unknown : verdict
    }
}
