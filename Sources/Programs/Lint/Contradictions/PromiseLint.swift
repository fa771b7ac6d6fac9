import Formats

extension Lint {
    /// Where two statements about one matter cannot both be kept.
    mutating func contradictions() {
        let promises = promises
        let own = ownStatements
        for matter in Matter.all { compare(matter, promises, own) }
        for promise in promises { lawful(promise) }
        clocks(promises, own)
        retention(promises, own)
        vendorTerms(promises)
        customers()
        contacts()
        insurance(promises)
        reports(promises)
        safeguards(promises)
        uses(promises, own)
    }

    /// What we say ourselves against the strictest promise on the same matter.
    private mutating func compare(_ matter: Matter, _ promises: [Statement], _ own: [Statement]) {
        for statement in own {
            guard let figure = matter.figure(statement.terms) else { continue }
            let broken = promises.filter { $0.meets(statement) }.compactMap {
                promise -> (String, Matter.Figure)? in
                guard let owed = matter.figure(promise.terms), !matter.keeps(figure, owed) else { return nil }
                return (promise.name, owed)
            }
            let strictest = broken.min {
                matter.bound == .atMost ? $0.1.amount < $1.1.amount : $0.1.amount > $1.1.amount
            }
            guard let (name, owed) = strictest else { continue }
            warn(
                matter.rule, at: figure.place,
                "\(matter.name): \(statement.name) says \(figure.text), \(name) promises \(owed.text) (\(owed.place))",
                remedy: "keep the stricter of the two, or change the promise")
        }
    }

    /// No contract lengthens what the law allows.
    private mutating func lawful(_ promise: Statement) {
        for matter in Matter.all {
            guard let law = matter.law, let figure = matter.figure(promise.terms), figure.amount > law.amount
            else {
                continue
            }
            warn(
                "later-than-law", at: figure.place,
                "\(matter.name): \(promise.name) allows \(figure.text), the law \(law.text)",
                remedy: "no contract lengthens the law; agree on less")
        }
    }

    /// A clock that runs from suspicion is over before one that waits for confirmation begins.
    private mutating func clocks(_ promises: [Statement], _ own: [Statement]) {
        func rank(_ start: Terms.ClockStart) -> Int {
            switch start {
            case .suspicion: 0
            case .discovery: 1
            case .confirmation: 2
            }
        }
        for statement in own {
            guard let start = statement.terms.clockStart else { continue }
            for promise in promises where promise.meets(statement) {
                guard let owed = promise.terms.clockStart, rank(start.value) > rank(owed.value) else {
                    continue
                }
                warn(
                    "clock-starts-late", at: start.place,
                    "\(statement.name) counts from \(start.value.rawValue), \(promise.name) from \(owed.value.rawValue) (\(owed.place))",
                    remedy: "count from \(owed.value.rawValue), and record that time for each incident")
            }
        }
    }

    /// Destroyed in 30 days, yet backups are kept for 400; accountings of six years from logs of one.
    private mutating func retention(_ promises: [Statement], _ own: [Statement]) {
        let assets = program.assets.compactMap { asset in
            asset.hasPHI ? asset.backupRetention.map { (name: "asset \(asset.id)", kept: $0) } : nil
        }
        let stated = own.compactMap { statement in
            statement.terms.backupRetention.map { (name: statement.name, kept: $0) }
        }
        for promise in promises {
            if promise.terms.infeasibleTerms?.value != true,
                let purge = promise.terms.backupPurge.map({ ($0.value, $0.place) })
                    ?? promise.terms.destroy.map({ ($0.value.longest, $0.place) })
            {
                for (name, kept) in assets + stated where kept.value > purge.0 {
                    warn(
                        "backups-outlive-destruction", at: kept.place,
                        "\(name) keeps backups for \(kept.value), \(promise.name) promises destruction in \(purge.0) (\(purge.1))",
                        remedy:
                            "shorten the retention, or agree on terms for what cannot be destroyed yet (infeasible_terms)"
                    )
                }
            }
            guard let years = promise.terms.accountingYears else { continue }
            let span = TimeSpan.days(min(years.value, 1_000) * 365)
            for statement in own {
                guard let kept = statement.terms.logRetention, kept.value < span else { continue }
                warn(
                    "logs-shorter-than-promised", at: kept.place,
                    "\(statement.name) keeps logs for \(kept.value), \(promise.name) promises an accounting over \(years.value) years (\(years.place))",
                    remedy: "keep the log of access to PHI for six years (164.528(a))")
            }
        }
    }

    /// A vendor must tell us before we must tell customers, with half a day to pass it on.
    private mutating func vendorTerms(_ promises: [Statement]) {
        let margin = TimeSpan.hours(12)
        for (agreement, document) in agreementsInForce where agreement.vendor != nil {
            for matter in Matter.notices {
                let owed = promises.compactMap { promise in
                    matter.figure(promise.terms).map { (name: promise.name, figure: $0) }
                }.min { $0.figure.amount < $1.figure.amount }
                guard let owed, let given = matter.figure(agreement.terms),
                    given.amount > owed.figure.amount - margin.microseconds
                else { continue }
                warn(
                    "vendor-notice-too-late", at: given.place,
                    "\(matter.name): \(document.key) gives the vendor \(given.text), and \(owed.name) leaves us \(owed.figure.text) (\(owed.figure.place))",
                    remedy: "agree with the vendor on at most our own duty less 12 hours")
            }
        }
    }

    /// Two agreements with one customer that say different things: the strictest counts, and somebody should know.
    private mutating func customers() {
        let all = agreementsInForce.filter { $0.agreement.customer != nil }
        for (index, (later, document)) in all.enumerated() {
            for (earlier, other) in all[..<index] where earlier.customer == later.customer {
                for matter in Matter.all {
                    guard let one = matter.figure(earlier.terms), let two = matter.figure(later.terms),
                        one.amount != two.amount
                    else { continue }
                    warn(
                        "agreements-differ", at: two.place,
                        "\(matter.name): \(document.key) says \(two.text), \(other.key) with the same customer \(one.text) (\(one.place))",
                        remedy: "keep the stricter; end or replace one of the two")
                }
            }
        }
    }

    /// A notice to somebody who has left reaches nobody.
    private mutating func contacts() {
        for (agreement, _) in agreementsInForce {
            for contact in agreement.terms.noticeContacts where !contact.value.contains("@") {
                guard let person = workforce.person(contact) else {
                    warn(
                        "notice-contact-gone", at: contact.place,
                        "agreement \(agreement.id) names the contact \"\(contact)\", who is no person of the program",
                        remedy: "name a person of the program, or a mailbox")
                    continue
                }
                guard let today, let end = person.to, end <= today else { continue }
                warn(
                    "notice-contact-gone", at: contact.place,
                    "agreement \(agreement.id) names the contact \(person.id), who left on \(end)",
                    remedy: "tell the customer of another contact, and change the agreement")
            }
        }
    }

    private mutating func insurance(_ promises: [Statement]) {
        let held = agreementsInForce.filter { $0.agreement.vendor != nil }.compactMap(
            \.agreement.terms.insurance)
        let most = held.map(\.value).max() ?? 0
        for promise in promises {
            guard let owed = promise.terms.insurance, owed.value > most else { continue }
            let state =
                held.isEmpty ? "no insurance contract is in force" : "the highest in force covers $\(most)"
            warn(
                "insurance-below-promise", at: owed.place,
                "\(promise.name) promises insurance of $\(owed.value), and \(state)",
                remedy:
                    "add the agreement with the insurer (vendor:, terms: { insurance: … }), or raise the cover"
            )
        }
    }
}
