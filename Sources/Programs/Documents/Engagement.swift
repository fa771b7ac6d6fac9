package import Formats

/// An engagement with a firm: advice before an examination, or the examination itself. What is on file about it; what the
/// firm concludes is its own and has no place here.
///
///     engagement: soc2-fy2026
///     form: type-2
///     firm: Example and Partners, CPAs
///     period: fy2026
///     licence: State board, number 12345
///     peer_reviewed: 2025-03-01
///     letter: 2026-01-15
///     independence: Declared in the letter; the firm neither hosts nor operates anything of ours.
package struct Engagement: DocumentBody {
    /// What is examined, and how.
    package enum Form: String, Sendable, Hashable, CaseIterable {
        case readiness
        case typeOne = "type-1"
        case typeTwo = "type-2"
        /// Validated by an external assessor, decided by HITRUST itself: no SOC 2, and no part of one.
        case hitrust

        /// Whether an auditor concludes in it, as SOC 2 has it.
        package var isExamination: Bool { self == .typeOne || self == .typeTwo }
    }

    /// How much a HITRUST assessment asks for.
    package enum Level: String, Sendable, Hashable, CaseIterable {
        case e1, i1, r2
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var form: Form = .typeTwo
    package internal(set) var firm: Text = ""
    /// Of a HITRUST assessment.
    package internal(set) var level: Level?
    /// Id of the period that a Type II examines.
    package internal(set) var period: Text?
    /// Ids of the systems that are examined; empty is all of the program.
    package internal(set) var systems: [Text] = []
    /// The day that a Type I describes.
    package internal(set) var date: CalendarDate?
    /// Who licenses the firm, and under which number.
    package internal(set) var licence: String?
    package internal(set) var peerReviewed: CalendarDate?
    /// When the letter of engagement was signed, and with it the terms.
    package internal(set) var letter: CalendarDate?
    /// What the firm has declared about its independence, and where.
    package internal(set) var independence: String?
    /// Advice under counsel's privilege: its findings are not to be handed on.
    package internal(set) var isPrivileged = false
    /// Whether it keeps the program out of packages for buyers: an examination's report is for others to read, whatever
    /// it is marked.
    package var isPrivilegedAdvice: Bool { isPrivileged && !form.isExamination }
    /// When each stage was over: scope agreed, description reviewed, walkthroughs done, tests done, letter of
    /// representation signed, report issued by the firm.
    package internal(set) var scoped: CalendarDate?
    package internal(set) var described: CalendarDate?
    package internal(set) var walked: CalendarDate?
    package internal(set) var tested: CalendarDate?
    package internal(set) var represented: CalendarDate?
    package internal(set) var issued: CalendarDate?
    /// The last day that a bridge letter signed by management speaks of.
    package internal(set) var bridged: CalendarDate?

    static let schema = Schema<Engagement>(
        "an engagement", Engagement(),
        [
            .required("form", .choice(), \.form),
            .required("firm", .name, \.firm),
            .optional("level", .choice(), \.level),
            .optional("period", .reference, \.period),
            .optional("systems", .list(of: .reference), \.systems),
            .optional("date", .date, \.date),
            .optional("licence", .line, \.licence),
            .optional("peer_reviewed", .date, \.peerReviewed),
            .optional("letter", .date, \.letter),
            .optional("independence", .text, \.independence),
            .optional("privileged", .flag, \.isPrivileged),
            .optional("scoped", .date, \.scoped),
            .optional("described", .date, \.described),
            .optional("walked", .date, \.walked),
            .optional("tested", .date, \.tested),
            .optional("represented", .date, \.represented),
            .optional("issued", .date, \.issued),
            .optional("bridged", .date, \.bridged),
        ])
}

extension Program {
    /// The engagements, by id.
    package var engagements: [Engagement] {
        documents.compactMap { if case .engagement(let value) = $0.body { value } else { nil } }
    }
}
