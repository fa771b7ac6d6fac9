package import Formats

/// A part of a population from which a sample is drawn on its own.
package struct Stratum: Sendable, Hashable {
    /// Which units belong to it.
    package enum Membership: Sendable, Hashable {
        case all
        /// The units of one source.
        case source(Identifier)
        /// What happened or fell due in this stretch.
        case interval(Interval)
    }

    /// `all`, the source's name, or the month as `2026-03`.
    package let name: Identifier
    package let membership: Membership

    package init(name: Identifier, membership: Membership) {
        self.name = name
        self.membership = membership
    }

    package func contains(source: Identifier, at: Instant?) -> Bool {
        switch membership {
        case .all: true
        case .source(let own): own == source
        case .interval(let interval): at.map { interval.contains($0) } ?? false
        }
    }
}

/// How a population is parted before the draw.
package enum Stratification: String, Sendable, Hashable, CaseIterable {
    case none
    case source
    case month

    /// The strata, in order of their names; each unit is in exactly one.
    ///
    /// - Parameters:
    ///   - period: what the months are cut from. The first one reaches back and the last one forward without end, for
    ///     what falls due at the period's very edge.
    ///   - zone: whose months; an IANA name.
    package func strata(
        of units: [SamplingUnit], period: Interval, zone: String
    ) throws(SampleError) -> [Stratum] {
        switch self {
        case .none: return [Stratum(name: "all", membership: .all)]
        case .source:
            return Set(units.map(\.source)).sorted().map { Stratum(name: $0, membership: .source($0)) }
        case .month:
            if let record = units.first(where: { $0.at == nil }) { throw .noMonth(record.id) }
            guard let calendar = CalendarWindows(.month, zone: zone) else { throw .noZone(zone) }
            let months = calendar.windows(from: period.start, to: period.end)
            return months.enumerated().compactMap { index, month in
                Interval(
                    from: index == 0 ? .distantPast : month.start,
                    to: index == months.count - 1 ? .distantFuture : month.end
                ).map { Stratum(name: Self.name(of: month), membership: .interval($0)) }
            }
        }
    }

    /// The month that holds the middle of a window, which no zone's offset can move into another month.
    private static func name(of month: Interval) -> Identifier {
        let middle = month.start + TimeSpan(microseconds: month.length.microseconds / 2)
        let day = RFC3339.civil(daysSince1970: RFC3339.floorDivide(middle.microseconds, 86_400_000_000))
        return Identifier("\(day.year)-\(day.month < 10 ? "0" : "")\(day.month)")
    }
}

/// Why no sample can be drawn.
package enum SampleError: Error, Hashable, CustomStringConvertible {
    case emptySeed
    case tooMany(asked: Int, population: Int)
    case negative(Int)
    case noMonth(Identifier)
    case noZone(String)
    case noStratum(Identifier, known: [Identifier])
    case tooManyOf(Identifier, asked: Int, population: Int)

    package var description: String {
        switch self {
        case .emptySeed: "the seed is empty; take any text that its chooser fixed beforehand"
        case .tooMany(let asked, let population):
            "a sample of \(asked) is asked for, but the population has \(population); ask for at most that many"
        case .negative(let size): "a sample cannot have \(size) items"
        case .noMonth(let id):
            "\(id) is a record that lives through many months; stratify by source, or not at all"
        case .noZone(let zone): "the months of the zone \"\(zone)\" are not known on this machine"
        case .noStratum(let name, let known):
            "there is no stratum \"\(name)\"; there are \(known.map(\.text).joined(separator: ", "))"
        case .tooManyOf(let name, let asked, let population):
            "\(asked) items are asked for from the stratum \"\(name)\", which has \(population)"
        }
    }
}
