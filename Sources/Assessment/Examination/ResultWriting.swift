import Catalog
import Evidence
import Formats
package import Ledger
import Programs

extension AssessmentResult {
    /// The canonical bytes of the result (RFC 8785): equal results have equal bytes, on every machine.
    ///
    /// Times are RFC 3339; lengths of time are whole microseconds; shares are two counts. Rows and exceptions, of which
    /// there may be many, are lists: `docs/verdicts.md` tells what stands where.
    package var canonical: [UInt8] {
        get throws {
            var bytes: [UInt8] = []
            try write { bytes += $0 }
            return bytes
        }
    }

    package var digest: Digest {
        get throws {
            var running = RunningDigest()
            try write { running.update($0) }
            return running.finish()
        }
    }

    /// The digest of the canonical bytes of its summary (`ResultSummary`).
    package var summaryDigest: Digest {
        get throws {
            var running = RunningDigest()
            try write(isSummary: true) { running.update($0) }
            return running.finish()
        }
    }

    /// Hands over the canonical bytes in pieces: a large result is never in memory as a whole, though all cores write it.
    package func write(_ sink: ([UInt8]) throws -> Void) throws { try write(isSummary: false, sink) }

    private func write(isSummary: Bool, _ sink: ([UInt8]) throws -> Void) throws {
        let frame = try frame(isSummary: isSummary)
        try sink(frame[0])
        try Self.write(controls, ResultPiece.pieces, sink)
        try sink(frame[1])
        if isSummary { return }
        try Self.write(tests, ResultPiece.pieces, sink)
        try sink(frame[2])
    }

    /// Writes an array piece by piece.
    private static func write<Outcome>(
        _ outcomes: [Outcome], _ pieces: (Outcome) -> [ResultPiece], _ sink: ([UInt8]) throws -> Void
    ) throws {
        try sink([UInt8(ascii: "[")])
        var array = PiecewiseArray()
        var work = OrderedWork { (piece: ResultPiece) in piece.written }
        for outcome in outcomes {
            for piece in pieces(outcome) { try work.give(piece) { try array.take($0, sink) } }
        }
        try work.finish { try array.take($0, sink) }
        try array.finish(sink)
        try sink([UInt8(ascii: "]")])
    }

    /// Everything but the controls and, in the whole result, the tests: the pieces part where these belong.
    private func frame(isSummary: Bool) throws(CanonicalJSONError) -> [[UInt8]] {
        var writer = CanonicalWriter()
        try writer.object { writer throws(CanonicalJSONError) in
            writer.name("categories")
            try writer.array(categories) { writer, outcome throws(CanonicalJSONError) in
                try writer.write(outcome)
            }
            writer.name("controls")
            writer.gap()
            writer.name("criteria")
            try writer.array(criteria) { writer, outcome throws(CanonicalJSONError) in
                try writer.write(outcome)
            }
            writer.name("engine")
            writer.string(Self.engine)
            if !isSummary { try writeEvidence(&writer) }
            writer.name("knownAt")
            writer.instant(input.knownAt)
            if !isSummary { try writeLastOccurrences(&writer) }
            writer.name("period")
            try writer.write(input.period)
            if !isSummary {
                writer.name("program")
                writer.string(input.programDigest.hex)
                writer.name("tests")
                writer.gap()
            }
            writer.name("timeZoneData")
            writer.string(input.timeZoneData)
            writer.name("tolerance")
            try writer.object { writer throws(CanonicalJSONError) in
                writer.name("coveragePerMillion")
                try writer.integer(Int64(input.tolerance.coverage))
                writer.name("deviationsPerMillion")
                try writer.integer(Int64(input.tolerance.deviations))
            }
        }
        return writer.pieces
    }

    private func writeEvidence(_ writer: inout CanonicalWriter) throws(CanonicalJSONError) {
        writer.name("evidence")
        try writer.object { writer throws(CanonicalJSONError) in
            writer.name("batches")
            try writer.integer(Int64(evidenceLeaves))
            writer.name("digest")
            writer.string(evidenceDigest.hex)
        }
    }

