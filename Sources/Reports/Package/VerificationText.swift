package import Formats
import Ledger

extension VerificationReport {
    /// The findings for people: one line a claim, then what may and may not be said.
    package var text: String {
        var lines: [String] = []
        if isSynthetic { lines += ["SYNTHETIC DATA: the company and its evidence are invented.", ""] }
        let width = claims.map(\.name.count).max() ?? 0
        for claim in claims { lines += Self.lines(claim, width) }
        lines.append("")
        lines += verdict.wrapped(indent: 0)
        return lines.joined(separator: "\n") + "\n"
    }

    private var verdict: String {
        if isSound, claims.contains(where: { $0.isCalled(.witnessTime) }) {
            return
                "The package is \(assurance), and nothing in it contradicts anything else in it, but the time of a witness "
                + "contradicts those of its log. Ask the witness whose clock is right before you rely on when it was."
        }
        if isSound {
            let others =
                isStamped || isWitnessed ? "itself or those who vouch for it." : "anything else in it."
            return "The package is \(assurance): nothing in it contradicts \(others)"
        }
        if isUnmet {
            return
                "The package is \(assurance) as your trust file asks, though nothing in it contradicts anything else in it. "
                + "Do not rely on it; ask for one that is anchored."
        }
        return
            "The package is \(assurance). Do not rely on it. Look whether the key or trust file that you gave is the newest; "
            + "else ask for a new copy."
    }

    /// The detail goes on below itself. Its words are broken, the columns in front of it are not. Whatever it quotes from a
    /// package must not begin another line, which would look like a claim.
    private static func lines(_ claim: Claim, _ width: Int) -> [String] {
        let mark =
            switch claim.status {
            case .verified: "ok       "
            case .failed: "FAILED   "
            case .withheld: "withheld "
            case .erased: "erased   "
            case .notChecked: "-        "
            }
        let head = mark + claim.name + String(repeating: " ", count: width - claim.name.count + 2)
        let detail = "\(claim.status == .notChecked ? "not checked: " : "")\(claim.detail.onOneLine)"
        var lines = detail.wrapped(indent: head.count)
        lines[0] = head + lines[0].dropFirst(head.count)
        return lines
    }

    /// The findings for programs.
    package var json: JSON {
        .object([
            ("sound", .bool(isSound)), ("assurance", .string(assurance)), ("synthetic", .bool(isSynthetic)),
            ("claims", .array(claims.map(\.json))),
        ])
    }
}
