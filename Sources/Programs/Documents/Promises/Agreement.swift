package import Formats

/// A contract with a customer or with a vendor: a business associate agreement, a data use agreement, or another.
///
///     agreement: northside-baa
///     title: Business associate agreement with Northside Hospital
///     form: baa
///     customer: Northside Hospital
///     role: business-associate
///     systems: [reader]
///     from: 2026-01-01
///     terms: { breach_notice: 24h, clock_start: suspicion, countries: [US] }
package struct Agreement: DocumentBody {
    /// What it is in law.
    package enum Form: String, Sendable, Hashable, CaseIterable {
        /// Business associate agreement (164.504(e), 164.314(a)).
        case baa
        /// Data use agreement for a limited data set or a research set (164.514(e)).
        case dua
        case contract, sla, nda
    }

    /// Our own part in it.
    package enum Role: String, Sendable, Hashable, CaseIterable {
        case coveredEntity = "covered-entity"
        case businessAssociate = "business-associate"
        case subcontractor
        case other
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var form: Form = .contract
    /// The customer whom we owe it; nil when it binds a vendor.
    package internal(set) var customer: Text?
    /// Id of the vendor who owes it to us.
    package internal(set) var vendor: Text?
    package internal(set) var role: Role = .other
    /// Ids of the systems it covers; none means all.
    package internal(set) var systems: [Text] = []
    package internal(set) var signed: CalendarDate?
    /// The first moment at which it is in force.
    package internal(set) var from: Moment = .instant(.distantPast)
    /// The first moment at which it no longer is; nil while it lasts.
    package internal(set) var to: Moment?
    /// `sha256:` and the digest of the signed text.
    package internal(set) var document: String?
    /// Id of the agreement that this one takes the place of.
    package internal(set) var replaces: Text?
    package internal(set) var terms = Terms()
    /// In which clause a term stands, by the term's key.
    package internal(set) var clauses: [Identifier: Parameter] = [:]

    /// Whether it is in force at an instant.
    package func isInForce(at instant: Instant, in zone: Zone) -> Bool {
        from.instant(in: zone) <= instant && to.map { instant < $0.instant(in: zone) } ?? true
    }

    static let schema = Schema<Agreement>(
        "an agreement", Agreement(),
        [
            .required("title", .line, \.title),
            .required("form", .choice(), \.form),
            .optional("customer", .name, \.customer),
            .optional("vendor", .reference, \.vendor),
            .optional("role", .choice(), \.role),
            .optional("systems", .list(of: .reference), \.systems),
            .optional("signed", .date, \.signed),
            .required("from", .moment, \.from),
            .optional("to", .moment, \.to),
            .optional("document", .line, \.document),
            .optional("replaces", .reference, \.replaces),
            .optional("terms", .record(Terms.schema), \.terms),
            .optional("clauses", .parameters, \.clauses),
        ],
        settle: { agreement, place, reading in
            if (agreement.customer == nil) == (agreement.vendor == nil) {
                reading.error(
                    "missing-key", at: agreement.vendor?.place ?? place,
                    "an agreement is either with a \"customer\" or with a \"vendor\"",
                    remedy: "keep one of the two")
            }
        })
}
