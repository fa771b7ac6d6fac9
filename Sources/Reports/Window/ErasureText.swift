package import Evidence
package import Formats

/// What a window cannot show: evidence that was there and was erased.
package enum ErasureText {
    /// A paragraph for each erasure that a test of the result could have read; none when there is none.
    package static func lines(_ erasures: [LoggedErasure], of kinds: Set<Identifier>) -> [String] {
        erasures.filter { kinds.contains($0.statement.kind) }.flatMap { sentence($0).hanging(by: 2) }
    }

    /// The same by kind, a sentence each however often records of it were erased: for reports that are short.
    static func sentences(_ erasures: [LoggedErasure], of kinds: Set<Identifier>) -> [String] {
        Dictionary(grouping: erasures.filter { kinds.contains($0.statement.kind) }, by: \.statement.kind)
            .sorted { $0.key < $1.key }.map { kind, own in
                own.count == 1 ? own.map { sentence($0) }.joined() : sentence(kind, own)
            }
    }

    private static func sentence(_ erasure: LoggedErasure) -> String {
        let statement = erasure.statement
        let term =
            erasure.isEarly ? ", though it was to be kept until \(erasure.keptUntil.toTheMinute)" : ""
        return
            "Erased: \(Wording.count(statement.items.count, "item")) of \(statement.kind), log entry \(erasure.leaf), \(statement.recorded.toTheMinute)\(term). \(effect)"
    }

    private static func sentence(_ kind: Identifier, _ erasures: [LoggedErasure]) -> String {
        func count(_ erasures: [LoggedErasure]) -> Int {
            erasures.reduce(0) { $0 + $1.statement.items.count }
        }
        let named = erasures.prefix(limit).map { "\($0.leaf)" } + (erasures.count > limit ? ["…"] : [])
        let early = count(erasures.filter(\.isEarly))
        return
            "Erased: \(count(erasures)) items of \(kind), log entries \(named.joined(separator: ", ")), \(early == 0 ? "none" : String(early)) of them before the time until which they were to be kept. \(effect)"
    }

    private static let effect = "What was said there counts for nothing here, for better or worse."

    /// What a verifier says: how many items, by which entries, and of which of them before their term ended.
    static func claim(_ items: Int, by leaves: [Int], early: [LoggedErasure]) -> String {
        func listed(_ names: [String]) -> String {
            names.prefix(limit).joined(separator: ", ") + (names.count > limit ? ", …" : "")
        }
        let entries = listed(leaves.map(String.init))
        let noun = leaves.count == 1 ? "entry" : "entries"
        let told = "\(Wording.count(items, "item")), by log \(noun) \(entries)"
        if early.isEmpty { return told }
        let count = early.reduce(0) { $0 + $1.statement.items.count }
        let bases = listed(early.map { "entry \($0.leaf), basis: \(quoted($0.statement.basis))" })
        let part = items == 1 && count == 1 ? "before its" : "\(count) of them before their"
        return "\(told); \(part) term ended (\(bases))"
    }

    /// Words of the log, which another organization may have written: on one line, and not all of very many.
    private static func quoted(_ words: String) -> String {
        let scalars = words.unicodeScalars
        let head = String(String.UnicodeScalarView(scalars.prefix(lengthLimit)))
        return head.onOneLine + (scalars.count > lengthLimit ? "…" : "")
    }

    /// Why a record that somebody asks for may be gone: the newest erasures, each with who asked for it and why.
    package static func causes(_ erasures: [LoggedErasure]) -> [String] {
        if erasures.isEmpty { return [] }
        var lines = ["It may have been erased; the log keeps no names of what was:"]
        for erasure in erasures.suffix(limit).reversed() { lines += cause(erasure).onOneLine.hanging(by: 4) }
        let rest = erasures.count - limit
        if rest > 0 {
            lines.append("  … and \(Wording.count(rest, "earlier erasure")): assay fsck lists them")
        }
        return lines
    }

    /// Most erasures that are told one by one.
    private static let limit = 5
    /// Most characters that are told of a basis.
    private static let lengthLimit = 200

    private static func cause(_ erasure: LoggedErasure) -> String {
        let statement = erasure.statement
        return
            "  \(Wording.count(statement.items.count, "item")) of \(statement.kind), erased \(statement.recorded.toTheMinute) by \(statement.by): \(statement.reason) (\(statement.basis)); log entry \(erasure.leaf)"
    }
}
