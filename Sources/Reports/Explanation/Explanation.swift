package import Assessment
import Catalog
package import Evidence
package import Formats
package import Ledger
import Programs

/// A fact that a verdict rests on, with the way from it to the signed log.
package struct ExplainedFact: Sendable {
    package let reference: FactReference
    package let fact: Fact
    /// Field names with their values; withheld ones say so.
    package let fields: [(name: String, value: String)]
    package let batch: BatchStatement
    /// Proof that the item is in the batch's population.
    package let itemProof: InclusionProof
    package let leafHash: Digest
    /// Proof that the batch is in the log.
    package let entryProof: InclusionProof

    package init(
        reference: FactReference, fact: Fact, fields: [(name: String, value: String)], batch: BatchStatement,
        itemProof: InclusionProof, leafHash: Digest, entryProof: InclusionProof
    ) {
        self.reference = reference
        self.fact = fact
        self.fields = fields
        self.batch = batch
        self.itemProof = itemProof
        self.leafHash = leafHash
        self.entryProof = entryProof
    }
}

/// Why a test has the verdicts that it has for one key: rule, verdicts, facts, batches, log entries.
package struct Explanation: Sendable {
    package let outcome: TestOutcome
    package let key: Identifier
    package let period: Interval
    package let knownAt: Instant
    /// The test as written, in the version that is in force last.
    package let document: String
    package let rows: [VerdictRow]
    package let facts: [ExplainedFact]
    package let checkpoint: Checkpoint

    package init(
        outcome: TestOutcome, key: Identifier, period: Interval, knownAt: Instant, document: String,
        rows: [VerdictRow], facts: [ExplainedFact], checkpoint: Checkpoint
    ) {
        self.outcome = outcome
        self.key = key
        self.period = period
        self.knownAt = knownAt
        self.document = document
        self.rows = rows
        self.facts = facts
        self.checkpoint = checkpoint
    }
}

extension Explanation {
    /// The explanation for people.
    package func text(_ style: Style) -> String {
        var lines = [
            style.bold("\(outcome.test.id) · \(key.text.isEmpty ? "the organization" : key.text.onOneLine)"),
            "period \(period.start) to \(period.end), as known at \(knownAt)", "",
            style.bold(
                "The rule (\(outcome.test.versions.count == 1 ? "one version" : "\(outcome.test.versions.count) versions, the last shown"))"
            ),
        ]
        lines += document.split(separator: "\n").map { "  " + $0 }
        lines += ["", style.bold("The verdicts")]
        lines += VerdictTable(rows: rows, versions: outcome.test.versions).lines
        for waiver in outcome.test.waivers where rows.contains(where: { waiver.isFor($0) }) {
            let source = waiver.source.map { ", for \($0.text.onOneLine)" } ?? ""
            lines += "  waiver \(waiver.id)\(source): \(waiver.interval), on record since \(waiver.recorded)"
                .hanging(by: 4)
        }
        lines += ["", style.bold(facts.isEmpty ? Self.withoutFacts(rows) : "The facts")]
        for fact in facts { lines += text(fact, style) }
        lines += ["", style.bold("The log")]
        lines +=
            "  \(checkpoint.origin), \(checkpoint.size) entries, root \(Base64.encode(checkpoint.root.bytes))"
            .hanging(by: 4)
        lines += [
            "  every proof above was checked just now; hand one on with: assay log proof LEAF"
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func withoutFacts(_ rows: [VerdictRow]) -> String {
        rows.contains { $0.verdict == .fail }
            ? "No facts: nothing was found where something was required."
            : "No facts: that is why nothing can be said."
    }

    private func text(_ explained: ExplainedFact, _ style: Style) -> [String] {
        let batch = explained.batch
        let fields = explained.fields.map { "\($0.name) = \($0.value.onOneLine)" }.joined(separator: ", ")
        let key = explained.fact.key.text.onOneLine
        var lines = ["  \(explained.fact.kind) \(key), \(Self.time(explained.fact))"]
        let absent = explained.fact.value == nil
        lines += (absent ? "the record ceased to exist" : fields.isEmpty ? "no readable field" : fields)
            .wrapped(indent: 4)
        lines +=
            "item \(explained.reference.item + 1) of \(batch.population.count) in the batch of \(batch.source) (\(batch.mode.rawValue)), by \(batch.collector.name) \(batch.collector.version), recorded \(batch.recorded)"
            .wrapped(indent: 4)
        lines += "query: \(batch.query.isEmpty ? "not stated" : batch.query.onOneLine)".wrapped(indent: 4)
        for failure in batch.failures {
            lines += "the batch has a gap: \(failure.reason.onOneLine)".wrapped(indent: 4)
        }
        return lines + [
            "    population root \(batch.population.root.hex)",
            "      proven: the item is in it (\(explained.itemProof.path.count) hashes)",
            "    log entry \(explained.reference.leaf), leaf hash \(explained.leafHash.hex)",
            "      proven: the entry is in the log (\(explained.entryProof.path.count) hashes)",
        ]
    }

    private static func time(_ fact: Fact) -> String {
        switch fact.shape {
        case .state(let from, let to, _): "from \(from)" + (to.map { " to \($0)" } ?? " on")
        case .event(let at, _): "at \(at)"
        case .coverage(let interval): "\(interval)"
        }
    }

    /// The explanation for programs.
    package var json: JSON {
        .object([
            ("test", .string(outcome.test.id.text)), ("key", .string(key.text)),
            ("knownAt", .string(knownAt.description)),
            (
                "rows",
                .array(
                    rows.map { row in
                        .object([
                            ("source", .string(row.source.text)),
                            ("from", .string(row.interval.start.description)),
                            ("to", .string(row.interval.end.description)),
                            ("verdict", .string(row.verdict.rawValue)),
                            ("reason", row.reason.map { .string($0.description) } ?? .null),
                        ])
                    })
            ),
            (
                "facts",
                .array(
                    facts.map { fact in
                        .object([
                            ("leaf", .integer(Int64(fact.reference.leaf))),
                            ("item", .integer(Int64(fact.reference.item))),
                            ("kind", .string(fact.fact.kind.text)), ("key", .string(fact.fact.key.text)),
                            ("source", .string(fact.batch.source.text)),
                            ("recorded", .string(fact.batch.recorded.description)),
                            ("fields", .object(fact.fields.map { ($0.name, .string($0.value)) })),
                            ("leafHash", .string(fact.leafHash.hex)),
                        ])
                    })
            ),
            (
                "checkpoint",
                .object([
                    ("origin", .string(checkpoint.origin.text)), ("size", .integer(Int64(checkpoint.size))),
                    ("root", .string(checkpoint.root.hex)),
                ])
            ),
        ])
    }
}
