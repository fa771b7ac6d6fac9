import Formats

extension SeededEvidence {
    /// Draws for each, in order of time: microsecond within its share of the period; author; whether nobody approved
    /// (once in 2,000); whether the author did (once in 1,000, drawn only if somebody did); else the approver; service in
    /// 200; checks not passed (once in 1,000).
    ///
    /// An author is drawn among all people until one is employed, 32 times at most, then the first person; an approver in
    /// the same way, but another person. A mistake is that the author approved.
    func deployments(_ recorder: consuming Recorder) throws {
        var draws = draws(5)
        let share = (calendar.end - calendar.start) / Int64(size.deployments)
        for index in 0..<size.deployments {
            let at = calendar.start + Int64(index) * share + draws.below(share)
            let author = employed(at, besides: -1, &draws)
            var approver = FactTable.absent
            if !draws.once(in: 2_000) {
                approver = Int64(draws.once(in: 1_000) ? author : employed(at, besides: author, &draws))
            }
            let service = Int64(draws.below(200))
            let passed: Int64 = draws.once(in: 1_000) ? 0 : 1
            try recorder.record(
                index, from: at, [service, Int64(author), approver, passed], mistake: (2, Int64(author)))
            try recorder.mayEnd()
        }
        try recorder.end()
    }

    private func employed(_ at: Int64, besides other: Int, _ draws: inout SplitMix64) -> Int {
        for _ in 0..<32 {
            let person = draws.below(size.people)
            if person != other, people[person].isEmployed(at: at) { return person }
        }
        return 0
    }
}
