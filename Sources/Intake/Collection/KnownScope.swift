import Evidence
import Formats
import Ledger

/// The settings that say what of a system a source is to look at, as they were when each kind was last read whole;
/// kept beside the cursor. When they are narrowed, what lies outside is missing from the next list, and would end as
/// if it had been repaired.
struct KnownScope: Sendable {
    private static let member = "scope"

    private let parameters: [String]
    /// A digest of the settings; nil for a connector that has none of this sort.
    private let current: String?
    private var read: [Identifier: String] = [:]

    /// - Parameter parameters: the names of these settings.
    init(_ request: CollectionRequest, _ parameters: [String]) {
        self.parameters = parameters
        guard !parameters.isEmpty else {
            current = nil
            return
        }
        let lines = parameters.map { "\($0)=\(request.parameters[$0] ?? "")" }.joined(separator: "\n")
        current = String(Digest.sha256(Array(lines.utf8)).hex.prefix(24))
        let kept = request.cursor.flatMap { try? JSON(parsing: $0) }
        for known in kept?[Self.member]?.object?.members ?? [] {
            read[Identifier(known.name)] = known.value.string
        }
    }

    /// Why nothing is concluded from what a list does not hold; nil where it was made by the same settings as the
    /// last one, or all that stood is in it. Then these settings are known from here on.
    mutating func narrowing(
        _ found: Records, _ kind: Identifier, _ request: CollectionRequest
    ) throws(ReadingFailure) -> ReadingFailure? {
        guard let current, found.window == nil, found.failures.isEmpty else { return nil }
        if let before = read[kind], before != current {
            let listed = Set(found.facts.map(\.fact.key))
            let count = try request.standing(kind).keys.count { !listed.contains($0) }
            if count > 0 {
                return ReadingFailure(
                    parameters.joined(separator: ", "),
                    "set otherwise than when \(kind) was last read whole, and \(count) of the records that stand "
                        + "are not listed now: put it back, or end each of them by a line with \"value\":null "
                        + "(assay sources \(request.source) --open lists them)")
            }
        }
        read[kind] = current
        return nil
    }

    /// The delivery, whose cursor then holds what is known of the settings.
    func remembered(by delivery: Delivery) throws(CanonicalJSONError) -> Delivery {
        if read.isEmpty { return delivery }
        let known = read.sorted { $0.key < $1.key }.map { ($0.key.text, JSON.string($0.value)) }
        return try delivery.remembering(Self.member, .object(known))
    }
}
