import Evidence
package import Formats

extension ControlTest {
    /// All verdict rows of the test in a period, from columns, waivers laid over them; events that plainly passed are
    /// counted only. The same as `SweptRows(evaluate(_:))`, the simple evaluators.
    package func sweep(_ frame: SweepFrame) throws -> SweptRows {
        var found = SweptRows()
        for part in try parts(frame) { found.add(part) }
        found.listed.rows = found.listed.rows.flatMap(overlay)
        found.listed.sort()
        return found
    }

    private func parts(_ frame: SweepFrame) throws -> [SweptRows] {
        // A test may have been rewritten as another kind of test: each kind judges where its versions were in force.
        try Set(versions.map(\.requirement.name)).sorted().map { try part($0, frame) }
    }

    /// The rows of the versions of one kind of test. Kinds and turns that columns do not pay for are left to the simple
    /// evaluators, over the records of the kinds of evidence that they need.
    private func part(_ kind: String, _ frame: SweepFrame) throws -> SweptRows {
        switch kind {
        case "state": return SweptRows(listed: try StateSweep(versions: versions, frame: frame).rows())
        case "event": return try EventSweep(versions: versions, frame: frame).rows()
        case "cadence":
            if let rows = try CadenceSweep(versions: versions, frame: frame).rows() {
                return SweptRows(rows)
            }
        case "response":
            if let rows = try ResponseSweep(versions: versions, frame: frame).rows() {
                return SweptRows(rows)
            }
        case "ratio":
            if let rows = try RatioSweep(versions: versions, frame: frame).rows() { return SweptRows(rows) }
        case "recon":
            if let rows = ReconSweep(versions: versions, frame: frame).rows() {
                return SweptRows(listed: rows)
            }
        case "sod" where SodSweep.applies(to: versions):
            return try SodSweep(versions: versions, frame: frame).rows()
        default: break
        }
        return SweptRows(rows(ofKind: kind, try frame.simple(evidenceKinds)))
    }
}

extension ControlTest {
    /// The kinds of evidence that any version of the test looks at.
    package var evidenceKinds: Set<Identifier> { Set(versions.flatMap(\.requirement.evidenceKinds)) }
}

extension Requirement {
    var evidenceKinds: [Identifier] {
        switch self {
        case .state(let rule): [rule.kind]
        case .event(let rule): [rule.kind] + rule.joins.map(\.kind)
        case .cadence(let rule): [rule.kind] + [rule.subjects?.kind].compactMap { $0 }
        case .response(let rule): [rule.trigger.kind, rule.target.kind]
        case .ratio(let rule): [rule.kind]
        case .recon(let rule): [rule.kind, rule.partners.kind]
        case .sod(.event(let rule)): [rule.kind] + rule.joins.map(\.kind)
        case .sod(.roles(let first, let second)): [first.kind, second.kind]
        case .attest(let rule): [rule.kind]
        }
    }
}
