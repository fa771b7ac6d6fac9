import Ledger

/// What the trust file that this workspace hands out asks of an anchor: the quorum of the policy's witnesses, and time
/// stamps below enough certificates.
///
/// Whoever verifies a package asks the same, though one anchor may bring the witnesses and another one the clocks: here
/// one must have both. What lacks some of it is on record and proves what it proves, but a package that rests on it
/// alone is not vouched for.
struct AnchorQuorum {
    private let policy: WitnessPolicy?
    private let clocks: TrustFile.Clocks
    /// Those of the clocks' certificates that can be read; others count for nobody.
    private let roots: [TimestampAnchor]

    /// - Parameter setting: nil asks for nothing.
    init(_ setting: AnchoringSetting?) {
        policy = setting?.policy
        clocks = setting?.clocks ?? .init()
        roots = clocks.anchors.compactMap { try? TimestampAnchor($0) }
    }

    /// What is asked for, in words; nil where nothing is.
    var text: String? {
        var asked: [String] = []
        if let policy, !policy.isNone { asked.append("the quorum of \(policy.witnesses.count) witnesses") }
        if !clocks.anchors.isEmpty {
            asked.append("time stamps below \(clocks.quorum) of \(clocks.anchors.count) trusted certificates")
        }
        return asked.isEmpty ? nil : asked.joined(separator: ", ")
    }

    /// What an anchor on record lacks; empty where it has all that is asked.
    func lacking(_ anchor: StoredAnchor) -> [String] {
        [lackingWitnesses(anchor.statement), lackingStamps(anchor)].compactMap(\.self)
    }

    private func lackingWitnesses(_ anchor: AnchorStatement) -> String? {
        guard let policy else { return nil }
        let signed = policy.witnesses.filter { anchor.witnesses.contains($0.verifier.hint) }
        if policy.isMet(by: signed.map(\.verifier)) { return nil }
        let silent = policy.witnesses.filter { !anchor.witnesses.contains($0.verifier.hint) }.map(\.name)
        return
            "\(signed.count) of \(policy.witnesses.count) witnesses have signed it, which is not the quorum of the policy; "
            + "not \(silent.joined(separator: ", "))"
    }

    private func lackingStamps(_ anchor: StoredAnchor) -> String? {
        if clocks.anchors.isEmpty { return nil }
        let found = anchor.replies.compactMap { reply in
            (try? TimestampResponse(parsing: reply))?.authority(among: roots)
        }
        let count = TimestampAuthority.count(found)
        if count >= clocks.quorum { return nil }
        return
            "it has time stamps below \(count) of the trusted certificates, each by a key of its own, where "
            + "\(clocks.quorum) \(clocks.quorum == 1 ? "is" : "are") asked for"
    }
}
