import Assessment

/// Whether terminal colours are used. They repeat what signs and words say already.
package struct Style: Sendable {
    package let isColoured: Bool

    package init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    package static let plain = Style(isColoured: false)

    func paint(_ text: String, _ verdict: Verdict) -> String {
        guard isColoured else { return text }
        let code =
            switch verdict {
            case .pass: "32"
            case .fail: "31;1"
            case .tolerated: "36"
            case .waived: "35"
            case .unknown: "33;1"
            case .pending: "34"
            case .notApplicable: "2"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    func bold(_ text: String) -> String {
        isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }
}
