package import Formats
package import Ledger
package import Programs

/// What an organisation says beforehand that it will collect, and whose signature its collections will have
/// (`docs/threats.md`: a whole collection is left out). It stands in the log with the program that asks for it.
package struct CollectionPlan: Sendable, Hashable {
    /// One source, and what is expected of it.
    package struct Series: Sendable, Hashable {
        package let source: Identifier
        package let connector: String
        /// Kinds that it is to bring, sorted; empty when the connector decides.
        package let kinds: [Identifier]
        /// How long one collection is taken to hold: the longest that may pass before the next.
        package let cadence: TimeSpan
    }

    /// Key that signs batches.
    package let collector: NoteVerifier
    /// By source.
    package let series: [Series]

    package init(_ program: Program, collector: NoteVerifier) {
        self.init(program.sources, collector: collector)
    }

    init(_ sources: [Source], collector: NoteVerifier) {
        self.collector = collector
        series = sources.map { source in
            Series(
                source: source.id, connector: source.connector.rawValue,
                kinds: source.kinds.map(\.id).sorted(),
                cadence: source.freshness)
        }.sorted { $0.source < $1.source }
    }

    package var json: JSON {
        .object([
            ("collector", .string(collector.vkey)),
            (
                "series",
                .array(
                    series.map { series in
                        .object([
                            ("source", .string(series.source.text)), ("connector", .string(series.connector)),
                            ("kinds", .array(series.kinds.map { .string($0.text) })),
                            ("cadence", .string(series.cadence.description)),
                        ])
                    })
            ),
        ])
    }

    /// Reads a plan; nil when a part is missing.
    package init?(_ json: JSON?) {
        guard let collector = json?["collector"]?.string.flatMap({ try? NoteVerifier(vkey: $0) }),
            let list = json?["series"]?.array
        else { return nil }
        self.collector = collector
        var found: [Series] = []
        for entry in list {
            guard let source = entry["source"]?.string, let connector = entry["connector"]?.string,
                let kinds = entry["kinds"]?.array,
                let cadence = entry["cadence"]?.string.flatMap({ TimeSpan($0) })
            else { return nil }
            found.append(
                Series(
                    source: Identifier(source), connector: connector,
                    kinds: kinds.compactMap(\.string).map { Identifier($0) }, cadence: cadence))
        }
        series = found
    }
}
