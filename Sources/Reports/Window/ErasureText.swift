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

    /// Why a record that somebody asks for may be gone: the newest erasures, each with who asked for it and why.
    package static func causes(_ erasures: [LoggedErasure]) -> [String] {
        if erasures.isEmpty { return [] }
        var lines = ["It may have been erased; the log keeps no names of what was:"]
        for erasure in erasures.suffix(limit).reversed() { lines += cause(erasure).hanging(by: 4) }
        let rest = erasures.count - limit
        if rest > 0 {
            lines.append("  … and \(Wording.count(rest, "earlier erasure")): assay fsck lists them")
        }
        return lines
    }

    /// Most erasures that are told one by one.
    private static let limit = 5

    private static func cause(_ erasure: LoggedErasure) -> String {
        let statement = erasure.statement
        return
            "  \(Wording.count(statement.items.count, "item")) of \(statement.kind), erased \(statement.recorded.toTheMinute) by \(statement.by): \(statement.reason) (\(statement.basis)); log entry \(erasure.leaf)"
    }
}
