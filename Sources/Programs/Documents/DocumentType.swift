/// What a document of a program is about; the word is the first key of the document.
package enum DocumentType: String, Sendable, Hashable, CaseIterable, Comparable {
    case organization, system, control, test, policy, source, kind, waiver, retirement, period, exclusion
    case commitment, procedure, standard, risk, asset, vendor, agreement, person, team, decision, cuec, csoc
    case dataset, response, engagement, retention

    /// In the order above, which is also the order of export.
    package static func < (left: DocumentType, right: DocumentType) -> Bool {
        left.position < right.position
    }

    private var position: Int {
        Self.allCases.firstIndex(of: self) ?? 0
    }

    /// Controls and criteria have ids in capitals, everything else in lower case.
    var hasUpperCaseIDs: Bool {
        self == .control || self == .exclusion
    }
}
