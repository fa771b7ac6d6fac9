package import Evidence
import Formats
package import Programs

extension Retirements {
    /// What a program says of sources that were given up. As with waivers, each version of a document works from its own
    /// recording on, until the next one or its removal.
    package init(_ history: ProgramHistory) {
        let zone = history.current.zone
        var decisions: [Decision] = []
        for id in history.ids(of: .retirement) {
            for version in history.versions(.retirement, id, in: zone) {
                guard case .retirement(let retirement) = version.document.body,
                    let effect = Interval(
                        from: max(retirement.from.instant(in: zone), version.recorded),
                        to: version.inForce.end)
                else { continue }
                let kinds = retirement.kinds.map { Set($0.map(\.id)) }
                decisions.append(Decision(source: retirement.source, kinds: kinds, effect: effect))
            }
        }
        self.init(decisions)
    }
}
