import Formats

/// Vulnerabilities, each found once and, most of them, fixed once. Draws for each, in order of discovery: microsecond
/// within its share of the period; severity in ten (1, 2, 4, 3); fate in 500 (one never fixed, one late); then, unless
/// never fixed, the second of the repair: 30 days and 1 to 20 days more when late, else up to 29 days; then whether the
/// repair was not verified (once in 1,000).
struct VulnerabilityFinding {
    let at: Int64
    let severity: Int
    let repaired: Int64?
    let isVerified: Bool

    fileprivate static let severities = [0, 1, 1, 2, 2, 2, 2, 3, 3, 3]
}

extension SeededEvidence {
    private func findings(_ body: (Int, VulnerabilityFinding) throws -> Void) rethrows {
        typealias Calendar = WorkloadCalendar
        var draws = draws(4)
        let share = (calendar.end - calendar.start) / Int64(size.findings)
        for index in 0..<size.findings {
            let at = calendar.start + Int64(index) * share + draws.below(share)
            let severity = VulnerabilityFinding.severities[draws.below(10)]
            let fate = draws.below(500)
            var repaired: Int64?
            var isVerified = true
            if fate != 0 {
                let delay =
                    fate == 1 ? 2_592_001 + draws.below(Int64(1_728_000)) : draws.below(Int64(2_505_600))
                let repair = at + delay * Calendar.second
                repaired = repair < calendar.end ? repair : nil
                isVerified = !draws.once(in: 1_000)
            }
            try body(
                index,
                VulnerabilityFinding(at: at, severity: severity, repaired: repaired, isVerified: isVerified))
        }
    }

    /// A mistake is the severity.
    func found(_ recorder: consuming Recorder) throws {
        var recorder = recorder
        try findings { index, finding in
            try recorder.record(
                index, from: finding.at, [Int64(index), Int64(finding.severity)],
                mistake: (1, Int64((finding.severity + 1) % 4)))
            try recorder.mayEnd()
        }
        try recorder.end()
    }

    /// In order of repair, then number. A mistake is the verification.
    func fixed(_ recorder: consuming Recorder) throws {
        var repairs: [(at: Int64, key: Int, verified: Int64)] = []
        findings { index, finding in
            if let at = finding.repaired { repairs.append((at, index, finding.isVerified ? 1 : 0)) }
        }
        repairs.sort { ($0.at, $0.key) < ($1.at, $1.key) }
        for repair in repairs {
            try recorder.record(
                repair.key, from: repair.at, [Int64(repair.key), repair.verified],
                mistake: (1, 1 - repair.verified))
            try recorder.mayEnd()
        }
        try recorder.end()
    }
}
