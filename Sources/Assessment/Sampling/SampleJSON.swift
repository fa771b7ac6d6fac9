import Evidence
import Formats
import Ledger

extension SampleDocument {
    /// Everything but the seal, by name.
    var members: [(String, JSON)] {
        [
            ("batches", .array(batches.map(Self.json))), ("bounds", .array(draw.map(Self.bounds) ?? [])),
            ("checkpoint", .string(String(decoding: checkpoint.encoded, as: UTF8.self))),
            ("checks", .array(checks.map(\.json))), ("draw", draw.map(json) ?? .null),
            ("facts", .array(facts.map(Self.json))), ("format", .string(Self.format)),
            ("picks", .array(draw.map(picks) ?? [])),
            (
                "population",
                .object([
                    ("count", .integer(Int64(population.count))), ("root", .string(population.root.hex)),
                    ("items", .array(population.units.map { .string($0.id.text) })),
                ])
            ),
            ("subject", subject.json),
        ]
    }

    private func json(_ draw: SampleDraw) -> JSON {
        .object([
            ("seed", .string(draw.seed)), ("rank", .string("sha256(seed, 00, root, 00, id)")),
            ("stratify", .string(draw.stratification.rawValue)),
            ("allocation", .string(isProportional ? "proportional" : "explicit")),
            ("practice", practice.map { .string($0.note) } ?? .null),
            (
                "strata",
                .array(
                    draw.strata.map { drawn in
                        .object([
                            ("name", .string(drawn.stratum.name.text)),
                            ("membership", drawn.stratum.membership.json),
                            ("population", .integer(Int64(drawn.population))),
                            ("size", .integer(Int64(drawn.picks.count))),
                        ])
                    })
            ),
        ])
    }

    private func picks(_ draw: SampleDraw) -> [JSON] {
        draw.strata.flatMap { drawn in
            drawn.picks.map { pick in
                let unit = population.units[pick.index]
                // An index from a draw is one of the population.
                let path = (try? population.inclusionProof(index: pick.index))?.path ?? []
                return .object([
                    ("stratum", .string(drawn.stratum.name.text)), ("rank", .string(pick.rank.hex)),
                    ("index", .integer(Int64(pick.index))), ("id", .string(unit.id.text)),
                    ("path", path.json), ("verdict", .string(unit.verdict.rawValue)),
                    ("verdicts", .array(unit.verdicts.map { .string($0.rawValue) })),
                    ("late", .bool(late.contains(unit.id))),
                    (
                        "factsLeftOut",
                        .integer(Int64(max(0, unit.references.count - Self.factLimit)))
                    ),
                    (
                        "facts",
                        .array(
                            Self.provenFacts(of: unit).map {
                                .array([.integer(Int64($0.leaf)), .integer(Int64($0.item))])
                            })
                    ),
                ])
            }
        }
    }

    /// A fact; one that is withheld is proven by its hash alone.
    private static func json(_ fact: SampledFact) -> JSON {
        .object([
            ("leaf", .integer(Int64(fact.reference.leaf))), ("item", .integer(Int64(fact.reference.item))),
            ("hash", .string(fact.hash.hex)), ("path", fact.proof.path.json),
            ("line", fact.line.map { .string(String(decoding: $0.bytes, as: UTF8.self)) } ?? .null),
        ])
    }

    private static func json(_ batch: SampledBatch) -> JSON {
        .object([
            ("leaf", .integer(Int64(batch.leaf))), ("entry", .string(Base64.encode(batch.entry.bytes))),
            ("path", batch.proof.path.json),
        ])
    }

    /// For each stratum with a sample, what none, one or two deviations would say of the rest.
    static func bounds(_ draw: SampleDraw) -> [JSON] {
        draw.strata.flatMap { drawn in
            bounds(drawn.stratum.name, sample: drawn.picks.count, population: drawn.population)
        }
    }

    static func bounds(_ stratum: Identifier, sample: Int, population: Int) -> [JSON] {
        (0...min(2, max(0, sample))).compactMap { deviations in
            guard let bound = DeviationBound(sample: sample, deviations: deviations),
                let count = bound.count(in: population)
            else { return nil }
            return .object([
                ("stratum", .string(stratum.text)), ("sample", .integer(Int64(sample))),
                ("deviations", .integer(Int64(deviations))), ("confidencePercent", .integer(95)),
                ("endlessPerMille", .integer(Int64(bound.perMille))), ("count", .integer(Int64(count))),
                ("population", .integer(Int64(population))),
            ])
        }
    }
}

extension SampleSubject {
    var json: JSON {
        .object([
            ("test", .string(test.text)), ("title", .string(title)), ("unit", .string(unit)),
            ("from", .string(period.start.description)), ("to", .string(period.end.description)),
            ("zone", .string(zone)), ("knownAt", .string(knownAt.description)),
            ("engine", .string(AssessmentResult.engine)),
            ("timeZoneData", .string(CalendarWindows.timeZoneData)),
            ("program", .string(programDigest.hex)), ("evidence", .string(evidenceDigest.hex)),
            ("synthetic", .bool(isSynthetic)),
        ])
    }
}

extension Stratum.Membership {
    /// `"all"`, `{"source":"directory"}`, or `{"from":null,"to":"2026-04-01T00:00:00Z"}`, null being without end.
    var json: JSON {
        switch self {
        case .all: .string("all")
        case .source(let source): .object([("source", .string(source.text))])
        case .interval(let interval):
            .object([
                ("from", interval.start == .distantPast ? .null : .string(interval.start.description)),
                ("to", interval.end == .distantFuture ? .null : .string(interval.end.description)),
            ])
        }
    }

    init?(_ json: JSON) {
        if json.string == "all" {
            self = .all
        } else if let source = json["source"]?.string {
            self = .source(Identifier(source))
        } else if let from = json["from"], let to = json["to"] {
            guard let start = from.isNull ? .distantPast : from.string.flatMap({ Instant($0) }),
                let end = to.isNull ? .distantFuture : to.string.flatMap({ Instant($0) }),
                let interval = Interval(from: start, to: end)
            else { return nil }
            self = .interval(interval)
        } else {
            return nil
        }
    }
}

extension [Digest] {
    fileprivate var json: JSON { .array(map { .string($0.hex) }) }
}
