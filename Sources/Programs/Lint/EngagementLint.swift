import Catalog
import Formats

/// What must be on file about an examination, and that whoever concludes has no part in what is examined.
extension Lint {
    mutating func engagements() {
        for document in program.documents {
            guard case .engagement(let engagement) = document.body else { continue }
            if let period = engagement.period { expect(.period, period) }
            for system in engagement.systems { expect(.system, system) }
            advice(engagement, at: document.place)
            guard engagement.form.isExamination else { continue }
            completeness(engagement, at: document.place)
            peerReview(engagement, at: document.place)
            independence(engagement, at: document.place)
        }
    }

    /// What is on record cannot be taken back: it is told before, and by every check after.
    private mutating func advice(_ engagement: Engagement, at place: Place) {
        guard engagement.isPrivilegedAdvice else { return }
        warn(
            "engagement-advice-privileged", at: place,
            "the advice \(engagement.id) is marked privileged: once the program is applied, no package for buyers can be made of this workspace any more",
            remedy:
                "ask counsel, and keep it out of the program before it is applied; packages for the public, or, if counsel agrees, for an auditor can be made all the same"
        )
    }

    private mutating func completeness(_ engagement: Engagement, at place: Place) {
        let open: [(String, Bool)] = [
            ("period", engagement.form == .typeTwo && engagement.period == nil),
            ("date", engagement.form == .typeOne && engagement.date == nil),
            ("licence", engagement.licence == nil), ("peer_reviewed", engagement.peerReviewed == nil),
            ("letter", engagement.letter == nil), ("independence", engagement.independence == nil),
        ]
        let missing = open.filter(\.1).map { $0.0 + ":" }
        if missing.isEmpty { return }
        warn(
            "engagement-incomplete", at: place,
            "the examination \(engagement.id) lacks \(missing.joined(separator: ", "))",
            remedy:
                "ask the firm, and write down what it says; only a licensed, independent CPA firm may conclude"
        )
    }

    /// Firms are reviewed by their peers every three years.
    private mutating func peerReview(_ engagement: Engagement, at place: Place) {
        guard let reviewed = engagement.peerReviewed, let today,
            today.daysSince1970 - reviewed.daysSince1970 > 3 * 366
        else { return }
        warn(
            "engagement-peer-review-old", at: place,
            "the peer review of \(engagement.firm) is of \(reviewed), over three years before \(today)",
            remedy: "ask for the newest one and write its date")
    }

    private mutating func independence(_ engagement: Engagement, at place: Place) {
        let firm = engagement.firm.id
        var parts = program.controls.filter { Identifier($0.owner) == firm || $0.operator?.id == firm }.map {
            "answers for or performs the control \($0.id)"
        }
        parts += program.vendors.filter { $0.id == firm || Identifier($0.title) == firm }.map {
            "is the vendor \($0.id)"
        }
        if let part = parts.first {
            warn(
                "engagement-not-independent", at: place,
                "\(engagement.firm) examines in \(engagement.id) and \(part)",
                remedy:
                    "whoever examines may not host, run or own what is examined: engage another firm, or move the duty"
            )
        }
        if engagement.isPrivileged {
            warn(
                "engagement-privileged", at: place,
                "the examination \(engagement.id) is marked privileged, but its report is for others to read",
                remedy: "keep privileged: for advice (form: readiness) under counsel")
        }
        let advice = program.engagements.first { $0.form == .readiness && $0.firm.id == firm }
        if let advice, engagement.independence == nil {
            warn(
                "engagement-same-firm", at: place,
                "\(engagement.firm) advised in \(advice.id) and examines in \(engagement.id)",
                remedy: "write under independence: why advice and examination do not get in each other's way")
        }
    }

    /// Periods that accept much, are short, leave a gap, or are the last one.
    mutating func periods() {
        lenience()
        let zone = program.zone
        let all = program.documents(of: .period).compactMap {
            document -> (place: Place, id: Identifier, Interval)? in
            guard case .period(let period) = document.body, let interval = period.interval(in: zone) else {
                return nil
            }
            return (document.place, period.id, interval)
        }.sorted { ($0.2.start, $0.1) < ($1.2.start, $1.1) }
        for (place, id, interval) in all where interval.length < .days(181) {
            add(
                .note, "period-short", at: place,
                "the period \(id) has \(interval.length.days) days; buyers usually ask for six to twelve months",
                remedy: "three months are met in first reports; make the next one longer")
        }
        for (before, after) in zip(all, all.dropFirst()) where after.2.start > before.2.end {
            let days = (after.2.start - before.2.end).days
            add(
                .note, "period-gap", at: after.place,
                "\(days) day\(days == 1 ? "" : "s") between the periods \(before.id) and \(after.id) are in no report",
                remedy: days > 92
                    ? "let periods follow each other; a bridge letter carries three months at most"
                    : "let periods follow each other, or write a bridge letter for the time between")
        }
        if let last = all.max(by: { $0.2.end < $1.2.end }) { next(after: last) }
    }

    /// Shares at which hardly anything could fail, or be concluded from.
    private mutating func lenience() {
        for document in program.documents {
            guard case .period(let period) = document.body else { continue }
            var much: [String] = []
            if period.tolerable > .percent(20) { much.append("tolerable: \(period.tolerable)") }
            if period.coverage < .percent(80) { much.append("coverage: \(period.coverage)") }
            guard !much.isEmpty else { continue }
            warn(
                "period-lenient", at: document.place,
                "the period \(period.id) accepts much: \(much.joined(separator: ", "))",
                remedy: "agree both with your auditor; 5% and 95% count where nothing is said")
        }
    }

    /// A programme is never over: the next period begins where the last one ends.
    private mutating func next(after last: (place: Place, id: Identifier, Interval)) {
        guard let today else { return }
        let end = Moment.instant(last.2.end)
        let left = (last.2.end - Moment.date(today).instant(in: program.zone)).days
        guard left <= 30 else { return }
        add(
            .note, "period-next-missing", at: last.place,
            "no period follows \(last.id), which \(left < 0 ? "ended" : "ends") at \(end)",
            remedy:
                "write period: with from: \(end); controls, promises, open responses and decisions carry on as they stand"
        )
    }
}

extension TimeSpan {
    /// Whole days, rounded down.
    fileprivate var days: Int64 { microseconds / TimeSpan.days(1).microseconds }
}
