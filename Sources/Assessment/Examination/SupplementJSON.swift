import Evidence
import Formats

/// Members that stand in a result only where there is something to say.
extension AssessmentResult {
    /// What made good for a control, and its alternative procedures.
    static func supplement(_ outcome: ControlOutcome) -> [(String, JSON)] {
        var members: [(String, JSON)] = []
        if let mitigation = outcome.mitigation {
            let intervals = mitigation.time.intervals.map { interval in
                JSON.object([
                    ("from", .string(interval.start.description)), ("to", .string(interval.end.description)),
                ])
            }
            members.append(
                (
                    "mitigated",
                    .object([
                        ("by", .array(mitigation.by.map { .string($0.text) })),
                        ("complete", .bool(mitigation.isComplete)), ("time", .array(intervals)),
                    ])
                ))
        }
        if !outcome.alternatives.isEmpty {
            members.append(("alternatives", .array(outcome.alternatives.map { .string($0.text) })))
        }
        return members
    }
}

extension JSON {
    /// An object with further members at its end.
    func with(_ members: [(String, JSON)]) -> JSON {
        guard var object, !members.isEmpty else { return self }
        for (name, value) in members { object.append(name, value) }
        return .object(object)
    }
}
