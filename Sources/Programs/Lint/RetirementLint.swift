import Formats

extension Lint {
    /// A source that was given up is not collected any more: whoever still asks it has not given it up, and what it leaves
    /// out from then on is missed by nobody.
    mutating func retirements() {
        guard let today else { return }
        let now = program.zone.midnight(of: today)
        for document in program.documents(of: .retirement) {
            guard case .retirement(let retirement) = document.body,
                retirement.from.instant(in: program.zone) <= now,
                let source = program.source(retirement.source)
            else { continue }
            let kinds = source.kinds.filter { retirement.kinds?.contains($0) ?? true }.map(\.value)
            guard !kinds.isEmpty else { continue }
            warn(
                "retired-source-collected", at: document.place,
                "\(source.id) is given up from \(retirement.from) on, and still collected for \(kinds.joined(separator: ", "))",
                remedy: "remove source: \(source.id), or these kinds from it; or remove the retirement")
        }
    }
}
