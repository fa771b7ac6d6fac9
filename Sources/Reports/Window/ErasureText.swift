package import Evidence
package import Formats

/// What a window cannot show: evidence that was there and was erased.
package enum ErasureText {
    /// A paragraph for each erasure that a test of the result could have read; none when there is none.
    package static func lines(_ erasures: [LoggedErasure], of kinds: Set<Identifier>) -> [String] {
        erasures.filter { kinds.contains($0.statement.kind) }.flatMap { erasure in
            let statement = erasure.statement
            let term =
                statement.isEarly
                ? ", though it was to be kept until \(statement.retainedUntil.toTheMinute)" : ""
            return
                "Erased: \(Wording.count(statement.items.count, "item")) of \(statement.kind), log entry \(erasure.leaf), \(statement.recorded.toTheMinute)\(term). What was said there counts for nothing here, for better or worse."
                .hanging(by: 2)
        }
    }
}
