import Formats

extension Lint {
    /// References of the registers: each names a document that exists.
    mutating func registerReferences() {
        for document in program.documents {
            switch document.body {
            case .control(let control):
                expect(.procedure, control.procedure)
                expect(.standard, control.standard)
                expect(.system, control.systems)
                expect(.risk, control.risks)
                expect(.cuec, control.userEntityControls)
                expect(.csoc, control.subserviceControls)
            case .system(let system): expect(.vendor, system.vendors)
            case .procedure(let procedure): expect(.policy, procedure.policy)
            case .commitment(let commitment):
                expect(.agreement, commitment.source)
                expect(.system, commitment.systems)
                expect(.control, commitment.controls)
            case .risk(let risk):
                expect(.asset, risk.assets)
                expect(.control, risk.controls)
            case .asset(let asset):
                expect(.system, asset.system)
                expect(.vendor, asset.vendor)
            case .vendor(let vendor):
                expect(.system, vendor.systems)
                for criterion in vendor.criteria { expectCriterion(criterion) }
            case .agreement(let agreement):
                expect(.vendor, agreement.vendor)
                expect(.system, agreement.systems)
                expect(.agreement, agreement.replaces)
            case .team(let team):
                expect(.person, team.lead)
                expect(.person, team.members)
            case .decision(let decision): expect(.control, decision.controls)
            case .cuec(let control):
                expect(.vendor, control.vendor)
                expect(.control, control.controls)
                expect(.test, control.tests)
                for criterion in control.criteria { expectCriterion(criterion) }
            case .csoc(let control):
                expect(.vendor, control.vendor)
                expect(.control, control.monitoring)
                for criterion in control.criteria { expectCriterion(criterion) }
            case .dataset(let dataset): expect(.agreement, dataset.agreements)
            case .response(let response):
                expect(.test, response.test)
                expect(.control, response.control)
            case .retention(let retention):
                for kind in retention.kinds ?? [] { _ = self.kind(kind) }
            default: break
            }
        }
    }

    private mutating func expect(_ type: DocumentType, _ reference: Text?) {
        if let reference { expect(type, reference) }
    }

    private mutating func expect(_ type: DocumentType, _ references: [Text]) {
        for reference in references { expect(type, reference) }
    }

    /// Agreements and persons whose time ends before it begins.
    mutating func registerTimes() {
        let zone = program.zone
        for document in program.documents {
            switch document.body {
            case .agreement(let agreement):
                if let to = agreement.to, agreement.from.instant(in: zone) >= to.instant(in: zone) {
                    error(
                        "empty-interval", at: document.place,
                        "\(document.key) ends at \(to), not after its start at \(agreement.from)",
                        remedy: "the end is the first moment at which it is no longer in force")
                }
            case .person(let person):
                if let from = person.from, let to = person.to, from >= to {
                    error(
                        "empty-interval", at: document.place,
                        "\(document.key) leaves on \(to), before \(from)",
                        remedy: "the end is the first day on which the person no longer works here")
                }
            default: break
            }
        }
    }
}
