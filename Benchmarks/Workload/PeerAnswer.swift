import Formats

/// What another program says to a published query.
package struct PeerAnswer: Sendable {
    package let query: PublishedQuery
    package let answer: QueryAnswer
    /// The median of its rounds; nil for programs that are right rather than fast.
    package let seconds: Double?
    /// The most memory that its process had held by then.
    package let peakKilobytes: Int?

    package init(query: PublishedQuery, answer: QueryAnswer, seconds: Double?, peakKilobytes: Int?) {
        self.query = query
        self.answer = answer
        self.seconds = seconds
        self.peakKilobytes = peakKilobytes
    }

    /// The answers that a program of `Benchmarks/Oracles` printed, one JSON line each; a line without `query` says how
    /// long it loaded.
    ///
    /// Refused unless every published query has one answer: what is not answered cannot differ.
    package static func all(in text: String) throws(OracleFailure) -> [PeerAnswer] {
        var found: [PeerAnswer] = []
        for line in text.split(separator: "\n") {
            guard let json = try? JSON(parsing: Array(line.utf8)) else {
                throw OracleFailure("no line of an answer: \(line.prefix(80))")
            }
            guard let name = json["query"]?.string else { continue }
            guard let query = PublishedQuery(rawValue: name), let digest = json["digest"]?.string else {
                throw OracleFailure("no answer to a published query: \(line.prefix(80))")
            }
            found.append(
                PeerAnswer(
                    query: query,
                    answer: QueryAnswer(
                        units: counts(json["units"]).mapValues { Int($0) }, spans: counts(json["spans"]),
                        digest: digest),
                    seconds: json["microseconds"]?.integer.map { Double($0) / 1e6 },
                    peakKilobytes: json["peak_kilobytes"]?.integer.map { Int($0) }))
        }
        for query in PublishedQuery.allCases where found.count(where: { $0.query == query }) != 1 {
            let count = found.count { $0.query == query }
            throw OracleFailure("\(count) answers to the published query \(query), where one is due")
        }
        return found
    }

    private static func counts(_ json: JSON?) -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: (json?.object?.members ?? []).compactMap { member in
                member.value.integer.map { (member.name, $0) }
            })
    }
}
