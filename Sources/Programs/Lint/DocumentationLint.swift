import Formats

extension Lint {
    /// The four-part documentation test: for each control a policy that asks for it, a procedure that says how, a
    /// configuration standard where something is set up, and evidence that it runs.
    mutating func documentation() {
        // Who has not begun to write procedures is told, not warned: there is nothing to be inconsistent with.
        let hasBegun =
            !program.documents(of: .procedure).isEmpty || !program.documents(of: .standard).isEmpty
        for document in program.documents {
            guard case .control(let control) = document.body else { continue }
            var missing: [String] = []
            if control.policy == nil { missing.append("a policy") }
            if control.procedure == nil { missing.append("a procedure") }
            if control.standard == nil, control.nature != .manual {
                missing.append("a configuration standard")
            }
            if control.tests.isEmpty { missing.append("evidence of operation") }
            guard !missing.isEmpty else { continue }
            add(
                hasBegun ? .warning : .note, "control-undocumented", at: document.place,
                "the control \(control.id) lacks \(missing.joined(separator: ", "))",
                remedy: "write what is missing and name it under policy:, procedure:, standard: or tests:")
        }
        unusedPolicies()
    }

    /// What a policy asks for and no control carries out is a promise that nobody checks.
    private mutating func unusedPolicies() {
        let used = Set(program.controls.compactMap { $0.policy?.id })
        for document in program.documents(of: .policy) where !used.contains(document.id) {
            warn(
                "unused-policy", at: document.place, "no control carries out the policy \(document.id)",
                remedy: "name it under policy: of a control, or retire it")
        }
    }
}
