import Catalog

/// What is to be decided about each addressable specification of the Security Rule (164.306(d)(3)), as drafts: the
/// template knows which controls could carry it out, but neither the risk analysis nor whoever approves.
struct DecisionDrafts {
    /// The controls in scope, and what they cite.
    let controls: [ControlSection]
    let hipaa: HIPAACatalog

    var text: String {
        let head = """
            # The Security Rule's addressable specifications are not optional: for each, decide and write down why (45 CFR
            # 164.306(d)(3)). choice: implemented, equivalent (then say which measure:) or neither. Then remove draft: and
            # add decided: and review: with dates. These are proposals, and nobody has decided anything yet.

            """
        return head + "\n" + drafts.joined(separator: "\n---\n")
    }

    private var drafts: [String] {
        let duties = hipaa.requirements(of: .security).filter { $0.kind == .addressable && $0.needsControl }
        var used: Set<String> = []
        return duties.map { duty in
            let citation = duty.citation.description
            let name = Self.slug(duty.title)
            let id = used.insert(name).inserted ? name : name + "-" + Self.slug(citation)
            let own = controls.filter { $0.citations.contains(citation) }
            let reason =
                own.isEmpty
                ? "No control of this program cites it. Say what the risk analysis finds."
                : "Proposed: \(own.map { "\($0.id) (\($0.title))" }.joined(separator: ", ")). Say what the risk analysis finds."
            return """
                # \(duty.title)
                decision: \(id)
                specification: "\(citation)"
                choice: \(own.isEmpty ? "neither" : "implemented")
                reason: "\(reason)"
                approver: security-official
                \(own.isEmpty ? "" : "controls: [\(own.map(\.id).joined(separator: ", "))]\n")draft: true
                """
        }
    }

    /// `Automatic logoff` as `automatic-logoff`.
    private static func slug(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.joined(separator: "-")
    }
}
