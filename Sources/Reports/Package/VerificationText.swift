package import Formats

extension VerificationReport {
    /// The findings for people: one line a claim, then what may and may not be said.
    package var text: String {
        var lines: [String] = []
        if isSynthetic { lines += ["SYNTHETIC DATA: the company and its evidence are invented.", ""] }
        let width = claims.map(\.name.count).max() ?? 0
        for claim in claims {
            let mark =
                switch claim.status {
                case .verified: "ok       "
                case .failed: "FAILED   "
                case .withheld: "withheld "
                case .erased: "erased   "
                case .notChecked: "-        "
                }
            let name = claim.name + String(repeating: " ", count: width - claim.name.count)
            lines.append(
                "\(mark)\(name)  \(claim.status == .notChecked ? "not checked: " : "")\(claim.detail)")
        }
        lines.append("")
        lines.append(
            isSound
                ? "The package is \(assurance): nothing in it contradicts \(isStamped || isWitnessed ? "itself or those who vouch for it." : "anything else in it.")"
                : "The package is \(assurance). Do not rely on it. Look whether the key or trust file that you gave is the newest; else ask for a new copy."
        )
        return lines.joined(separator: "\n") + "\n"
    }

    /// The findings for programs.
    package var json: JSON {
        .object([
            ("sound", .bool(isSound)), ("assurance", .string(assurance)), ("synthetic", .bool(isSynthetic)),
            (
                "claims",
                .array(
                    claims.map {
                        .object([
                            ("claim", .string($0.name)), ("status", .string($0.status.rawValue)),
                            ("detail", .string($0.detail)),
                        ])
                    })
            ),
        ])
    }
}
