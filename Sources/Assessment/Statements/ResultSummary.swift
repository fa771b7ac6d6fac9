import Formats

/// What of a result may be shown to anybody: conclusions on controls, criteria and categories, without a single key,
/// row or test. The log states its digest beside that of the whole result.
package enum ResultSummary {
    private static let members = [
        "categories", "controls", "criteria", "engine", "knownAt", "period", "timeZoneData", "tolerance",
    ]

    /// The canonical bytes of the summary of a result in its canonical form; nil when that is no result.
    package static func bytes(of result: [UInt8]) -> [UInt8]? {
        let limits = JSONLimits(bytes: max(result.count, 1))
        guard let json = (try? JSON(parsing: result, limits: limits))?.object, json["controls"] != nil else {
            return nil
        }
        let kept = json.members.filter { member in members.contains { $0 == member.name } }
        return try? CanonicalJSON.encode(.object(JSONObject(kept)))
    }
}
