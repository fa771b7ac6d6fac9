package import Formats

/// One line of Assay's native JSON Lines: a fact, or the header of the batch that the facts behind it belong to.
package enum NativeLine: Sendable {
    case fact(Fact, source: Identifier?)
    case batch(BatchHeader)
}

/// A line that announces what the facts behind it are:
///
///     {"batch":{"source":"directory","mode":"snapshot","kinds":["idp.account"],"at":"2026-03-01T00:00:00Z"}}
package struct BatchHeader: Sendable, Hashable {
    package let source: Identifier?
    package let mode: BatchMode
    package let kinds: [Identifier]
    package let query: String
    /// When the source was read: the instant of a snapshot.
    package let at: Instant?
    /// When the batch was recorded. Honoured in synthetic workspaces only; elsewhere the clock decides.
    package let recorded: Instant?
    package let failures: [CollectionFailure]
    package let sourceTotal: Int?
}

/// Why a line is no fact; the words say what was expected.
package struct NativeLineError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension NativeLine {
    private static let factNames = ["kind", "key", "id", "at", "from", "to", "value", "source"]
    private static let coverageNames = ["coverage", "source", "from", "to"]
    private static let headerNames = [
        "source", "mode", "kinds", "query", "at", "recorded", "failures", "total",
    ]

    /// Reads one line.
    package init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(NativeLineError) {
        let line: JSONTape.Node
        do {
            line = try JSONTape(bytes, limits: limits).root
        } catch {
            throw NativeLineError(error.description)
        }
        if let fact = Self.plainFact(line) {
            self = .fact(fact, source: nil)
            return
        }
        guard case .object(let object) = line.value else {
            throw NativeLineError("a line must be a JSON object")
        }
        try self.init(object)
    }

    /// The fact of a line as nearly all are, an event or an open state with its four members and no other. Nil for every
    /// other line, also one that is wrong: those are read by all rules.
    static func plainFact(_ line: JSONTape.Node) -> Fact? {
        guard line.memberCount == 4, let kind = line.text("kind"), !kind.isEmpty, let at = line.instant("at"),
            let value = line["value"], value.kind == .object
        else { return nil }
        if let id = line.text("id") {
            guard !id.isEmpty, let fields = value.value.object else { return nil }
            return .event(Identifier(kind), Identifier(id), at: at, fields)
        }
        guard let key = line.text("key"), !key.isEmpty, let fields = value.value.object else { return nil }
        return .state(Identifier(kind), Identifier(key), from: at, fields)
    }

    /// Reads an object that has been parsed already.
    package init(_ object: JSONObject) throws(NativeLineError) {
        if let header = object["batch"] {
            try Self.refuseUnknown(object, ["batch"], in: "a line with a batch header")
            self = .batch(try BatchHeader(header))
        } else if let kind = object["coverage"]?.string {
            self = try Self.coverage(Identifier(kind), object)
        } else {
            self = try Self.fact(object)
        }
    }

    private static func coverage(
        _ kind: Identifier, _ object: JSONObject
    ) throws(NativeLineError) -> NativeLine {
        try refuseUnknown(object, coverageNames, in: "a coverage line")
        let from = try instant(object, "from")
        guard let interval = Interval(from: from, to: try instant(object, "to")) else {
            throw NativeLineError("coverage must end after it begins: \"to\" is not later than \"from\"")
        }
        return .fact(.coverage(kind, interval), source: try name(object, "source"))
    }

    private static func fact(_ object: JSONObject) throws(NativeLineError) -> NativeLine {
        try refuseUnknown(object, factNames, in: "a fact")
        guard let kind = object["kind"]?.string, !kind.isEmpty else {
            throw NativeLineError("\"kind\" is missing: name the kind of evidence, such as \"idp.account\"")
        }
        let source = try name(object, "source")
        guard let value = object["value"] else { throw NativeLineError("\"value\" is missing") }
        if let id = object["id"]?.string, !id.isEmpty {
            guard case .object(let fields) = value else {
                throw NativeLineError("\"value\" of an event must be an object")
            }
            if object["key"] != nil {
                throw NativeLineError("a fact has \"id\" (event) or \"key\" (state), not both")
            }
            if object["from"] != nil || object["to"] != nil {
                throw NativeLineError("an event happens \"at\" an instant; it has no \"from\" and \"to\"")
            }
            let at = try instant(object, "at")
            return .fact(.event(Identifier(kind), Identifier(id), at: at, fields), source: source)
        }
        guard let key = object["key"]?.string, !key.isEmpty else {
            throw NativeLineError("\"key\" (for a state) or \"id\" (for an event) is missing or empty")
        }
        if !value.isNull, value.object == nil {
            throw NativeLineError(
                "\"value\" of a state must be an object, or null when the record ceased to exist")
        }
        if object["from"] == nil {
            if object["to"] != nil { throw NativeLineError("\"to\" needs \"from\"") }
            let at = try instant(object, "at")
            return .fact(.state(Identifier(kind), Identifier(key), from: at, value.object), source: source)
        }
        if object["at"] != nil {
            throw NativeLineError("a state has \"at\", or \"from\" and \"to\", not both")
        }
        let from = try instant(object, "from")
        let to = object["to"] == nil ? nil : try instant(object, "to")
        if let to, to <= from { throw NativeLineError("a state must end after it begins") }
        return .fact(
            .state(Identifier(kind), Identifier(key), from: from, to: to, value.object), source: source)
    }

    fileprivate static func instant(_ object: JSONObject, _ name: String) throws(NativeLineError) -> Instant {
        guard let text = object[name]?.string, let instant = Instant(text) else {
            throw NativeLineError("\"\(name)\" must be a time such as \"2026-03-01T09:00:00Z\"")
        }
        return instant
    }

    /// A text that may be left out.
    fileprivate static func name(_ object: JSONObject, _ name: String) throws(NativeLineError) -> Identifier?
    {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw NativeLineError("\"\(name)\" must be text") }
        return Identifier(text)
    }

    /// A list that may be left out.
    fileprivate static func list(_ object: JSONObject, _ name: String) throws(NativeLineError) -> [JSON] {
        guard let value = object[name] else { return [] }
        guard let items = value.array else { throw NativeLineError("\"\(name)\" must be a list") }
        return items
    }

    fileprivate static func refuseUnknown(
        _ object: JSONObject, _ known: [String], in what: String
    ) throws(NativeLineError) {
        // A handful of short names is compared faster than hashed.
        for (place, member) in object.members.enumerated()
        where !known.contains(where: { $0.hasSameBytes(as: member.name) }) {
            throw NativeLineError(unknown(member.name, at: place, known, in: what))
        }
    }

    /// Tells a name of ours and what a misspelt one was meant to be, but nothing else that a stranger wrote: it would
    /// stay in the log for ever.
    private static func unknown(_ name: String, at place: Int, _ known: [String], in what: String) -> String {
        let ours = ["batch"] + coverageNames + factNames + headerNames
        if ours.contains(where: { $0.hasSameBytes(as: name) }) {
            return "unknown name \"\(name)\" in \(what)"
        }
        let advice = Spelling.advice(for: name, among: known)
        let remedy = advice.isEmpty ? "it may have \(known.joined(separator: ", "))" : advice
        return "unknown name in \(what) (its name \(place + 1)); \(remedy)"
    }

    fileprivate static func header(_ object: JSONObject) throws(NativeLineError) {
        try refuseUnknown(object, headerNames, in: "a batch header")
    }
}

