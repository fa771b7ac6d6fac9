import Formats

extension Lint {
    /// Documents that were due to be looked at again. Without a date of today nothing is stale.
    mutating func reviews() {
        // What nobody has adopted has nothing to be reviewed yet; it is told as a draft.
        for document in program.documents where !document.isDraft {
            switch document.body {
            case .policy(let policy):
                review(document, "policy", policy.reviewed, every: policy.reviewEvery)
            case .procedure(let procedure):
                review(document, "policy", procedure.reviewed, every: procedure.reviewEvery)
            case .standard(let standard):
                review(document, "policy", standard.reviewed, every: standard.reviewEvery)
            case .risk(let risk): review(document, "register", risk.reviewed, every: .days(365))
            case .commitment(let commitment):
                review(document, "register", commitment.reviewed, every: .days(365))
            case .vendor(let vendor) where vendor.tier == .critical || vendor.hasPHI:
                review(document, "register", vendor.reviewed, every: .days(365))
            default: break
            }
        }
    }

    private mutating func review(
        _ document: Document, _ family: String, _ reviewed: CalendarDate?, every: TimeSpan
    ) {
        guard let reviewed else {
            warn(
                "\(family)-never-reviewed", at: document.place, "\(document.key) has no date of review",
                remedy: "review it and write reviewed: with the date")
            return
        }
        let days = every.microseconds / TimeSpan.days(1).microseconds
        guard let today, today.daysSince1970 - reviewed.daysSince1970 > days else { return }
        warn(
            "\(family)-stale", at: document.place,
            "\(document.key) was reviewed on \(reviewed), more than \(days) days before \(today)",
            remedy: "review it and write the new date")
    }

    /// High risks without a treatment, and actions past their date.
    mutating func risks() {
        for document in program.documents {
            guard case .risk(let risk) = document.body else { continue }
            if risk.isHigh, risk.treatment == nil || risk.plan == nil && risk.controls.isEmpty {
                warn(
                    "risk-untreated", at: document.place,
                    "the high risk \(risk.id) (\(risk.likelihood) × \(risk.impact)) has no treatment with a plan or controls",
                    remedy: "say treatment:, and plan: with due: or controls:")
            }
            if let due = risk.due, let today, due < today {
                warn(
                    "risk-overdue", at: document.place, "the plan for \(risk.id) was due on \(due)",
                    remedy: "finish it and remove due:, or set a date that was approved")
            }
            if risk.treatment == .accept, risk.isHigh, risk.owner == nil {
                warn(
                    "risk-untreated", at: document.place, "nobody has accepted the high risk \(risk.id)",
                    remedy: "name the owner who accepts it")
            }
        }
        fraud()
    }

    /// CC3.3 asks for fraud by name.
    private mutating func fraud() {
        let risks = program.risks
        guard let first = program.documents(of: .risk).first, !risks.contains(where: \.isFraud) else {
            return
        }
        warn(
            "risk-fraud-missing", at: first.place, "none of the \(risks.count) risks is about fraud (CC3.3)",
            remedy:
                "assess incentive, opportunity and misuse of technology, and mark such risks with fraud: true"
        )
    }
}
