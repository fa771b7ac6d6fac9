import Evidence
import Formats

/// What is known of one unit over a stretch in which nothing changes.
struct JudgedPiece {
    enum Status: Equatable {
        case outOfScope, holds
        case violated(VerdictReason)
        case unknown(VerdictReason)
        /// Not collected; from the instant on not collected *yet*.
        case uncovered(VerdictReason, awaited: Instant)
    }

    let interval: Interval
    /// Of the requirement that judged it.
    let digest: String
    let grace: TimeSpan
    let status: Status
    let references: FactReferences
    /// Whether the test was in force. Where it was taken out, what happens counts for the run and gives no row.
    let isAsked: Bool
}

/// Turns what is known of one unit into verdicts, walking in time. A run is a maximal stretch without pass evidence: a
/// gap does not heal it, nor does taking the test out; leaving scope or life ends it, and the grace counts from its start.
struct ViolationWalk {
    let period: Interval

    /// - Parameter pieces: in order of time, not overlapping.
    func rows(of pieces: [JudgedPiece], key: Identifier, source: Identifier = "") -> [VerdictRow] {
        var found: [VerdictRow] = []
        var run: Instant?
        var previous: JudgedPiece?
        for piece in pieces {
            if let last = previous, last.interval.end != piece.interval.start { run = nil }
            if piece.status == .outOfScope || piece.status == .holds {
                run = nil
            } else if run == nil || previous?.digest != piece.digest {
                run = piece.interval.start
            }
            previous = piece
            if !piece.isAsked { continue }
            for (interval, verdict, reason) in verdicts(of: piece, run: run) {
                guard let part = interval.clipped(to: period) else { continue }
                found.appendJoining(
                    VerdictRow(
                        key: key, source: source, interval: part, verdict: verdict, reason: reason,
                        references: piece.references, run: run))
            }
        }
        let asked = IntervalSet(pieces.filter(\.isAsked).map(\.interval))
        for outside in asked.gaps(in: IntervalSet([period])).intervals {
            found.append(VerdictRow(key: key, source: source, interval: outside, verdict: .notApplicable))
        }
        return found
    }

    private func verdicts(of piece: JudgedPiece, run: Instant?) -> [(Interval, Verdict, VerdictReason?)] {
        switch piece.status {
        case .outOfScope: return [(piece.interval, .notApplicable, nil)]
        case .holds: return [(piece.interval, .pass, nil)]
        case .unknown(let reason): return [(piece.interval, .unknown, reason)]
        case .uncovered(let reason, let awaited):
            return piece.interval.cut(at: [awaited]).map { part in
                part.start >= awaited ? (part, .pending, nil) : (part, .unknown, reason)
            }
        case .violated(let reason):
            let limit = (run ?? piece.interval.start) + piece.grace
            return piece.interval.cut(at: [limit]).map { part in
                (part, part.start < limit ? .tolerated : .fail, reason)
            }
        }
    }
}

extension [VerdictRow] {
    /// Adds a row of a unit that is measured in time; where the last row says the same of the time before, it goes on.
    mutating func appendJoining(_ row: VerdictRow) {
        if let last, last.interval.end == row.interval.start, last.verdict == row.verdict,
            last.reason == row.reason, last.run == row.run,
            let joined = Interval(from: last.interval.start, to: row.interval.end)
        {
            self[count - 1] = VerdictRow(
                key: row.key, source: row.source, interval: joined, verdict: row.verdict, reason: row.reason,
                references: last.references.union(row.references), run: row.run)
        } else {
            append(row)
        }
    }
}
