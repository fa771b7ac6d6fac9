import Formats

/// Accounts of people. Draws for each, in this order:
///
/// 1. second after hiring at which it is made (up to 2 hours)
/// 2. owner unknown to the roster (once in 500); then which
/// 3. administrator (once in 50); 4. service account (once in 20)
/// 5. without second factor at first (once in 100); then the hours until it has one (up to 96)
/// 6. if the person leaves: never disabled (once in 500); else disabled late (once in 300; then a day and up to five),
///    else within up to 20 hours
///
/// Thirty days after it was disabled the account is deleted.
enum Account {
    /// Owners whom the roster does not know; they are numbered behind the people.
    static let strangers = 50
}

extension SeededEvidence {
    /// A mistake is the right of an administrator.
    func accounts(_ recorder: consuming Recorder) throws {
        typealias Calendar = WorkloadCalendar
        var draws = draws(2)
        for (index, person) in people.enumerated() {
            for number in 0..<WorkloadSize.accountsEach {
                let created = person.first + draws.below(Int64(7_200)) * Calendar.second
                let owner = draws.once(in: 500) ? size.people + draws.below(Account.strangers) : index
                let admin: Int64 = draws.once(in: 50) ? 1 : 0
                let type: Int64 = draws.once(in: 20) ? 1 : 0
                var secured: Int64?
                if draws.once(in: 100) { secured = created + Int64(1 + draws.below(96)) * Calendar.hour }
                var disabled: Int64?
                if let ended = person.ended, !draws.once(in: 500) {
                    let isLate = draws.once(in: 300)
                    let delay = isLate ? 86_400 + draws.below(Int64(432_000)) : draws.below(Int64(72_000))
                    let at = ended + delay * Calendar.second
                    disabled = at < calendar.end ? at : nil
                }
                let lacks = secured != nil
                if let at = secured, at >= disabled ?? calendar.end { secured = nil }
                let key = index * WorkloadSize.accountsEach + number
                func values(_ enabled: Bool, _ mfa: Bool) -> [Int64] {
                    [Int64(owner), enabled ? 1 : 0, mfa ? 1 : 0, admin, type, created]
                }
                var versions = [(created, values(true, !lacks))]
                if let secured { versions.append((secured, values(true, true))) }
                var end = FactTable.open
                if let disabled {
                    versions.append((disabled, values(false, !lacks || secured != nil)))
                    let deleted = disabled + 30 * Calendar.day
                    if deleted < calendar.end { end = deleted }
                }
                for (place, version) in versions.enumerated() {
                    try recorder.record(
                        key, from: version.0, to: place + 1 < versions.count ? versions[place + 1].0 : end,
                        version.1, mistake: (3, 1 - admin))
                }
                try recorder.mayEnd()
            }
        }
        try recorder.end()
    }
}
