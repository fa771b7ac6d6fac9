package import Formats

/// Something that may go wrong, how much it matters, and what is done about it.
///
///     risk: lost-laptop
///     title: A laptop with images is lost
///     likelihood: 3
///     impact: 4
///     treatment: mitigate
///     owner: it-operations
///     assets: [laptops]
///     controls: [PHY-02]
///     reviewed: 2026-01-15
package struct Risk: DocumentBody {
    /// What is done about a risk.
    package enum Treatment: String, Sendable, Hashable, CaseIterable {
        case mitigate, accept, transfer, avoid
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var statement: String?
    /// From 1 to 5.
    package internal(set) var likelihood: Int64 = 1
    /// From 1 to 5.
    package internal(set) var impact: Int64 = 1
    package internal(set) var treatment: Treatment?
    package internal(set) var owner: Text?
    package internal(set) var isFraud = false
    package internal(set) var assets: [Text] = []
    package internal(set) var controls: [Text] = []
    /// What will be done.
    package internal(set) var plan: String?
    /// By when it will be done.
    package internal(set) var due: CalendarDate?
    package internal(set) var reviewed: CalendarDate?

    /// Likelihood times impact, from 1 to 25.
    package var score: Int64 { likelihood * impact }
    /// From 15 on a risk is high.
    package var isHigh: Bool { score >= 15 }

    static let schema = Schema<Risk>(
        "a risk", Risk(),
        [
            .required("title", .line, \.title),
            .optional("statement", .text, \.statement),
            .required("likelihood", .grade, \.likelihood),
            .required("impact", .grade, \.impact),
            .optional("treatment", .choice(), \.treatment),
            .optional("owner", .name, \.owner),
            .optional("fraud", .flag, \.isFraud),
            .optional("assets", .list(of: .reference), \.assets),
            .optional("controls", .list(of: .code), \.controls),
            .optional("plan", .text, \.plan),
            .optional("due", .date, \.due),
            .optional("reviewed", .date, \.reviewed),
        ])
}
