import Assessment
import Formats
import Programs

/// What belongs to a product, and how far after the period management speaks of it.
extension ProductSummary {
    /// What belongs to a system, straight or by way of an asset.
    private func parts(of system: SystemDescription) -> [ScopeFigure.Part] {
        let roots = figure.parts.indices.filter {
            figure.parts[$0].role == .system && figure.parts[$0].id == system.id.text
        }
        return places(from: roots).map { figure.parts[$0] }
    }

    /// What no system is tied to, neither straight nor by way of an asset.
    private var strays: [ScopeFigure.Part] {
        let systems = figure.parts.indices.filter { figure.parts[$0].role == .system }
        let reached = Set(systems + places(from: systems))
        return figure.parts.indices.filter { !reached.contains($0) }.map { figure.parts[$0] }
    }

    /// Where ties lead from some parts, straight or by way of others.
    private func places(from roots: [Int]) -> [Int] {
        var found = roots
        var place = 0
        while place < found.count {
            let next = figure.ties.filter { $0.from == found[place] && !found.contains($0.to) }
            found += next.map(\.to)
            place += 1
        }
        return Array(found.dropFirst(roots.count))
    }

    /// What documents say of health information; to which product its holder belongs, they may leave open.
    func health(in system: SystemDescription) -> String {
        let parts = parts(of: system)
        let holding = parts.filter(\.hasPHI).map(\.title)
        let own =
            parts.isEmpty
            ? "not stated: no asset or vendor is tied to the product"
            : holding.isEmpty
                ? "none in what is tied to the product" : "yes: \(holding.joined(separator: ", "))"
        let stray = strays.filter(\.hasPHI).map(\.title)
        return stray.isEmpty
            ? own : "\(own); held by what no document ties to a product: \(stray.joined(separator: ", "))"
    }

    func scope(of system: SystemDescription) -> [String] {
        let parts = parts(of: system)
        func titles(_ role: ScopeFigure.Role, _ kind: ScopeFigure.Kind? = nil) -> String {
            parts.filter { $0.role == role && (kind == nil || $0.kind == kind) }.map(\.title)
                .joined(separator: ", ")
        }
        let assets = titles(.asset)
        let included = titles(.vendor, .included)
        let loose = strays.filter { $0.kind != .carvedOut }.map(\.title)
        let duties = material.program.userEntityControls.count
        return [
            "In it: \(system.title)\(assets.isEmpty ? "; no asset is tied to it by a document" : ", with \(assets)").",
            included.isEmpty ? nil : "In it too, with their own part in the description: \(included).",
            carvedOut(titles(.vendor, .carvedOut)),
            looseCarvedOut,
            otherSystems(than: system),
            loose.isEmpty ? nil : "Not tied to any product by a document: \(loose.joined(separator: ", ")).",
            duties == 0
                ? "No document states what customers themselves must do."
                : "For customers to do: \(Wording.count(duties, "complementary control")), listed in the report.",
        ].compactMap(\.self)
    }

    /// "On record" is said of all products together; what is tied to others, or to none, is on record too.
    private func carvedOut(_ own: String) -> String {
        if !own.isEmpty { return "Not in it, but relied on (carved out; read their own reports): \(own)." }
        return figure.parts.contains { $0.kind == .carvedOut }
            ? "No document ties a carved-out subservice organization to it."
            : "No subservice organization is carved out on record."
    }

    /// What every product may rely on, as far as documents say.
    private var looseCarvedOut: String? {
        let titles = strays.filter { $0.kind == .carvedOut }.map(\.title)
        if titles.isEmpty { return nil }
        return
            "Carved out, and tied to no product by a document, so that this one may rely on it too (read their own reports): \(titles.joined(separator: ", "))."
    }

    /// Without an examination on record, all systems of the program stand in one description.
    private func otherSystems(than system: SystemDescription) -> String? {
        let own = engagements(of: system)
        let others = material.program.systems.filter { $0.id != system.id }
        if others.isEmpty { return nil }
        let outside = others.filter { other in
            !own.isEmpty && !own.contains { Self.covers($0, other) }
        }
        return outside.isEmpty
            ? "Described together with it: \(others.map(\.title).joined(separator: ", "))."
            : "Not in it: \(outside.map(\.title).joined(separator: ", "))."
    }

    // MARK: Bridge

    func bridge(of system: SystemDescription) -> String {
        let zone = material.program.zone
        let issued = newestIssued(of: system, .typeTwo)
        let end = issued.flatMap { material.period(of: $0) }?.end ?? material.period.end
        let known = material.result.input.knownAt
        let today = material.today
        if known < end {
            let last = zone.date(at: end - TimeSpan(microseconds: 1))
            return "The period runs until \(last); a bridge letter is not needed yet."
        }
        let days = (known - end).microseconds / TimeSpan.days(1).microseconds
        let since =
            days == 0
            ? "The period is just over."
            : "The period ended \(Wording.count(Int(days), "day")) before \(today)."
        if let until = issued?.bridged {
            return until >= today
                ? "\(since) A bridge letter, signed by management and unaudited, speaks of the time until \(until)."
                : "\(since) The bridge letter on record speaks of the time until \(until), and of nothing after it."
        }
        if issued == nil {
            return
                "\(since) No bridge letter is on record, and none can be signed before a Type II report is issued."
        }
        let limit = BridgeLetter.lastDay(after: end, in: zone)
        return today <= limit
            ? "\(since) No bridge letter is on record. Management may sign one (\"assay report bridge-letter\" writes the draft); it would speak of the time until \(limit) at the latest."
            : "\(since) No bridge letter is on record, and one could not carry so far: the next report is due."
    }
}
