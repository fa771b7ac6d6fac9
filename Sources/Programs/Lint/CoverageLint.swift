import Catalog
import Formats

extension Lint {
    /// Controls that nothing tests, tests that no control uses, criteria that no control serves.
    mutating func coverage() {
        var used: Set<Identifier> = []
        for document in program.documents {
            guard case .control(let control) = document.body else { continue }
            used.formUnion(control.tests.map(\.id))
            if control.tests.isEmpty {
                warn(
                    "control-without-tests", at: document.place, "nothing tests the control \(control.id)",
                    remedy: "name a test, or be ready to show the auditor evidence by hand")
            }
        }
        for document in program.documents(of: .test) where !used.contains(document.id) && !isUnread(.control)
        {
            warn(
                "unused-test", at: document.place, "no control uses the test \(document.id)",
                remedy: "name it in the tests of a control, or remove it")
        }
        uncoveredCriteria()
        untestedCriteria()
    }

    /// A category is in scope as soon as one control serves one of its criteria; Security always is, because no SOC 2
    /// examination goes without it.
    private mutating func uncoveredCriteria() {
        let controls = program.controls
        guard !controls.isEmpty else { return }
        let served = Set(controls.flatMap(\.criteria).map(\.id))
        let excluded = Set(program.exclusions.map(\.id))
        let place =
            (program.documents(of: .organization) + program.documents(of: .control)).first?.place ?? .stored
        for category in Category.allCases {
            let all = criteria.criteria(in: category)
            guard category == .security || all.contains(where: { served.contains($0.id) }) else { continue }
            let open = all.filter { !served.contains($0.id) && !excluded.contains($0.id) }
            guard !open.isEmpty, !isUnread(.control), !isUnread(.exclusion) else { continue }
            warn(
                "uncovered-criteria", at: place,
                "no control serves these criteria of \(category): \(open.map(\.id.text).joined(separator: ", "))",
                remedy: "add controls, or exclusion documents that say why they do not apply")
        }
        for document in program.documents(of: .exclusion) where served.contains(document.id) {
            warn(
                "excluded-and-served", at: document.place,
                "\(document.id) is excluded, yet a control serves it", remedy: "remove one of the two")
        }
    }

    /// Criteria that only controls without tests serve: something is promised, and nothing shows that it works.
    mutating func untestedCriteria() {
        let controls = program.controls
        let served = Set(controls.flatMap(\.criteria).map(\.id))
        let tested = Set(controls.filter { !$0.tests.isEmpty }.flatMap(\.criteria).map(\.id))
        let open = criteria.criteria.map(\.id).filter { served.contains($0) && !tested.contains($0) }
        guard !open.isEmpty else { return }
        warn(
            "untested-criteria", at: programPlace,
            "only controls without tests serve these criteria: \(open.map(\.text).joined(separator: ", "))",
            remedy: "add a test to one of their controls")
    }

    /// SOC 2 ends in a CPA's report, not in a certificate, and HIPAA knows no certificate at all; a buyer's counsel
    /// notices the word.
    mutating func wording() {
        for document in program.documents {
            switch document.body {
            case .control(let control):
                wording(Text(control.title, at: document.place))
                wording(Text(control.statement, at: document.place))
            case .system(let system):
                wording(Text(system.title, at: document.place))
                wording(Text(system.description, at: document.place))
            case .test(let test): wording(Text(test.title ?? "", at: document.place))
            case .policy(let policy):
                wording(Text(policy.title, at: document.place))
                wording(policy.text)
            case .procedure(let procedure): wording(procedure.text)
            case .standard(let standard): wording(standard.text)
            case .commitment(let commitment): wording(commitment.statement)
            case .cuec(let control): wording(control.statement)
            case .csoc(let control): wording(control.statement)
            default: break
            }
        }
    }

    private mutating func wording(_ text: Text) {
        // What can indeed be certified, or is called so.
        let proper = [
            "iso", "hitrust", "pci", "public accountant", "certified mail", "certified copy", "destruction",
        ]
        for line in ProseLine.lines(of: text) {
            if line.words.contains("certified"), !proper.contains(where: line.words.contains) {
                warn(
                    "wording-certified", at: line.place(of: "certified"),
                    "the word \"certified\": a SOC 2 is an attestation, and HIPAA has no certificate",
                    remedy: "write \"examined\", or name the standard the certificate is for")
            }
            for phrase in Self.misleading where line.words.contains(phrase.words) {
                warn(
                    "wording-misleading", at: line.place(of: phrase.words), phrase.reason,
                    remedy: phrase.remedy)
            }
        }
    }

    /// Phrases that a buyer's counsel would strike out.
    private static let misleading: [(words: String, reason: String, remedy: String)] = [
        (
            "soc 2 certificat", "SOC 2 gives no certificate",
            "write \"SOC 2 report\", with type, period and opinion"
        ),
        (
            "hipaa certificat", "HIPAA has no certificate",
            "say which safeguards are in place and how they are tested"
        ),
        (
            "soc 2 compliant",
            "nobody is \"SOC 2 compliant\": a CPA gives an opinion on a description and controls",
            "write \"SOC 2 Type II report issued\", with its period"
        ),
        (
            "passed soc 2", "an examination is not passed: it ends in an opinion",
            "write which opinion was given, and for which period"
        ),
        (
            "passed our soc 2", "an examination is not passed: it ends in an opinion",
            "write which opinion was given, and for which period"
        ),
        (
            "five trust services criteria", "there are five categories and 61 criteria",
            "write \"five trust services categories\""
        ),
        (
            "guarantees compliance",
            "no control guarantees compliance; an examination gives reasonable assurance",
            "say what is done and tested"
        ),
        (
            "100% secure", "no system is", "say what is done and tested"
        ),
    ]
}
