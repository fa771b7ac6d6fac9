import Evidence
package import Formats
import Programs

extension ControlTest {
    /// All verdict rows of the test in a period, from columns, waivers laid over them; events that plainly passed are
    /// counted only. The same as `SweptRows(evaluate(_:))`, the simple evaluators.
    package func sweep(_ frame: SweepFrame) throws -> SweptRows {
        guard var found = try rows(frame) else {
            return SweptRows(evaluate(try frame.simple(evidenceKinds)))
        }
        if !waivers.isEmpty { found.listed.rows = RowList(found.listed.rows.flatMap(overlay)) }
        found.listed.sort()
        return found
    }

    /// The rows before waivers. Nil for kinds and turns that columns do not pay for: they are left to the simple
    /// evaluators, over the records of the kinds of evidence that they need. So is a test that was rewritten as another
    /// kind of test, where the rows of one unit may come from both.
    private func rows(_ frame: SweepFrame) throws -> SweptRows? {
        let kinds = Set(versions.map(\.requirement.kind))
        guard kinds.count == 1, let kind = kinds.first else { return nil }
        switch kind {
        case .state: return try StateSweep(versions: versions, frame: frame).rows()
        case .event:
            return try EventSweep(versions: versions, frame: frame, keepsMoments: keepsMoments).rows()
        case .cadence: return try CadenceSweep(versions: versions, frame: frame).rows()
        case .response: return try ResponseSweep(versions: versions, frame: frame).rows()
        case .ratio:
            return try RatioSweep(versions: versions, frame: frame).rows().map { SweptRows($0) }
        case .recon: return try ReconSweep(versions: versions, frame: frame).rows()
        case .sod where SodSweep.applies(to: versions):
            return try SodSweep(versions: versions, frame: frame, keepsMoments: keepsMoments).rows()
        case .sod: return RoleSweep(versions: versions, frame: frame).rows()
        case .attest: return nil
        }
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
