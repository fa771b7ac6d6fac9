import Evidence

/// The records left out of one batch: the first ones each with its place, the others counted by reason.
struct SetAsideList {
    private let limit: Int
    private var listed: [SetAside] = []
    private var uncounted: [String: Int] = [:]
    private var uncountedMayHide = false

    /// Beyond this many different reasons the rest is counted together, so that a stranger's file cannot fill memory.
    private static let reasonLimit = 100
    private static let otherReasons = "other reasons"

    init(limit: Int = 1_000) {
        self.limit = limit
    }

    var isEmpty: Bool { listed.isEmpty }

    /// - Parameter place: what belongs to this record only, such as the line of an earlier one; it is not part of the
    ///   reason when records are counted.
    mutating func add(line: Int?, _ reason: String, place: String = "", mayHideRecord: Bool = true) {
        if listed.count < limit {
            listed.append(SetAside(line: line, reason: reason + place, mayHideRecord: mayHideRecord))
            return
        }
        uncountedMayHide = uncountedMayHide || mayHideRecord
        if uncounted[reason] != nil || uncounted.count < Self.reasonLimit {
            uncounted[reason, default: 0] += 1
        } else {
            uncounted[Self.otherReasons, default: 0] += 1
        }
    }

    /// The list as a batch keeps it, the counts at its end in the order of their reasons.
    var entries: [SetAside] {
        let counts = uncounted.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return listed
            + counts.map {
                SetAside(line: nil, reason: "\($0.value) more: \($0.key)", mayHideRecord: uncountedMayHide)
            }
    }
}
