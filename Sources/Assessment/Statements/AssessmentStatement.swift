package import Formats
package import Ledger

/// What the log says of an assessment: its inputs and result, by digest. The engine proposes; this is no conclusion.
package struct AssessmentStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:assessment:2"

    package let recorded: Instant
    package let period: Interval
    package let knownAt: Instant
    package let tolerance: Tolerance
    package let engine: String
    package let timeZoneData: String
    package let program: Digest
    package let evidence: Digest
    package let result: Digest
    /// Of what anybody may see of the result (`ResultSummary`).
    package let summary: Digest

    package init(_ result: AssessmentResult, digest: Digest, summary: Digest, recorded: Instant) {
        self.summary = summary
        self.recorded = recorded
        period = result.input.period
        knownAt = result.input.knownAt
        tolerance = result.input.tolerance
        engine = AssessmentResult.engine
        timeZoneData = result.input.timeZoneData
        program = result.input.programDigest
        evidence = result.evidenceDigest
        self.result = digest
    }

    /// Whether another assessment takes the place of this one: it is of the same period and knew more, or knew as much,
    /// found something else and stands later in the log. A look back takes no one's place.
    ///
    /// - Parameters:
    ///   - leaf: where this one stands in the log.
    ///   - place: where the other one does.
    package func isReplaced(at leaf: Int, by other: AssessmentStatement, at place: Int) -> Bool {
        guard other.period == period else { return false }
        if other.knownAt != knownAt { return other.knownAt > knownAt }
        return place > leaf && other.result != result
    }

    package var statement: Statement {
        var predicate = JSONObject()
        predicate.append("recorded", .string(recorded.description))
        predicate.append("from", .string(period.start.description))
        predicate.append("to", .string(period.end.description))
        predicate.append("knownAt", .string(knownAt.description))
        predicate.append("deviationsPerMillion", .integer(Int64(tolerance.deviations)))
        predicate.append("coveragePerMillion", .integer(Int64(tolerance.coverage)))
        predicate.append("engine", .string(engine))
        predicate.append("timeZoneData", .string(timeZoneData))
        predicate.append("program", .string(program.hex))
        predicate.append("evidence", .string(evidence.hex))
        return Statement(
            subjects: [
                .init(name: "assessment", digest: result), .init(name: "summary", digest: summary),
            ], predicateType: Self.predicateType,
            predicate: predicate)
    }

    /// Reads a statement; nil when it is of another type, lacks a part, or speaks of a longer period than is assessed.
    package init?(_ statement: Statement) {
        func text(_ name: String) -> String? { statement.predicate[name]?.string }
        func instant(_ name: String) -> Instant? { text(name).flatMap { Instant($0) } }
        func count(_ name: String) -> Int? { statement.predicate[name]?.integer.map { Int($0) } }
        guard statement.predicateType == Self.predicateType,
            statement.subjects.map(\.name) == ["assessment", "summary"],
            let recorded = instant("recorded"), let from = instant("from"), let to = instant("to"),
            let period = Interval(from: from, to: to), period.length <= AssessmentInput.longestPeriod,
            let knownAt = instant("knownAt"),
            let deviations = count("deviationsPerMillion"), let coverage = count("coveragePerMillion"),
            let engine = text("engine"), let timeZoneData = text("timeZoneData"),
            let program = text("program").flatMap({ Digest(hex: $0) }),
            let evidence = text("evidence").flatMap({ Digest(hex: $0) })
        else { return nil }
        self.recorded = recorded
        self.period = period
        self.knownAt = knownAt
        tolerance = Tolerance(deviations: deviations, coverage: coverage)
        self.engine = engine
        self.timeZoneData = timeZoneData
        self.program = program
        self.evidence = evidence
        result = statement.subjects[0].digest
        summary = statement.subjects[1].digest
    }
}
