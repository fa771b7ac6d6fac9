import Formats

extension SeededEvidence {
    /// Draws for each, in order of time: microsecond within its share of the period; whether someone who has left is tried
    /// (once in 2,000); then which leaver, who is taken if gone by then. Otherwise a user by Zipf's law until one is
    /// employed, 32 times at most, then the first person. Then patient, purpose in a thousand (700 treatment, 150
    /// payment, 148 operations, 2 break-glass), system in 8, rows (1 to 20).
    ///
    /// Nobody is drawn before being hired. A mistake is the user: the next person of the roster.
    func accesses(_ recorder: consuming Recorder) throws {
        var draws = draws(6)
        let zipf = Zipf(size.people)
        let share = (calendar.end - calendar.start) / Int64(size.accesses)
        for index in 0..<size.accesses {
            let at = calendar.start + Int64(index) * share + draws.below(share)
            let user = user(at, zipf, &draws)
            let patient = Int64(draws.below(size.people * 50))
            let chance = draws.below(1_000)
            let purpose: Int64 = chance < 700 ? 0 : chance < 850 ? 1 : chance < 998 ? 2 : 3
            let system = Int64(draws.below(8))
            let rows = Int64(1 + draws.below(20))
            try recorder.record(
                index, from: at, [Int64(user), patient, purpose, system, rows],
                mistake: (0, Int64((user + 1) % size.people)))
            try recorder.mayEnd()
        }
        try recorder.end()
    }

    private func user(_ at: Int64, _ zipf: Zipf, _ draws: inout SplitMix64) -> Int {
        if draws.once(in: 2_000), !leavers.isEmpty {
            let leaver = leavers[draws.below(leavers.count)]
            if let ended = people[leaver].ended, ended <= at { return leaver }
        }
        for _ in 0..<32 {
            let person = zipf.rank(&draws)
            if people[person].isEmployed(at: at) { return person }
        }
        return 0
    }
}

/// Ranks by Zipf's law in whole numbers: rank i (from 0) has the weight 2^32 / (i + 1), rounded down.
private struct Zipf {
    private let sums: [Int]

    init(_ count: Int) {
        var sum = 0
        sums = (0..<count).map { rank in
            sum += (1 << 32) / (rank + 1)
            return sum
        }
    }

    /// The first rank whose weights, with all before it, exceed a number drawn below their sum.
    func rank(_ draws: inout SplitMix64) -> Int {
        let drawn = draws.below(sums[sums.count - 1])
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > drawn { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
