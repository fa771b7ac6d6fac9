import Catalog
import Formats

extension Lint {
    /// A promised report must cover what was promised.
    mutating func reports(_ promises: [Statement]) {
        let declared = program.periods.flatMap(\.categories)
        let served = Set(program.controls.flatMap(\.criteria).map(\.id))
        let examined = Category.allCases.filter { category in
            declared.isEmpty
                ? category == .security || criteria.criteria(in: category).contains { served.contains($0.id) }
                : declared.contains(category)
        }
        for promise in promises {
            for category in promise.terms.reportCategories where !examined.contains(category.value) {
                warn(
                    "report-category-missing", at: category.place,
                    "\(promise.name) promises a report on \(category.value), which no period examines",
                    remedy:
                        "add the category to the period and controls for its criteria, or change the promise")
            }
        }
    }

    /// A safeguard that a contract names needs a control with a test.
    mutating func safeguards(_ promises: [Statement]) {
        let controls = program.controls.filter { !$0.tests.isEmpty }
        let served = Set(controls.flatMap(\.hipaa).map(\.id)).union(controls.map(\.id))
        for promise in promises {
            for safeguard in promise.terms.safeguards {
                let ways = Self.ways(to: safeguard.value)
                guard !ways.contains(where: { served.contains(Identifier($0)) }) else { continue }
                warn(
                    "safeguard-without-control", at: safeguard.place,
                    "\(promise.name) promises \(safeguard.value.rawValue), and no tested control does it",
                    remedy: "add a control with a test that cites \(ways[1])")
            }
        }
        encryption(promises)
    }

    /// The starter control and the citation that go with a safeguard.
    private static func ways(to safeguard: Terms.Safeguard) -> [String] {
        switch safeguard {
        case .mfa: ["IAM-05", "164.312(d)"]
        case .encryptionAtRest: ["CRY-02", "164.312(a)(2)(iv)"]
        case .encryptionInTransit: ["CRY-01", "164.312(e)(2)(ii)"]
        case .logging: ["MON-01", "164.312(b)"]
        case .training: ["HR-02", "164.308(a)(5)(i)"]
        case .screening: ["HR-01", "164.308(a)(3)(ii)(B)"]
        case .penetrationTest: ["VUL-03", "164.308(a)(8)"]
        }
    }

    /// "All PHI is encrypted at rest", and a store or a waiver that says otherwise.
    private mutating func encryption(_ promises: [Statement]) {
        for promise in promises {
            guard let owed = promise.terms.safeguards.first(where: { $0.value == .encryptionAtRest }) else {
                continue
            }
            for document in program.documents {
                switch document.body {
                case .asset(let asset) where asset.hasPHI && asset.isEncrypted?.value == false:
                    warn(
                        "encryption-exception", at: asset.isEncrypted?.place ?? document.place,
                        "\(document.key) holds PHI unencrypted, \(promise.name) promises encryption at rest (\(owed.place))",
                        remedy: "encrypt it, or agree on the exception")
                case .waiver(let waiver):
                    guard let test = program.test(waiver.test.id), test.asksForEncryption else { continue }
                    warn(
                        "encryption-exception", at: waiver.test.place,
                        "\(document.key) excepts from a test of encryption, \(promise.name) promises encryption at rest (\(owed.place))",
                        remedy: "see that nothing it excepts holds PHI, or agree on the exception")
                default: break
                }
            }
        }
    }

    /// Purposes and datasets that an agreement does not allow.
    mutating func uses(_ promises: [Statement], _ own: [Statement]) {
        for statement in own {
            for use in statement.terms.permittedUses {
                for promise in promises
                where !promise.terms.permittedUses.isEmpty && !promise.terms.permittedUses.contains(use) {
                    warn(
                        "use-not-permitted", at: use.place,
                        "\(statement.name) claims the use \"\(use)\", which \(promise.name) does not permit (\(promise.place))",
                        remedy: "drop the use for this customer, or have it permitted")
                }
            }
        }
        for document in program.documents {
            guard case .dataset(let dataset) = document.body else { continue }
            for reference in dataset.agreements { barred(dataset, document, reference) }
        }
    }

    private mutating func barred(_ dataset: Dataset, _ document: Document, _ reference: Text) {
        guard case .agreement(let agreement)? = program.document(.agreement, reference.id)?.body else {
            return
        }
        let terms = agreement.terms
        var barred: [String] = []
        if terms.aiTraining?.value == false, dataset.purposes.contains(where: { $0.value == .training }) {
            barred.append("training")
        }
        if terms.commercialUse?.value == false, dataset.purposes.contains(where: { $0.value == .commercial })
        {
            barred.append("commercial use")
        }
        if terms.deidentification?.value == false, dataset.isDeidentified?.value == true {
            barred.append("de-identification")
        }
        guard !barred.isEmpty else { return }
        warn(
            "dataset-barred", at: reference.place,
            "\(document.key) holds data under \(agreement.id), which bars \(barred.joined(separator: " and "))",
            remedy: "take the customer's data out of the dataset, or have the use permitted")
    }
}

extension Test {
    /// Whether an expression of the rule speaks of encryption.
    fileprivate var asksForEncryption: Bool {
        switch rule {
        case .state(let rule): rule.require.value.contains("encrypt")
        case .event(let rule): rule.require.value.contains("encrypt")
        case .ratio(let rule): rule.require.value.contains("encrypt")
        default: false
        }
    }
}
