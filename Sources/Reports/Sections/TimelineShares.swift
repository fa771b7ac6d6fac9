import Assessment
import Formats

extension Timeline {
    /// How much of the period held; what failed within grace or under a waiver did not.
    var held: String { Wording.percent(share(of: .pass)) }

    /// How much of it failed, and beside it what failed and counts as no exception, where there was such time.
    var failed: [String] {
        let excused = Wording.excuses.compactMap { verdict, words -> String? in
            time(verdict) == .zero ? nil : "\(Wording.percentAtMost(share(of: verdict))) more \(words)"
        }
        return [Wording.percentAtMost(share(of: .fail))] + excused
    }

    /// Of how much of it nothing is known.
    var unknown: String { Wording.percentAtMost(share(of: .unknown)) }

    private func share(of verdict: Verdict) -> Ratio {
        Ratio(time(verdict).microseconds, of: period.length.microseconds)
    }
}
