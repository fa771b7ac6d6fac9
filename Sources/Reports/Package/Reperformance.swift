import Assessment
import Catalog
import Evidence
import Formats
package import Ledger
import Programs

/// What came of repeating an assessment from a package.
package struct Reperformance: Sendable {
    /// Digest of the result in the package, as the log states it.
    package let stated: Digest
    /// Digest of the result computed here.
    package let computed: Digest
    /// The window that was computed here, as text.
    package let window: String
    /// Differences between there and here that may explain a mismatch.
    package let notes: [String]

    package var isEqual: Bool { stated == computed }
}

extension PackageVerification {
    /// Repeats the assessment from the package alone. Only after `run()` has found the package sound.
    package func reperform(style: Style = .plain) throws -> Reperformance {
        if manifest?.profile == .public {
            throw PackageError.withheld(
                "a package for the public holds no evidence to repeat the assessment from")
        }
        let (leaf, statement) = try assessment()
        let program = try program(before: leaf, knownAt: statement.knownAt)
        let kinds = try KindCatalog.builtin().merging(program.history.current.kinds.map(\.kind))
        var collector = HistoryCollector(kinds: kinds, knownAt: statement.knownAt)
        for (index, entry) in entries.prefix(leaf).enumerated()
        where BatchStatement.isBatch(entry.statement.predicateType) {
            let path = PackageLayout.path(PackageLayout.batches, leaf: index)
            collector.add(try SealedBatch(leaf: index, entry: entry, payload: try reader.bytes(path)))
        }
        let evidence = collector.finish()
        let input = try AssessmentInput(
            program.history, criteria: try CriteriaCatalog.builtin(), period: statement.period,
            knownAt: statement.knownAt, tolerance: statement.tolerance, programDigest: program.digest,
            timeZoneData: statement.timeZoneData)
        let result = AssessmentResult(input, history: evidence.history, evidenceDigest: evidence.digest)
        if try result.digest != statement.result, !self.evidence.isWhole {
            throw PackageError.withheld(
                "the package holds less than the assessment was made from, and what is left gives another result: "
                    + self.evidence.claims.map { "\($0.name) \($0.status.rawValue), \($0.detail)" }
                    .joined(separator: "; "))
        }
        return Reperformance(
            stated: statement.result, computed: try result.digest,
            window: WindowText(result, style: style).text, notes: notes(statement))
    }

    private func notes(_ statement: AssessmentStatement) -> [String] {
        var notes: [String] = []
        if statement.engine != AssessmentResult.engine {
            notes.append("computed there by \(statement.engine), here by \(AssessmentResult.engine)")
        }
        if statement.timeZoneData != CalendarWindows.timeZoneData {
            notes.append(
                "time zone data there \(statement.timeZoneData), here \(CalendarWindows.timeZoneData): calendar windows may differ"
            )
        }
        return notes
    }
}
