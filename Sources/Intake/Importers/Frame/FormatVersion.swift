extension ImportReport {
    /// Makes a gap of a version that is not known: what is read of the document stands, but nobody can tell whether it
    /// means what it meant, or whether that is all.
    ///
    /// - Parameter place: where the document names its version; nothing is asked of one that names none.
    /// - Parameter known: each with its dot, such as `1.` for 1.0 and all that follow, or whole.
    func understands(_ format: String, _ known: [String], of version: String?, at place: String) {
        guard let version else { return }
        let isKnown = known.contains { one in
            one.hasSuffix(".") ? version.hasPrefix(one) || version + "." == one : version == one
        }
        if isKnown { return }
        let words = known.map { $0.hasSuffix(".") ? $0 + "x" : $0 }.joined(separator: " and ")
        gap(place, "\(format) \(Fields.clean(version).prefix(40)) where \(words) is understood")
    }
}
