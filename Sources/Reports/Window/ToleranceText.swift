import Assessment

extension Tolerance {
    /// `tolerable 20 %, coverage 80 %`.
    var words: String {
        "tolerable \(Self.percent(deviations)), coverage \(Self.percent(coverage))"
    }

    /// The same beside what counts where nothing is agreed; nil where that is what counts.
    var departure: String? {
        self == .standard ? nil : "\(words); the standard is \(Self.standard.words)"
    }

    private static func percent(_ partsPerMillion: Int) -> String {
        Wording.percent(Ratio(Int64(partsPerMillion), of: 1_000_000))
    }
}

extension Restatement {
    /// That the two results were judged by different shares; nil where they were not.
    var changedTolerance: String? {
        toleranceBefore == toleranceAfter
            ? nil : "Agreed before: \(toleranceBefore.words). Agreed now: \(toleranceAfter.words)."
    }
}
