package import Formats

/// How evidence shows whether a control works.
package struct Test: Sendable, Hashable {
    /// What is asked of the evidence; the kinds of test that exist.
    package enum Rule: Sendable, Hashable {
        case state(StateRule)
        case event(EventRule)
        case cadence(CadenceRule)
        case response(ResponseRule)
        case ratio(RatioRule)
        case recon(ReconRule)
        case sod(SodRule)
        case attest(AttestRule)
    }

    package internal(set) var id: Identifier
    package internal(set) var title: String?
    /// Nil when it holds from the moment it is applied.
    package internal(set) var effective: Moment?
    /// What is asked of the evidence.
    package internal(set) var rule: Rule
    /// The figures it turns on, by name; `rule` holds the values in force.
    package internal(set) var limits: [Limit] = []
    /// The rule's keys as they were written, names of limits and all; nil when it has no limits.
    var written: JSONObject?

    /// What `rule` is.
    package var kind: TestKind {
        switch rule {
        case .state: .state
        case .event: .event
        case .cadence: .cadence
        case .response: .response
        case .ratio: .ratio
        case .recon: .recon
        case .sod: .sod
        case .attest: .attest
        }
    }

    /// The keys that all kinds of test share.
    struct Heading: Sendable {
        var title: String?
        var effective: Moment?
        var limits: [Limit] = []

        static let schema = Schema<Heading>(
            "a test", Heading(),
            [
                .optional("title", .line, \.title), .optional("effective", .moment, \.effective),
                .optional("limits", .named(Limit.schema, by: \.name), \.limits),
            ])
    }
}

/// The values a rule looks at: those of one kind, under a name that expressions use.
package protocol Subject {
    /// The kind of evidence.
    var kind: Text { get }
    /// The name, when it is not the default one.
    var alias: Text? { get }
}

extension Subject {
    /// The name in expressions: the alias, else the first letter of the kind's last part (`idp.account` is `a`).
    package var variable: String {
        alias?.value ?? Self.defaultVariable(of: kind)
    }

    static func defaultVariable(of kind: Text) -> String {
        let last = kind.value.split(separator: ".").last ?? ""
        return last.first { $0.isLetter }.map(String.init) ?? "x"
    }
}

extension Text {
    /// Nil when the alias says no more than the default does, so that both ways of writing are one document.
    func unless(_ standard: String) -> Text? {
        value == standard ? nil : self
    }
}
