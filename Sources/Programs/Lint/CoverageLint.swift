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
        for document in program.documents(of: .test) where !used.contains(document.id) {
            warn(
                "unused-test", at: document.place, "no control uses the test \(document.id)",
                remedy: "name it in the tests of a control, or remove it")
        }
        uncoveredCriteria()
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
            guard !open.isEmpty else { continue }
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
            default: break
            }
        }
    }

    private mutating func wording(_ text: Text) {
        // What can indeed be certified, or is called so.
        let proper = [
            "iso", "hitrust", "pci", "public accountant", "certified mail", "certified copy", "destruction",
        ]
        let lines = text.value.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = String(Substring(bytes)).lowercased()
            guard let found = line.firstRange(of: "certified"), !proper.contains(where: line.contains) else {
                continue
            }
            let column = line.unicodeScalars.distance(from: line.startIndex, to: found.lowerBound) + 1
            warn(
                "wording-certified", at: text.place(line: index + 1, column: column),
                "the word \"certified\": a SOC 2 is an attestation, and HIPAA has no certificate",
                remedy: "write \"examined\", or name the standard the certificate is for")
        }
    }
}
