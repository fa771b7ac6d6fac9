package import Catalog
import Evidence
import Expressions
package import Formats
import Programs

/// A test as one SQL query over exported tables, for whoever wants to run it again without us (`docs/sql.md`).
///
/// The script runs in SQLite 3.40 and in DuckDB alike: BIGINT, DOUBLE and TEXT, common table expressions and window
/// functions. Its answer are the verdict rows of the engine, equal neighbours joined: key, source, start and end in
/// microseconds since 1970 (UTC), verdict; in the order of the columns.
package struct SQLTwin: Sendable {
    /// What the result rests on, for the head of the script.
    package struct Origin: Sendable {
        /// Names and values: digests, versions.
        package let lines: [(name: String, value: String)]

        package init(_ lines: [(name: String, value: String)] = []) {
            self.lines = lines
        }
    }

    package let test: Identifier
    /// Evidence, coverage and what the test asks, in the order in which they stand in the script.
    package let tables: [ExportedTable]
    /// `WITH … SELECT …`, without a semicolon.
    package let query: String
    /// What the test asks, as a comment.
    package let header: String

    /// - Parameters:
    ///   - kinds: those that the program knows; needed where no evidence of a kind has come.
    ///   - includesPersonal: writes out fields marked personal, where the test reads them.
    package init(
        _ test: ControlTest, _ frame: Frame, kinds: [Kind], includesPersonal: Bool = false,
        origin: Origin = Origin()
    ) throws(SQLTwinError) {
        var builder = TwinBuilder(test, frame, kinds: kinds, includesPersonal: includesPersonal)
        let parts = try builder.requirements()
        try builder.checkDecidable()
        let last = builder.verdicts(parts)
        self.test = test.id
        tables = builder.questionTables() + (try builder.exportedTables())
        query = Self.query(builder.steps, last)
        header = TwinHeader(test: test, frame: frame, origin: origin).text
    }

    /// Everything: the comment, the tables with their rows, and the query.
    package var script: String {
        header + "\n" + tables.map { $0.definition + $0.insertions }.joined(separator: "\n") + "\n" + query
            + ";\n"
    }

    /// The tables without their rows, which DuckDB reads from the files beside it, and the query.
    package var fileScript: String {
        let loading = tables.map {
            $0.definition + "COPY \($0.name) FROM '\($0.name).csv' (FORMAT csv, HEADER true);\n"
        }
        return header + "\n" + loading.joined(separator: "\n") + "\n" + query + ";\n"
    }

    private static func query(_ steps: [SQLStep], _ last: String) -> String {
        let written = steps.map { step in
            let lines = step.sql.split(separator: "\n", omittingEmptySubsequences: false)
            return "-- \(step.meaning)\n\(step.name) AS (\n"
                + lines.map { "  \($0)\n" }.joined() + ")"
        }
        return "WITH RECURSIVE\n" + written.joined(separator: ",\n") + "\n" + last
    }
}

extension TwinBuilder {
    /// The steps of every kind of requirement that the test has had; returns the kinds.
    fileprivate mutating func requirements() throws(SQLTwinError) -> [String] {
        var states: [Numbered<StateRequirement>] = []
        var events: [Numbered<EventRequirement>] = []
        var cadences: [Numbered<CadenceRequirement>] = []
        var responses: [Numbered<ResponseRequirement>] = []
        var shares: [Numbered<RatioRequirement>] = []
        var reconciliations: [Numbered<ReconRequirement>] = []
        for (index, version) in test.versions.enumerated() {
            let number = index + 1
            switch version.requirement {
            case .state(let rule): states.append(Numbered(number: number, rule: rule))
            case .event(let rule): events.append(Numbered(number: number, rule: rule))
            case .cadence(let rule): cadences.append(Numbered(number: number, rule: rule))
            case .response(let rule): responses.append(Numbered(number: number, rule: rule))
            case .ratio(let rule): shares.append(Numbered(number: number, rule: rule))
            case .recon(let rule): reconciliations.append(Numbered(number: number, rule: rule))
            case .sod, .attest:
                throw .requirement(test: test.id, kind: version.requirement.kind.rawValue)
            }
        }
        var parts: [String] = []
        if !states.isEmpty {
            try state(states)
            parts.append("state")
        }
        if !events.isEmpty {
            try event(events)
            parts.append("event")
        }
        if !cadences.isEmpty {
            try cadence(cadences)
            parts.append("cadence")
        }
        if !responses.isEmpty {
            try response(responses)
            parts.append("response")
        }
        if !shares.isEmpty {
            try share(shares)
            parts.append("ratio")
        }
        if !reconciliations.isEmpty {
            try reconcile(reconciliations)
            parts.append("recon")
        }
        return parts
    }
}
