import Catalog
import Formats

extension Lint {
    /// Specifications of the Security Rule without a working control, and addressable ones without a decision. Only for
    /// programs that take HIPAA on: those that cite it, or have a business associate agreement.
    mutating func securityRule() {
        guard let hipaa else { return }
        citations(hipaa)
        guard takesOnHIPAA else { return }
        let controls = program.controls
        let cited = Set(controls.flatMap(\.hipaa).map(\.id))
        let tested = Set(controls.filter { !$0.tests.isEmpty }.flatMap(\.hipaa).map(\.id))
        let duties = hipaa.requirements(of: .security).filter { duty in
            // Clearinghouses and group health plans are another business; their parts apply once they are cited.
            let id = Identifier(duty.citation.description)
            let isOthers = id == "164.308(a)(4)(ii)(A)" || id.text.hasPrefix("164.314(b)")
            return duty.needsControl && (!isOthers || cited.contains(id))
        }
        let decided = Set(program.decisions.filter { !$0.isDraft }.map(\.specification.id))
        let drafted = Set(program.decisions.filter(\.isDraft).map(\.specification.id))
        report(
            "specification-uncovered", duties, "no control cites", "name them under hipaa: of a control"
        ) { !cited.contains($0) && !decided.contains($0) }
        report(
            "specification-untested", duties, "no control with a test cites",
            "add a test to a control that cites them"
        ) { cited.contains($0) && !tested.contains($0) }
        let addressable = duties.filter { $0.kind == .addressable }
        report(
            "addressable-undecided", addressable,
            "no decision is on record for these addressable specifications:",
            "write decision documents: implemented, equivalent or neither, with the reason (164.306(d)(3))"
        ) { !decided.contains($0) && !drafted.contains($0) }
        decisions(hipaa, cited: cited)
    }

    private var takesOnHIPAA: Bool {
        program.controls.contains { !$0.hipaa.isEmpty } || program.agreements.contains { $0.form == .baa }
            || !program.decisions.isEmpty
    }

    private mutating func report(
        _ rule: String, _ duties: [HIPAARequirement], _ message: String, _ remedy: String,
        _ isOpen: (Identifier) -> Bool
    ) {
        let open = duties.map(\.citation.description).filter { isOpen(Identifier($0)) }
        guard !open.isEmpty else { return }
        warn(rule, at: programPlace, "\(message) \(open.joined(separator: ", "))", remedy: remedy)
    }

    /// Citations of the Security Rule that lead nowhere.
    private mutating func citations(_ hipaa: HIPAACatalog) {
        let all = program.controls.flatMap(\.hipaa) + program.decisions.map(\.specification)
        for citation in all where hipaa.requirement(citation.id) == nil {
            guard let parsed = HIPAACitation(citation.value), (306...316).contains(parsed.section) else {
                continue
            }
            let near = hipaa.requirements.map(\.citation.description).filter { $0.hasPrefix(citation.value) }
            warn(
                "unknown-citation", at: citation.place,
                "the Security Rule has no standard or specification \(citation)",
                remedy: near.isEmpty
                    ? "see \"assay catalog list --framework hipaa\""
                    : "there are \(near.prefix(6).joined(separator: ", "))")
        }
    }

    private mutating func decisions(_ hipaa: HIPAACatalog, cited: Set<Identifier>) {
        for document in program.documents {
            guard case .decision(let decision) = document.body else { continue }
            let place = decision.specification.place
            if let requirement = hipaa.requirement(decision.specification.id),
                requirement.kind != .addressable
            {
                warn(
                    "decision-not-addressable", at: place,
                    "\(decision.specification) is not addressable, so there is nothing to decide",
                    remedy: "required specifications and standards are implemented; remove the decision")
            }
            if decision.choice == .implemented, decision.controls.isEmpty,
                !cited.contains(decision.specification.id)
            {
                warn(
                    "decision-unsupported", at: document.place,
                    "\(decision.specification) is said to be implemented, and no control does so",
                    remedy: "name the controls, or decide otherwise")
            }
            if decision.choice == .neither, cited.contains(decision.specification.id) {
                warn(
                    "decision-contradicted", at: document.place,
                    "\(decision.specification) is said not to be implemented, yet a control cites it",
                    remedy: "change the decision, or remove the citation")
            }
            if let review = decision.review, let today, review < today {
                warn(
                    "decision-stale", at: document.place,
                    "the decision on \(decision.specification) was to be looked at again on \(review)",
                    remedy: "decide again and set new dates")
            }
        }
    }

    /// Where findings about the program as a whole are shown.
    var programPlace: Place {
        (program.documents(of: .organization) + program.documents(of: .control)).first?.place ?? .stored
    }
}
