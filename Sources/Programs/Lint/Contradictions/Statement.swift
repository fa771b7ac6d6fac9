import Formats

/// What one document says in the vocabulary of terms.
struct Statement {
    /// Such as `policy incident-response`.
    let name: String
    /// Where the document begins; its terms know their own places.
    let place: Place
    let terms: Terms
    /// Ids of the systems it is about; none means all.
    var systems: [Identifier] = []

    /// Whether two statements can be about the same system.
    func meets(_ other: Statement) -> Bool {
        systems.isEmpty || other.systems.isEmpty || systems.contains { other.systems.contains($0) }
    }
}

extension Lint {
    /// Agreements in force today; without a date of today, those that no other has taken the place of.
    var agreementsInForce: [(agreement: Agreement, document: Document)] {
        let replaced = Set(program.agreements.compactMap { $0.replaces?.id })
        return program.documents.compactMap { document in
            guard case .agreement(let agreement) = document.body else { return nil }
            if let today {
                let noon = program.zone.midnight(of: today) + .hours(12)
                return agreement.isInForce(at: noon, in: program.zone) ? (agreement, document) : nil
            }
            return replaced.contains(agreement.id) ? nil : (agreement, document)
        }
    }

    /// What we owe: agreements with customers, and commitments.
    var promises: [Statement] {
        let agreements = agreementsInForce.filter { $0.agreement.customer != nil }.map {
            Statement(
                name: "agreement \($0.agreement.id)", place: $0.document.place, terms: $0.agreement.terms,
                systems: $0.agreement.systems.map(\.id))
        }
        let commitments = program.documents.compactMap { document -> Statement? in
            guard case .commitment(let commitment) = document.body else { return nil }
            return Statement(
                name: "commitment \(commitment.id)", place: document.place, terms: commitment.states,
                systems: commitment.systems.map(\.id))
        }
        return agreements + commitments
    }

    /// What we say ourselves that we do: policies, procedures, the system's description, and the limits of tests.
    var ownStatements: [Statement] {
        program.documents.flatMap { document -> [Statement] in
            let name = document.key.description
            switch document.body {
            case .policy(let policy):
                return [
                    Statement(name: name, place: document.place, terms: policy.states),
                    Statement(name: name, place: document.place, terms: Terms(prose: policy.text)),
                ]
            case .procedure(let procedure):
                return [
                    Statement(name: name, place: document.place, terms: procedure.states),
                    Statement(name: name, place: document.place, terms: Terms(prose: procedure.text)),
                ]
            case .system(let system):
                let prose = Terms(prose: Text(system.description, at: document.place))
                return [system.states, prose].map {
                    Statement(name: name, place: document.place, terms: $0, systems: [document.id])
                }
            case .control(let control):
                return control.tests.compactMap { reference in
                    guard let test = program.document(.test, reference.id), case .test(let body) = test.body,
                        let terms = Terms(limitOf: body, of: control.id, at: test.place)
                    else { return nil }
                    return Statement(
                        name: "test \(reference.id) of \(control.id)", place: test.place, terms: terms,
                        systems: control.systems.map(\.id))
                }
            default: return []
            }
        }
    }
}

extension Terms {
    /// The limit that a test of a starter control puts on what agreements promise; nil for other tests.
    fileprivate init?(limitOf test: Test, of control: Identifier, at place: Place) {
        self.init()
        switch test.rule {
        case .response(let rule):
            let limit = Placed(rule.sla, at: place)
            switch control.text {
            case "INC-03": (breachNotice, incidentNotice) = (limit, limit)
            case "INC-04": unauthorizedUseNotice = limit
            case "PHI-05": (access, amendment) = (limit, limit)
            case "PHI-04": accounting = limit
            case "DAT-03": destroy = limit
            default: return nil
            }
        case .ratio(let rule) where control == "BCP-05": uptime = Placed(rule.target, at: place)
        default: return nil
        }
    }
}
