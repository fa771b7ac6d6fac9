package import Formats

/// A company whose services we use.
///
///     vendor: cloudhost
///     title: Example cloud host
///     tier: critical
///     phi: true
///     phi_since: 2026-01-15
///     method: carve-out
///     criteria: [CC6.4, A1.2]
///     countries: [US]
///     report: { form: soc2-type-2, from: 2025-01-01, to: 2026-01-01 }
package struct Vendor: DocumentBody {
    /// How much depends on it.
    package enum Tier: String, Sendable, Hashable, CaseIterable {
        case critical, high, medium, low
    }

    /// How an examination treats a subservice organization.
    package enum Method: String, Sendable, Hashable, CaseIterable {
        case carveOut = "carve-out"
        case inclusive
    }

    /// The newest assurance report it has given us.
    package struct Report: Sendable, Hashable {
        /// Which standard it is a report on.
        package enum Form: String, Sendable, Hashable, CaseIterable {
            case soc2Type1 = "soc2-type-1"
            case soc2Type2 = "soc2-type-2"
            case hitrust
            case iso27001 = "iso-27001"
            case other
        }

        package internal(set) var form: Form = .other
        package internal(set) var from: CalendarDate?
        /// The end of its period, or its date.
        package internal(set) var to: CalendarDate?
        /// Until when a bridge letter carries on.
        package internal(set) var bridge: CalendarDate?
        package internal(set) var reviewed: CalendarDate?

        static let schema = Schema<Report>(
            "a report", Report(),
            [
                .required("form", .choice(), \.form),
                .optional("from", .date, \.from),
                .required("to", .date, \.to),
                .optional("bridge", .date, \.bridge),
                .optional("reviewed", .date, \.reviewed),
            ])
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var services: String?
    package internal(set) var tier: Tier = .medium
    package internal(set) var owner: Text?
    /// It holds or sees protected health information.
    package internal(set) var hasPHI = false
    /// When such data first reached it.
    package internal(set) var phiSince: Moment?
    /// Set for a subservice organization: one whose controls are needed for our criteria.
    package internal(set) var method: Method?
    /// Ids of the criteria for which its controls are needed.
    package internal(set) var criteria: [Text] = []
    package internal(set) var systems: [Text] = []
    package internal(set) var countries: [Text] = []
    package internal(set) var regions: [Text] = []
    /// When it was assessed and approved, before the contract.
    package internal(set) var approved: CalendarDate?
    package internal(set) var reviewed: CalendarDate?
    /// When customers who must be told of a new subcontractor were told.
    package internal(set) var announced: CalendarDate?
    package internal(set) var report: Report?
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<Vendor>(
        "a vendor", Vendor(),
        [
            .required("title", .line, \.title),
            .optional("services", .text, \.services),
            .optional("tier", .choice(), \.tier),
            .optional("owner", .name, \.owner),
            .optional("phi", .flag, \.hasPHI),
            .optional("phi_since", .moment, \.phiSince),
            .optional("method", .choice(), \.method),
            .optional("criteria", .list(of: .code), \.criteria),
            .optional("systems", .list(of: .reference), \.systems),
            .optional("countries", .list(of: .country), \.countries),
            .optional("regions", .list(of: .reference), \.regions),
            .optional("approved", .date, \.approved),
            .optional("reviewed", .date, \.reviewed),
            .optional("announced", .date, \.announced),
            .optional("report", .record(Report.schema), \.report),
            .optional("draft", .flag, \.isDraft),
        ])
}
