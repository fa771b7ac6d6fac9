import Formats

/// The bundles of one document, of which some may be pages of one search.
struct FHIRBundles {
    /// What a bundle says of itself, and how much was found in it.
    struct Bundle {
        /// What the search found, and not what it gives beside that: by what it is, lest one that comes again stand
        /// for another that does not.
        private var found: Set<Int> = []
        private var nameless = 0
        fileprivate var matches: Int { found.count + nameless }
        fileprivate var total: Int?
        fileprivate var address: String?
        fileprivate var next: String?

        mutating func note(entry: JSONTape.Node?) {
            guard (entry?[path: "search", "mode"]?.string ?? "match") == "match" else { return }
            let resource = entry?["resource"]
            let name =
                entry?.text("fullUrl")
                ?? resource?.text("id").map { "\(resource?.text("resourceType") ?? "")/\($0)" }
            if let name { found.insert(name.hashValue) } else { nameless += 1 }
        }

        mutating func note(total found: JSONTape.Node?) {
            total = found?.integer.map { Int(clamping: $0) }
        }

        mutating func note(links: JSONTape.Node?) {
            for link in links?.elements ?? [] {
                let url = link.text("url") ?? ""
                switch link.text("relation") {
                case "self": address = url
                case "next": next = url
                default: break
                }
            }
        }

        /// Whether the other one is the page behind this one.
        fileprivate func isFollowed(by other: Bundle) -> Bool {
            next.map { !$0.isEmpty && $0 == other.address && $0 != address } ?? false
        }

        /// Both as one.
        fileprivate func joined(_ other: Bundle) -> Bundle {
            var joined = other
            joined.found.formUnion(found)
            joined.nameless += nameless
            // A search in which something is written meanwhile counts otherwise on each page.
            joined.total = [total, other.total].compactMap(\.self).max()
            return joined
        }
    }

    /// The search whose pages come in; those before it are closed.
    private var open: Bundle?
    private var total: Int?
    private var missing: [(scope: String, reason: String)] = []
    /// A resource of the document is an audit event, whether it could be read or not.
    private var hasEvent = false

    mutating func noteEvent() { hasEvent = true }

    mutating func add(_ bundle: Bundle) {
        if let open, open.isFollowed(by: bundle) {
            self.open = open.joined(bundle)
        } else {
            closeOpen()
            open = bundle
        }
    }

    private mutating func closeOpen() {
        guard let bundle = open else { return }
        open = nil
        if bundle.next != nil, missing.count < 100 {
            missing.append(("link", "the bundle has a next page: later events are missing"))
        }
        guard let counted = bundle.total else { return }
        let (sum, isTooMuch) = (total ?? 0).addingReportingOverflow(counted)
        total = isTooMuch ? .max : sum
        if bundle.matches < counted, missing.count < 100 {
            missing.append(("total", "the bundle holds \(bundle.matches) of \(counted) entries"))
        }
    }

    /// To be called behind the last bundle.
    mutating func close(_ report: ImportReport) {
        closeOpen()
        if let total { report.total(total) }
        for one in missing { report.gap(one.scope, one.reason) }
        if !hasEvent {
            report.gap(
                "AuditEvent",
                "the document holds no audit event, which does not show that there was none; look at what was asked for"
            )
        }
    }
}