    /// Of tests that judge what happens over time, in a result as of one instant.
    private func writeLastOccurrences(_ writer: inout CanonicalWriter) throws(CanonicalJSONError) {
        if lastOccurrences.isEmpty { return }
        writer.name("lastOccurrences")
        let sorted = lastOccurrences.sorted { $0.key < $1.key }
        try writer.array(sorted) { writer, found throws(CanonicalJSONError) in
            try writer.write(found.value, of: found.key)
        }
    }
}

// MARK: Parts

extension CanonicalWriter {
    fileprivate mutating func write(_ interval: Interval) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("from")
            writer.instant(interval.start)
            writer.name("to")
            writer.instant(interval.end)
        }
    }

    private mutating func write(_ times: IntervalSet) throws(CanonicalJSONError) {
        try array(times.intervals) { writer, interval throws(CanonicalJSONError) in
            try writer.write(interval)
        }
    }

    fileprivate mutating func write(_ names: [Identifier]) throws(CanonicalJSONError) {
        try array(names) { writer, name throws(CanonicalJSONError) in writer.string(name.text) }
    }

    // What there may be very many of is gone through here, where the compiler knows of what.

    /// Facts as [leaf, item].
    private mutating func write(_ references: FactReferences) throws(CanonicalJSONError) {
        try array { writer throws(CanonicalJSONError) in
            for reference in references {
                try writer.array { writer throws(CanonicalJSONError) in
                    try writer.integer(Int64(reference.leaf))
                    try writer.integer(Int64(reference.item))
                }
            }
        }
    }

    /// A stretch of a timeline as a list: from, to, verdict.
    mutating func write(_ segment: Timeline.Segment) throws(CanonicalJSONError) {
        try array { writer in
            writer.instant(segment.interval.start)
            writer.instant(segment.interval.end)
            writer.string(segment.verdict.rawValue)
        }
    }

    mutating func write(_ outcome: TestOutcome) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("conclusion")
            writer.string(outcome.conclusion.rawValue)
            writer.name("coverage")
            try writer.array { writer throws(CanonicalJSONError) in
                try writer.integer(outcome.coverage.part)
                try writer.integer(outcome.coverage.whole)
            }
            // Written apart, for there may be very many.
            writer.name("exceptions")
            writer.gap()
            writer.name("kind")
            writer.string(outcome.test.versions.last?.requirement.kind.rawValue ?? "")
            writer.name("rows")
            // Units that simply pass are many, and say no more than their number among the units does.
            try writer.array { writer throws(CanonicalJSONError) in
                try outcome.forEachFurtherRow { row throws(CanonicalJSONError) in try writer.write(row) }
            }
            writer.name("test")
            writer.string(outcome.test.id.text)
            writer.name("timeline")
            writer.gap()
            writer.name("uncovered")
            try writer.write(outcome.rows.uncovered)
            writer.name("units")
            try writer.write(outcome.units)
            writer.name("versions")
            try writer.array(outcome.test.versions) { writer, version throws(CanonicalJSONError) in
                try writer.write(version)
            }
        }
    }

    private mutating func write(_ version: RequirementVersion) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("inForce")
            try writer.write(version.inForce)
            writer.name("recorded")
            writer.instant(version.recorded)
            writer.name("requirement")
            writer.string(version.digest)
        }
    }

    private mutating func write(_ units: UnitCounts) throws(CanonicalJSONError) {
        let counts = [
            ("failing", units.failing), ("notApplicable", units.notApplicable), ("passing", units.passing),
            ("pending", units.pending), ("unknown", units.unknown), ("waived", units.waived),
        ]
        try object { writer throws(CanonicalJSONError) in
            for (name, count) in counts {
                writer.name(name)
                try writer.integer(Int64(count))
            }
        }
    }

    /// An exception as a list: key, source, from, to (null for what happens at an instant), time spent failing, reason,
    /// due, facts.
    mutating func write(_ exception: ControlException) throws(CanonicalJSONError) {
        try array { writer throws(CanonicalJSONError) in
            writer.string(exception.key.text)
            writer.string(exception.source.text)
            writer.instant(exception.interval.start)
            writer.instant(exception.interval.laterEnd)
            try writer.integer(exception.failing.microseconds)
            writer.string(exception.reason?.description)
            writer.instant(exception.due)
            try writer.write(exception.references)
        }
    }

    /// A row as a list: key, source, from, to (null for what happens at an instant), verdict, raw verdict, reason, due,
    /// facts.
    private mutating func write(_ row: VerdictRow) throws(CanonicalJSONError) {
        try array { writer throws(CanonicalJSONError) in
            writer.string(row.key.text)
            writer.string(row.source.text)
            writer.instant(row.interval.start)
            writer.instant(row.interval.laterEnd)
            writer.string(row.verdict.rawValue)
            writer.string(row.raw?.rawValue)
            writer.string(row.reason?.description)
            writer.instant(row.due)
            try writer.write(row.references)
        }
    }

    fileprivate mutating func write(
        _ last: LastOccurrence, of test: Identifier
    ) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("at")
            writer.instant(last.at)
            writer.name("facts")
            try writer.write(last.references)
            writer.name("key")
            writer.string(last.key.text)
            writer.name("reason")
            writer.string(last.reason?.description)
            writer.name("test")
            writer.string(test.text)
            writer.name("verdict")
            writer.string(last.verdict.rawValue)
        }
    }

    // MARK: Roll-up

    mutating func write(_ outcome: ControlOutcome) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            if !outcome.alternatives.isEmpty {
                writer.name("alternatives")
                try writer.write(outcome.alternatives)
            }
            writer.name("conclusion")
            writer.string(outcome.conclusion.rawValue)
            writer.name("control")
            writer.string(outcome.control.id.text)
            writer.name("exceptions")
            writer.bool(outcome.hasExceptions)
            if let mitigation = outcome.mitigation {
                writer.name("mitigated")
                try writer.write(mitigation)
            }
            if !outcome.testedInPart.isEmpty {
                writer.name("testedInPart")
                try writer.array(outcome.testedInPart) { writer, part throws(CanonicalJSONError) in
                    try writer.write(part)
                }
            }
            writer.name("tests")
            try writer.write(outcome.control.tests)
            writer.name("time")
            try writer.object { writer throws(CanonicalJSONError) in
                for verdict in Verdict.dominance.sorted(by: { $0.rawValue < $1.rawValue }) {
                    writer.name(verdict.rawValue)
                    try writer.integer(outcome.timeline.time(verdict).microseconds)
                }
            }
            // Written apart, as those of tests.
            writer.name("timeline")
            writer.gap()
            if !outcome.untested.isEmpty {
                writer.name("untested")
                try writer.write(outcome.untested)
            }
        }
    }

    /// A test that does not speak for the period, and when it was in force.
    private mutating func write(_ part: TestInPart) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("inForce")
            try writer.write(part.inForce)
            writer.name("test")
            writer.string(part.test.text)
        }
    }

    /// What made good for a control.
    private mutating func write(_ mitigation: Mitigation) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("by")
            try writer.write(mitigation.by)
            writer.name("complete")
            writer.bool(mitigation.isComplete)
            writer.name("time")
            try writer.write(mitigation.time)
        }
    }

    fileprivate mutating func write(_ outcome: CriterionOutcome) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("controls")
            try writer.write(outcome.controls)
            writer.name("criterion")
            writer.string(outcome.criterion.id.text)
            writer.name("exceptions")
            writer.bool(outcome.hasExceptions)
            writer.name("status")
            writer.string(outcome.status.rawValue)
        }
    }

    fileprivate mutating func write(_ outcome: CategoryOutcome) throws(CanonicalJSONError) {
        try object { writer throws(CanonicalJSONError) in
            writer.name("addressed")
            try writer.integer(Int64(outcome.addressed))
            writer.name("category")
            writer.string(outcome.category.rawValue)
            writer.name("criteria")
            try writer.integer(Int64(outcome.criteria))
            writer.name("status")
            writer.string(outcome.status.rawValue)
        }
    }
}

extension Interval {
    /// Nil when it is one instant.
    fileprivate var laterEnd: Instant? { isInstant ? nil : end }
}
