package import Catalog
import Formats

extension Program {
    /// What is wrong with a program whose documents can each be read: references, expressions, dates, coverage.
    ///
    /// - Parameters:
    ///   - kinds: those that come with the program; the organisation's own are added here.
    ///   - hipaa: the HIPAA rules; nil leaves out what needs them.
    ///   - today: the day on which reviews are due, agreements in force and people here; nil leaves out what needs it.
    /// - Returns: in the order of files and lines. Only errors keep the program from being applied.
    package func lint(
        kinds: KindCatalog, criteria: CriteriaCatalog, hipaa: HIPAACatalog? = nil,
        on today: CalendarDate? = nil
    )
        -> [Finding]
    {
        var lint = Lint(program: self, kinds: kinds, criteria: criteria, hipaa: hipaa, today: today)
        lint.identities()
        lint.references()
        lint.identityRules()
        lint.takenAliases()
        lint.compensation()
        lint.times()
        lint.retirements()
        lint.waivers()
        lint.coverage()
        lint.wording()
        lint.registers()
        lint.statements()
        for document in documents {
            guard case .test(let test) = document.body else { continue }
            TestLint(test: test, place: document.place).check(&lint)
        }
        return lint.findings.sorted()
    }
}

/// One pass over one program.
struct Lint {
    let program: Program
    let criteria: CriteriaCatalog
    let hipaa: HIPAACatalog?
    let today: CalendarDate?
    let workforce: Workforce
    private(set) var kinds: KindCatalog
    private(set) var findings: [Finding] = []

    init(
        program: Program, kinds: KindCatalog, criteria: CriteriaCatalog, hipaa: HIPAACatalog?,
        today: CalendarDate?
    ) {
        self.program = program
        self.criteria = criteria
        self.hipaa = hipaa
        self.today = today
        workforce = Workforce(program)
        self.kinds = kinds
        for document in program.documents {
            guard case .kind(let own) = document.body else { continue }
            do {
                self.kinds = try self.kinds.merging([own.kind])
            } catch {
                self.error(
                    "kind-taken", at: document.place, "the kind \(own.id) comes with the program",
                    remedy: "choose another id, such as \(program.organization?.id.text ?? "own").\(own.id)")
            }
        }
    }

    /// Everything about the registers, and what they and other documents say about one matter.
    fileprivate mutating func registers() {
        registerReferences()
        registerTimes()
        owners()
        documentation()
        drafts()
        reviews()
        risks()
        responses()
        limits()
        securityRule()
        complementary()
        vagueWording()
        contradictions()
        placesOfPHI()
        engagements()
        periods()
    }

    mutating func add(
        _ severity: Finding.Severity, _ rule: String, at place: Place, _ message: String, remedy: String
    ) {
        findings.append(Finding(severity, rule, at: place, message, remedy: remedy))
    }

    mutating func error(_ rule: String, at place: Place, _ message: String, remedy: String = "") {
        findings.append(Finding(.error, rule, at: place, message, remedy: remedy))
    }

    mutating func warn(_ rule: String, at place: Place, _ message: String, remedy: String = "") {
        findings.append(Finding(.warning, rule, at: place, message, remedy: remedy))
    }

    /// The kind a text names; nil, with a finding, when there is none.
    mutating func kind(_ reference: Text) -> Kind? {
        if let kind = kinds.kind(reference.id) { return kind }
        let advice = advice(for: reference, among: kinds.kinds.map(\.name.text))
        error(
            "unknown-kind", at: reference.place, "there is no kind \"\(reference)\"",
            remedy: advice.isEmpty
                ? "use a kind of the catalogue, or declare it with kind: \(reference)" : advice)
        return nil
    }

    /// Notes a reference to a document that does not exist.
    mutating func expect(_ type: DocumentType, _ reference: Text) {
        guard program.document(type, reference.id) == nil,
            !program.unread.contains(Program.Key(type, reference.id))
        else { return }
        let advice = advice(for: reference, among: program.documents(of: type).map(\.id.text))
        error(
            "unknown-\(type.rawValue)", at: reference.place, "there is no \(type.rawValue) \"\(reference)\"",
            remedy: advice.isEmpty ? "write one, or remove the reference" : advice)
    }

    /// Whether a document of a type stands in a file and could not be read: then nothing can be said of what is missing.
    func isUnread(_ type: DocumentType) -> Bool {
        program.unread.contains { $0.type == type }
    }

    /// A suggestion, as long as there are few findings: who has hundreds needs none, and looking takes its time.
    private func advice(for reference: Text, among known: @autoclosure () -> [String]) -> String {
        findings.count < 200 ? Spelling.advice(for: reference.value, among: known()) : ""
    }

    mutating func expectZone(_ zone: Text) {
        guard Zone(zone.value) == nil else { return }
        error(
            "unknown-zone", at: zone.place, "this system knows no time zone \"\(zone)\"",
            remedy: "use an id of the IANA database, such as America/New_York")
    }

    mutating func identities() {
        for document in program.repeated {
            let first = program.document(document.type, document.id)?.place ?? .stored
            error(
                "duplicate-document", at: document.place, "\(document.key) is already at \(first)",
                remedy: "rename or remove one of them")
        }
        let organizations = program.documents(of: .organization)
        if organizations.isEmpty, !isUnread(.organization) {
            let place = program.documents.map(\.place).min() ?? .stored
            error(
                "organization-count", at: place, "the program names no organization",
                remedy: "add a document organization: with name and domain")
        }
        for document in organizations.dropFirst() {
            error(
                "organization-count", at: document.place,
                "a program has one organization; the other is at \(organizations[0].place)",
                remedy: "keep one")
        }
    }

    mutating func references() {
        for document in program.documents {
            switch document.body {
            case .organization(let organization): expectZone(organization.zone)
            case .control(let control):
                for test in control.tests { expect(.test, test) }
                if let policy = control.policy { expect(.policy, policy) }
                for criterion in control.criteria { expectCriterion(criterion) }
                for other in control.compensating { expect(.control, other) }
            case .waiver(let waiver): expect(.test, waiver.test)
            case .source(let source): for reference in source.kinds { _ = kind(reference) }
            case .retirement(let retirement): for reference in retirement.kinds ?? [] { _ = kind(reference) }
            case .exclusion(let exclusion): expectCriterion(Text(exclusion.id.text, at: document.place))
            default: break
            }
        }
    }

    mutating func expectCriterion(_ reference: Text) {
        guard criteria.criterion(reference.id) == nil else { return }
        let members = criteria.criteria.filter { $0.id.text.hasPrefix(reference.value + ".") }
        let advice =
            members.isEmpty
            ? Spelling.advice(for: reference.value, among: criteria.criteria.map(\.id.text))
            : "that is a series; name its criteria: \(members.map(\.id.text).joined(separator: ", "))"
        error(
            "unknown-criterion", at: reference.place, "\(criteria.version) has no criterion \"\(reference)\"",
            remedy: advice)
    }

    mutating func times() {
        let zone = program.zone
        for document in program.documents {
            let range: (from: Moment, to: Moment)
            switch document.body {
            case .period(let period): range = (period.from, period.to)
            case .waiver(let waiver): range = (waiver.from, waiver.to)
            default: continue
            }
            if range.from.instant(in: zone) >= range.to.instant(in: zone) {
                error(
                    "empty-interval", at: document.place,
                    "\(document.key) ends at \(range.to), not after its start at \(range.from)",
                    remedy: "the end is the first moment that no longer belongs to it")
            }
        }
    }
}
