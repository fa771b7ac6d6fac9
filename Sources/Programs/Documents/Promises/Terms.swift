package import Catalog
package import Formats

/// The figures and rules of a promise, in one vocabulary for all who state them: agreements, commitments, policies,
/// procedures and the description of a system. What two of them say about one matter can so be compared.
///
///     terms:
///       breach_notice: 24h
///       clock_start: suspicion
///       countries: [US]
///       uptime: 99.9%
package struct Terms: Sendable, Hashable {
    /// What starts the clock of a notice.
    package enum ClockStart: String, Sendable, Hashable, CaseIterable {
        case discovery, suspicion, confirmation
    }

    /// How attempts that came to nothing are reported.
    package enum AttemptReport: String, Sendable, Hashable, CaseIterable {
        case standing, periodic
    }

    /// A safeguard that a contract names.
    package enum Safeguard: String, Sendable, Hashable, CaseIterable {
        case mfa, logging, training, screening
        case encryptionAtRest = "encryption-at-rest"
        case encryptionInTransit = "encryption-in-transit"
        case penetrationTest = "penetration-test"
    }

    /// What must happen before another subcontractor takes part.
    package enum Consent: String, Sendable, Hashable, CaseIterable {
        case none, notice, approval
    }

    /// Which SOC 2 report is promised.
    package enum ReportType: String, Sendable, Hashable, CaseIterable {
        case type1 = "type-1"
        case type2 = "type-2"
    }

    // Notice: how long after the start of the clock.
    package internal(set) var breachNotice: Placed<TimeAllowed>?
    package internal(set) var incidentNotice: Placed<TimeAllowed>?
    package internal(set) var unauthorizedUseNotice: Placed<TimeAllowed>?
    package internal(set) var contingencyNotice: Placed<TimeAllowed>?
    package internal(set) var unsuccessfulAttempts: Placed<AttemptReport>?
    package internal(set) var clockStart: Placed<ClockStart>?
    /// We act as the covered entity's agent, so that our discovery starts its clock (164.404(a)(2)).
    package internal(set) var isAgent: Placed<Bool>?
    /// Ids of persons, or mailboxes.
    package internal(set) var noticeContacts: [Text] = []

    // Use of the data.
    /// Purposes, such as `services`, `management`, `aggregation`, `product-improvement`.
    package internal(set) var permittedUses: [Text] = []
    package internal(set) var deidentification: Placed<Bool>?
    package internal(set) var aiTraining: Placed<Bool>?
    package internal(set) var commercialUse: Placed<Bool>?
    package internal(set) var minimumNecessary: Placed<Bool>?
    /// ISO 3166 codes of the countries in which data may lie and be seen.
    package internal(set) var countries: [Text] = []
    package internal(set) var offshore: Placed<Bool>?
    /// Regions of hosting, as the host names them.
    package internal(set) var regions: [Text] = []

    // Safeguards.
    package internal(set) var safeguards: [Placed<Safeguard>] = []
    /// How often training is repeated.
    package internal(set) var training: Placed<TimeSpan>?
    package internal(set) var uptime: Placed<Proportion>?
    package internal(set) var rto: Placed<TimeSpan>?
    package internal(set) var rpo: Placed<TimeSpan>?

    // Subcontractors.
    package internal(set) var subcontractorConsent: Placed<Consent>?
    package internal(set) var subcontractorNotice: Placed<TimeSpan>?
    /// Subcontractors are bound to the same or stricter terms.
    package internal(set) var flowDown: Placed<Bool>?

    // Rights of individuals: how long we may take.
    package internal(set) var access: Placed<TimeAllowed>?
    package internal(set) var amendment: Placed<TimeAllowed>?
    package internal(set) var accounting: Placed<TimeAllowed>?
    package internal(set) var accountingYears: Placed<Int64>?

    // Keeping and destroying.
    package internal(set) var destroy: Placed<TimeAllowed>?
    package internal(set) var backupPurge: Placed<TimeSpan>?
    /// The contract says what happens to data that cannot be destroyed yet.
    package internal(set) var infeasibleTerms: Placed<Bool>?
    package internal(set) var retentionYears: Placed<Int64>?
    package internal(set) var logRetention: Placed<TimeSpan>?
    package internal(set) var backupRetention: Placed<TimeSpan>?

    // Assurance and the contract itself.
    package internal(set) var reportType: Placed<ReportType>?
    package internal(set) var reportCategories: [Placed<Category>] = []
    package internal(set) var reportDeliver: Placed<TimeSpan>?
    /// In US dollars.
    package internal(set) var insurance: Placed<Int64>?
    package internal(set) var auditNotice: Placed<TimeSpan>?
    package internal(set) var auditsPerYear: Placed<Int64>?
    package internal(set) var soc2Accepted: Placed<Bool>?
    package internal(set) var hhsRecords: Placed<Bool>?
    package internal(set) var cure: Placed<TimeSpan>?
    package internal(set) var terminationRight: Placed<Bool>?
    package internal(set) var indemnity: String?
    package internal(set) var lawChange: String?

    static let schema = Schema<Terms>(
        "terms", Terms(), notice + use + safeguarding + subcontracting + rights + keeping + assurance)
}

