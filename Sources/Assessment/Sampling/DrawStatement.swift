package import Formats
package import Ledger

/// A draw on record: from which population, with whose seed, and how many.
///
/// Every draw that was ever put on record stays in the log, so that none can be thrown away because of what it drew. That
/// the seed came after the population's root the entry does not show, for it holds both: whoever chose the seed knows it,
/// who had the root and a checkpoint before.
package struct DrawStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:draw:1"

    package let recorded: Instant
    package let test: Identifier
    package let period: Interval
    package let knownAt: Instant
    /// Root of the population.
    package let population: Digest
    package let count: Int
    package let seed: String
    /// Who chose the seed.
    package let by: String
    package let stratification: Stratification
    /// How many of each stratum, by its name.
    package let sizes: [Identifier: Int]

    package init(
        recorded: Instant, test: Identifier, period: Interval, knownAt: Instant, population: Digest,
        count: Int,
        seed: String, by: String, stratification: Stratification, sizes: [Identifier: Int]
    ) {
        self.recorded = recorded
        self.test = test
        self.period = period
        self.knownAt = knownAt
        self.population = population
        self.count = count
        self.seed = seed
        self.by = by
        self.stratification = stratification
        self.sizes = sizes
    }

    /// How many items were drawn.
    package var size: Int { sizes.values.reduce(0, +) }

    /// Whether another statement speaks of the same draw, whenever it was put on record.
    package func isSameDraw(as other: DrawStatement) -> Bool {
        statement(recorded: .distantPast) == other.statement(recorded: .distantPast)
    }

    package var statement: Statement { statement(recorded: recorded) }

    private func statement(recorded: Instant) -> Statement {
        Statement(
            subjects: [.init(name: "population", digest: population)], predicateType: Self.predicateType,
            predicate: JSONObject([
                .init(name: "recorded", value: .string(recorded.description)),
                .init(name: "test", value: .string(test.text)),
                .init(name: "from", value: .string(period.start.description)),
                .init(name: "to", value: .string(period.end.description)),
                .init(name: "knownAt", value: .string(knownAt.description)),
                .init(name: "count", value: .integer(Int64(count))),
                .init(name: "seed", value: .string(seed)), .init(name: "by", value: .string(by)),
                .init(name: "stratify", value: .string(stratification.rawValue)),
                .init(
                    name: "sizes",
                    value: .object(
                        JSONObject(
                            sizes.sorted { $0.key < $1.key }.map {
                                .init(name: $0.key.text, value: .integer(Int64($0.value)))
                            }))),
            ]))
    }

    /// Reads a statement; nil when it is of another type or lacks a part.
    package init?(_ statement: Statement) {
        let json = JSON.object(statement.predicate)
        guard statement.predicateType == Self.predicateType, statement.subjects.count == 1,
            let recorded = json["recorded"]?.string.flatMap({ Instant($0) }),
            let test = json["test"]?.string, let from = json["from"]?.string.flatMap({ Instant($0) }),
            let to = json["to"]?.string.flatMap({ Instant($0) }), let period = Interval(from: from, to: to),
            let knownAt = json["knownAt"]?.string.flatMap({ Instant($0) }),
            let count = json["count"]?.integer,
            let seed = json["seed"]?.string, let by = json["by"]?.string,
            let stratification = json["stratify"]?.string.flatMap(Stratification.init(rawValue:)),
            let members = json["sizes"]?.object?.members
        else { return nil }
        var sizes: [Identifier: Int] = [:]
        for member in members {
            guard let size = member.value.integer, (0...count).contains(size) else { return nil }
            sizes[Identifier(member.name)] = Int(size)
        }
        self.init(
            recorded: recorded, test: Identifier(test), period: period, knownAt: knownAt,
            population: statement.subjects[0].digest, count: Int(count), seed: seed, by: by,
            stratification: stratification, sizes: sizes)
    }
}

extension DrawStatement {
    /// What puts a sample on record; nil where only the population was shown.
    package init?(_ sample: SampleDocument, by: String, recorded: Instant) {
        guard let draw = sample.draw else { return nil }
        self.init(
            recorded: recorded, test: sample.subject.test, period: sample.subject.period,
            knownAt: sample.subject.knownAt, population: sample.population.root,
            count: sample.population.count, seed: draw.seed, by: by, stratification: draw.stratification,
            sizes: Dictionary(
                draw.strata.map { ($0.stratum.name, $0.picks.count) }, uniquingKeysWith: { first, _ in first }
            ))
    }

    /// The items, drawn anew; nil when the population is another one now.
    package func items(of population: UnitPopulation, zone: String) throws(SampleError) -> SampleDraw? {
        guard population.root == self.population else { return nil }
        return try SampleDraw(
            from: population, seed: seed, stratification: stratification, allocation: .explicit(sizes),
            period: period, zone: zone)
    }
}