extension BatchHeader {
    init(_ json: JSON) throws(NativeLineError) {
        guard case .object(let object) = json else { throw NativeLineError("\"batch\" must be an object") }
        try NativeLine.header(object)
        let modeName = try NativeLine.name(object, "mode")?.text ?? BatchMode.changes.rawValue
        guard let mode = BatchMode(rawValue: modeName), mode != .skipped else {
            throw NativeLineError("\"mode\" must be \"snapshot\" or \"changes\"")
        }
        self.mode = mode
        source = try NativeLine.name(object, "source")
        kinds = try NativeLine.list(object, "kinds").map { kind throws(NativeLineError) in
            guard let name = kind.string else { throw NativeLineError("\"kinds\" must hold names of kinds") }
            return Identifier(name)
        }
        query = try NativeLine.name(object, "query")?.text ?? ""
        at = object["at"] == nil ? nil : try NativeLine.instant(object, "at")
        recorded = object["recorded"] == nil ? nil : try NativeLine.instant(object, "recorded")
        if let total = object["total"] {
            guard let count = total.integer, count >= 0 else {
                throw NativeLineError("\"total\" must be a whole number")
            }
            sourceTotal = Int(count)
        } else {
            sourceTotal = nil
        }
        var failures: [CollectionFailure] = []
        for failure in try NativeLine.list(object, "failures") {
            guard let reason = failure["reason"]?.string else {
                throw NativeLineError("each of \"failures\" needs a \"reason\"")
            }
            failures.append(
                CollectionFailure(
                    kind: failure["kind"]?.string.map { Identifier($0) },
                    scope: failure["scope"]?.string ?? "",
                    reason: reason))
        }
        self.failures = failures
        if mode == .snapshot, kinds.isEmpty {
            throw NativeLineError(
                "a snapshot must name its \"kinds\", so that an empty one still says something")
        }
    }
}
