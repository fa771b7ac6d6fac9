package import Formats

/// What of a result may be shown to anybody: conclusions on controls, criteria and categories, without a single key,
/// row or test. The log states its digest beside that of the whole result.
package enum ResultSummary {
    private static let members = [
        "categories", "controls", "criteria", "engine", "knownAt", "period", "timeZoneData", "tolerance",
    ]

    /// Longest part of a result that is read as a whole.
    private static let limits = JSONLimits(bytes: 256 << 20)

    /// The canonical bytes of the summary of a result in its canonical form, which is read piece by piece; nil when that
    /// is no result.
    package static func bytes(of result: ByteStream) throws -> [UInt8]? {
        let stream = JSONStream(result, limits: limits)
        var kept = JSONObject()
        try stream.object { name in
            if members.contains(where: { $0.hasSameBytes(as: name) }) {
                kept.append(name, try stream.record().get().value)
            }
        }
        try stream.end()
        return kept["controls"] == nil ? nil : try CanonicalJSON.encode(.object(kept))
    }
}
