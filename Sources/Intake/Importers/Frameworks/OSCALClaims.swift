import Formats

/// What components say they implement, held until all of it is known: only then is it known what shares a key.
struct OSCALClaims {
    struct Claim {
        let title: String
        /// Tells the component from others of its title; empty for nothing.
        let mark: String
        let source: String
        let control: String
        /// Tells the statement from others of the component about the control; empty for nothing.
        let uuid: String
        let fields: Fields
    }

    private var claims: [Claim] = []
    private var components: [Identifier: Set<String>] = [:]

    mutating func add(component title: String, _ mark: String) {
        components[Fields.key(title), default: []].insert(mark)
    }

    /// No more is held than a snapshot may hold: what is told then is none.
    mutating func add(_ claim: Claim, _ report: ImportReport) throws {
        claims.append(claim)
        if claims.count >= ImportReport.snapshotLimit { try tell(report) }
    }

    /// Hands over what is held.
    mutating func tell(_ report: ImportReport) throws {
        let held = claims
        claims = []
        var statements: [Identifier: Set<String>] = [:]
        for claim in held { statements[key(claim), default: []].insert(claim.uuid) }
        for claim in held {
            let plain = key(claim)
            let isShared = !claim.uuid.isEmpty && (statements[plain]?.count ?? 0) > 1
            try report.state("framework.claim", isShared ? whole(claim) : plain, claim.fields)
        }
    }

    /// With the mark of the component where another one has its title.
    private func key(_ claim: Claim) -> Identifier {
        mark(claim).map { Fields.key(claim.title, claim.source, claim.control, $0) }
            ?? Fields.key(claim.title, claim.source, claim.control)
    }

    private func whole(_ claim: Claim) -> Identifier {
        Fields.key(claim.title, claim.source, claim.control, mark(claim), claim.uuid)
    }

    private func mark(_ claim: Claim) -> String? {
        let isShared = !claim.mark.isEmpty && (components[Fields.key(claim.title)]?.count ?? 0) > 1
        return isShared ? claim.mark : nil
    }
}
