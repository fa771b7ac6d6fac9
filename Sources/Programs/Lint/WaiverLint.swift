import Formats

extension Lint {
    /// What waivers cover beyond what they name, and who approved them.
    mutating func waivers() {
        for document in program.documents(of: .waiver) {
            guard case .waiver(let waiver) = document.body, let test = program.test(waiver.test.id) else {
                continue
            }
            reach(of: waiver, test, document)
            source(of: waiver, document)
            approval(of: waiver, document)
        }
    }

    /// Two sources may tell of different things under one key, such as `root` or `main`.
    private mutating func reach(of waiver: Waiver, _ test: Test, _ document: Document) {
        guard waiver.keys != nil, waiver.source == nil, let kind = test.unitKind else { return }
        let sources = program.sources.filter { source in source.kinds.contains { $0.id == kind.id } }
        guard sources.count > 1 else { return }
        let names = sources.map(\.id.text).joined(separator: ", ")
        warn(
            "waiver-every-source", at: document.place,
            "\(document.key) excepts its keys in every source, and \(kind) comes from \(names)",
            remedy: "say which is meant with source:, in a waiver for each if several are")
    }

    /// A waiver of a source that nobody knows excuses nothing. What imports bring has a name of its own, so that a program
    /// without sources tells nothing; one that was given up may be named still.
    private mutating func source(of waiver: Waiver, _ document: Document) {
        guard let name = waiver.source, !program.sources.isEmpty else { return }
        let retired = program.documents(of: .retirement).compactMap { other -> Identifier? in
            guard case .retirement(let retirement) = other.body else { return nil }
            return retirement.source
        }
        let known = program.sources.map(\.id) + retired
        guard !known.contains(Identifier(name)) else { return }
        let advice = Spelling.advice(for: name, among: known.map(\.text))
        warn(
            "waiver-unknown-source", at: document.place,
            "\(document.key) excepts records of the source \(name), and the program declares none of this name",
            remedy: advice.isEmpty
                ? "name one that is declared, or leave this where an import brings the records" : advice)
    }

    /// Who answers for a control does not excuse it.
    private mutating func approval(of waiver: Waiver, _ document: Document) {
        for control in program.controls
        where control.tests.contains(where: { $0.id == waiver.test.id })
            && isSame(control.owner, waiver.approver)
        {
            warn(
                "waiver-own-control", at: document.place,
                "\(document.key) was approved by \(waiver.approver), who owns the control \(control.id) that it excuses",
                remedy: "have somebody approve it who does not answer for the control")
        }
    }

    /// Whether two names, or an id and a name, mean the same.
    private func isSame(_ one: String, _ other: String) -> Bool {
        if Identifier(one) == Identifier(other) { return true }
        guard let first = workforce.person(Text(one)), let second = workforce.person(Text(other)) else {
            return false
        }
        return first.id == second.id
    }
}

extension Test {
    /// The kind of the records that it judges one by one, each of the source that tells of it; nil where several sources
    /// decide together.
    fileprivate var unitKind: Text? {
        switch rule {
        case .state(let rule): rule.kind
        case .event(let rule): rule.kind
        case .response(let rule): rule.trigger.kind
        case .recon(let rule): rule.kind
        case .sod(let rule): rule.kind
        case .cadence, .ratio, .attest: nil
        }
    }
}
