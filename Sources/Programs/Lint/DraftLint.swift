import Formats

extension Lint {
    /// Drafts are told, a line a type: somebody must read each, make it say what is done, and adopt it.
    mutating func drafts() {
        let types = Dictionary(grouping: program.drafts, by: \.type).sorted { $0.key < $1.key }
        for (type, documents) in types {
            let ids = documents.map(\.id.text).joined(separator: ", ")
            add(
                .note, "draft", at: documents[0].place,
                documents.count == 1
                    ? "the \(type.rawValue) \(ids) is a draft that nobody has adopted"
                    : "\(documents.count) \(type.plural) are drafts that nobody has adopted: \(ids)",
                remedy:
                    "make \(documents.count == 1 ? "it" : "each") your own, then remove draft: and write \(type.adoption)"
            )
        }
    }

    /// Actions promised in responses, past their date.
    mutating func responses() {
        for document in program.documents {
            guard case .response(let response) = document.body, let due = response.due,
                response.done == nil, let today, due < today
            else { continue }
            warn(
                "response-overdue", at: document.place,
                "the action of response \(response.id) was due on \(due)",
                remedy: "finish it and write done: with the date, or agree on another date")
        }
    }

    /// A figure of our own that the law does not allow; the law's is in force all the same.
    mutating func limits() {
        for document in program.documents {
            guard case .test(let test) = document.body else { continue }
            for limit in test.limits where limit.isCompanyWeaker {
                warn(
                    "limit-weaker-than-law", at: document.place,
                    "the limit \(limit.name) of the test \(test.id): the company's \(limit.company?.description ?? "") is weaker than the law's \(limit.law?.description ?? ""), which is in force",
                    remedy: "set company to \(limit.law?.description ?? "") or stricter, or leave it out")
            }
        }
    }
}

extension DocumentType {
    /// What shows that a draft was adopted.
    fileprivate var adoption: String {
        switch self {
        case .decision: "decided: with the date"
        case .cuec: "instruction: with the place where customers are told"
        case .csoc: "shown: and result: from the vendor's report"
        case .system: "in the description: what belongs to the system and what does not"
        case .vendor: "title:, reviewed: with the date, and report:"
        default: "reviewed: with the date"
        }
    }
}

extension Limit {
    /// Whether the organisation asks less of itself than the law asks.
    fileprivate var isCompanyWeaker: Bool {
        guard let law, let company else { return false }
        return (strictest == .lowest ? law.isLess(than: company) : company.isLess(than: law)) == true
    }
}
