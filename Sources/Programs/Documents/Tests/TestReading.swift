import Formats

extension Test {
    private static let known = TestKind.allCases.map(\.rawValue)

    /// Reads the keys of a test; its kind decides which there are.
    static func read(
        _ entries: [Node.Entry], at place: Place, besides first: String, _ reading: inout Reading
    ) -> Test? {
        guard let entry = entries.first(where: { $0.key == "kind" }) else {
            reading.error(
                "missing-key", at: place, "a test needs the key \"kind\"",
                remedy: "add it; it is one of \(known.joined(separator: ", "))")
            return nil
        }
        guard case .scalar(let word, _) = entry.value.content, !entry.value.isEmpty else {
            reading.wrongType(entry.value, key: "kind", expected: "one of \(known.joined(separator: ", "))")
            return nil
        }
        guard let kind = TestKind(rawValue: word) else {
            reading.badValue(
                entry.value, key: "kind", found: word, expected: "one of \(known.joined(separator: ", "))",
                remedy: Spelling.advice(for: word, among: known))
            return nil
        }
        let own = [first, "kind"]
        switch kind {
        case .state:
            return read(entries, place, own, StateRule.schema, &reading) { .state($0) }
        case .event:
            return read(entries, place, own, EventRule.schema, &reading) { .event($0) }
        case .cadence:
            return read(entries, place, own, CadenceRule.schema, &reading) { .cadence($0) }
        case .response:
            return read(entries, place, own, ResponseRule.schema, &reading) { .response($0) }
        case .ratio:
            return read(entries, place, own, RatioRule.schema, &reading) { .ratio($0) }
        case .recon:
            return read(entries, place, own, ReconRule.schema, &reading) { .recon($0) }
        case .sod:
            return read(entries, place, own, SodRule.schema, &reading) { .sod($0) }
        case .attest:
            return read(entries, place, own, AttestRule.schema, &reading) { .attest($0) }
        }
    }

    private static func read<Form: Sendable>(
        _ entries: [Node.Entry], _ place: Place, _ own: [String], _ schema: Schema<Form>,
        _ reading: inout Reading,
        _ rule: (Form) -> Rule
    ) -> Test? {
        let heading = Heading.schema
        // The heading reads its keys out of the mapping; every other key is the rule's to know or refuse.
        let head = heading.read(
            entries.filter { heading.keyNames.contains($0.key) }, at: place, &reading)
        let others = own + heading.keyNames
        guard let head, !head.limits.isEmpty else {
            let body = schema.read(entries, at: place, besides: others, &reading)
            guard let head, let body else { return nil }
            return Test(id: "", title: head.title, effective: head.effective, rule: rule(body))
        }
        let written = entries.filter { !others.contains($0.key) }
        var resolution = Limit.Resolution(head.limits)
        let before = reading.findings.count
        let resolved = resolution.resolve(written, &reading)
        for limit in head.limits where !resolution.used.contains(limit.name) {
            reading.error(
                "unused-limit", at: place, "nothing uses the limit \"\(limit.name)\"",
                remedy: "write $\(limit.name) where the value belongs, or remove it")
        }
        // What is left unresolved would only be found fault with a second time.
        guard reading.findings.count == before,
            let body = schema.read(resolved, at: place, &reading)
        else { return nil }
        return Test(
            id: "", title: head.title, effective: head.effective, rule: rule(body), limits: head.limits,
            written: Node.members(written))
    }

    /// The keys behind the id, in the order in which they are written.
    var members: JSONObject {
        let body =
            switch rule {
            case .state(let rule): StateRule.schema.write(rule)
            case .event(let rule): EventRule.schema.write(rule)
            case .cadence(let rule): CadenceRule.schema.write(rule)
            case .response(let rule): ResponseRule.schema.write(rule)
            case .ratio(let rule): RatioRule.schema.write(rule)
            case .recon(let rule): ReconRule.schema.write(rule)
            case .sod(let rule): SodRule.schema.write(rule)
            case .attest(let rule): AttestRule.schema.write(rule)
            }
        let head = Heading.schema.write(Heading(title: title, effective: effective, limits: limits))
        let members = (written ?? body).members
        return JSONObject([.init(name: "kind", value: .string(kind.rawValue))] + head.members + members)
    }
}