extension Terms {
    private typealias Keys = [Schema<Terms>.Key]

    private static let notice: Keys = [
        .optional("breach_notice", .placed(.timeAllowed), \.breachNotice),
        .optional("incident_notice", .placed(.timeAllowed), \.incidentNotice),
        .optional("unauthorized_use_notice", .placed(.timeAllowed), \.unauthorizedUseNotice),
        .optional("contingency_notice", .placed(.timeAllowed), \.contingencyNotice),
        .optional("unsuccessful_attempts", .placed(.choice()), \.unsuccessfulAttempts),
        .optional("clock_start", .placed(.choice()), \.clockStart),
        .optional("agent", .placed(.flag), \.isAgent),
        .optional("notice_contacts", .list(of: .prose), \.noticeContacts),
    ]

    private static let use: Keys = [
        .optional("permitted_uses", .list(of: .reference), \.permittedUses),
        .optional("deidentification", .placed(.flag), \.deidentification),
        .optional("ai_training", .placed(.flag), \.aiTraining),
        .optional("commercial_use", .placed(.flag), \.commercialUse),
        .optional("minimum_necessary", .placed(.flag), \.minimumNecessary),
        .optional("countries", .list(of: .country), \.countries),
        .optional("offshore", .placed(.flag), \.offshore),
        .optional("regions", .list(of: .reference), \.regions),
    ]

    private static let safeguarding: Keys = [
        .optional("safeguards", .list(of: .placed(.choice())), \.safeguards),
        .optional("training", .placed(.duration), \.training),
        .optional("uptime", .placed(.proportion), \.uptime),
        .optional("rto", .placed(.duration), \.rto),
        .optional("rpo", .placed(.duration), \.rpo),
    ]

    private static let subcontracting: Keys = [
        .optional("subcontractor_consent", .placed(.choice()), \.subcontractorConsent),
        .optional("subcontractor_notice", .placed(.duration), \.subcontractorNotice),
        .optional("flow_down", .placed(.flag), \.flowDown),
    ]

    private static let rights: Keys = [
        .optional("access", .placed(.timeAllowed), \.access),
        .optional("amendment", .placed(.timeAllowed), \.amendment),
        .optional("accounting", .placed(.timeAllowed), \.accounting),
        .optional("accounting_years", .placed(.count), \.accountingYears),
    ]

    private static let keeping: Keys = [
        .optional("destroy", .placed(.timeAllowed), \.destroy),
        .optional("backup_purge", .placed(.duration), \.backupPurge),
        .optional("infeasible_terms", .placed(.flag), \.infeasibleTerms),
        .optional("retention_years", .placed(.count), \.retentionYears),
        .optional("log_retention", .placed(.duration), \.logRetention),
        .optional("backup_retention", .placed(.duration), \.backupRetention),
    ]

    private static let assurance: Keys = [
        .optional("report_type", .placed(.choice()), \.reportType),
        .optional("report_categories", .list(of: .placed(.choice())), \.reportCategories),
        .optional("report_deliver", .placed(.duration), \.reportDeliver),
        .optional("insurance", .placed(.count), \.insurance),
        .optional("audit_notice", .placed(.duration), \.auditNotice),
        .optional("audits_per_year", .placed(.count), \.auditsPerYear),
        .optional("soc2_accepted", .placed(.flag), \.soc2Accepted),
        .optional("hhs_records", .placed(.flag), \.hhsRecords),
        .optional("cure", .placed(.duration), \.cure),
        .optional("termination_right", .placed(.flag), \.terminationRight),
        .optional("indemnity", .text, \.indemnity),
        .optional("law_change", .text, \.lawChange),
    ]
}
