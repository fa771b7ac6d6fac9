import Evidence
import Formats

/// Secrets that a plug-in was given: nothing that it prints may carry one into the log, or into a file.
struct PluginSecrets: Sendable {
    private let words: [String]
    /// Lines of a longer secret, a key for instance, are looked for one by one when they are no shorter.
    private static let shortest = 8
    /// Shorter ones may stand in any word: a record holds them as a whole string only.
    private static let shortestPart = 6

    init(_ secrets: JSON = .null) {
        let values = (secrets.object?.members ?? []).compactMap(\.value.string)
        let lines = values.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
        words = values.filter { !$0.isEmpty } + lines.filter { $0.utf8.count >= Self.shortest }
    }

    /// The text made harmless; something else in its place when it holds a secret.
    func printable(_ text: String) -> String {
        let shown = Program.printable(text)
        let holds = words.contains { text.utf8.contains($0.utf8) || shown.utf8.contains($0.utf8) }
        return holds ? "(withheld: the plug-in printed a secret here)" : shown
    }

    /// Whether a string among these holds a secret.
    func areHeld(by json: JSON) -> Bool {
        switch json {
        case .string(let text): areHeld(by: text)
        case .array(let elements): elements.contains { areHeld(by: $0) }
        case .object(let object):
            object.members.contains { areHeld(by: $0.name) || areHeld(by: $0.value) }
        default: false
        }
    }

    func areHeld(by text: String) -> Bool {
        words.contains { word in
            word.utf8.count < Self.shortestPart
                ? word.utf8.elementsEqual(text.utf8) : text.utf8.contains(word.utf8)
        }
    }
}

/// Reads what a plug-in prints, line by line, and turns each stream into a batch (`evidence-plugin/1`):
///
///     {"type":"start","stream":"badges","observed_at":"2026-03-01T09:00:00Z"}
///     {"type":"record","stream":"badges","data":{"id":"b-1","holder_id":"p-9","active":true}}
///     {"type":"gap","stream":"badges","scope":"site north","reason":"access denied"}
///     {"type":"state","value":{"page":7}}    {"type":"log","level":"info","message":"…"}
///     {"type":"end","stream":"badges","count":1,"complete":true}
///
/// Complete is only a stream whose end mark says so, with the count that came, and without a gap.
struct PluginReader {
    /// One stream on its way.
    private struct Harvest {
        var observed: Instant?
        var end: (count: Int64, isComplete: Bool)?
        var received = 0
        var facts = RawFacts()
        /// Where among the facts the record of a key stands.
        var places: [Identifier: Int] = [:]
        var aside = SetAsideList()
        var gaps: [(scope: String, reason: String)] = []
    }

    private let streams: [PluginManifest.Stream]
    private let window: Interval
    private let secrets: PluginSecrets
    private let now: @Sendable () -> Instant
    private var harvests: [String: Harvest] = [:]
    private var lines = Lines(limit: 1 << 20)
    /// What belongs to no stream.
    private var strayAside = SetAsideList()
    /// Whether the output breaks off within a line, which comes again: no state stands behind it.
    private var isTorn = false
    /// A state held a secret, and was dropped.
    private var hasSecretState = false
    /// The last state that came; nil for none.
    private(set) var state: JSON?

    private static let gapLimit = 1_000

    /// - Parameters:
    ///   - window: the time that was asked for, for streams of events.
    ///   - secrets: what nothing may repeat that is kept.
    init(
        _ streams: [PluginManifest.Stream], window: Interval, withholding secrets: PluginSecrets,
        now: @escaping @Sendable () -> Instant
    ) {
        self.streams = streams
        self.window = window
        self.secrets = secrets
        self.now = now
        for stream in streams { harvests[stream.name] = Harvest() }
    }

    mutating func append(_ chunk: [UInt8]) {
        for line in lines.append(chunk) { take(line) }
    }

    mutating func finish() {
        guard let line = lines.finish() else { return }
        if case .text(let bytes, let number) = line, (try? JSON(parsing: bytes)) == nil,
            !bytes.allSatisfy({ $0 <= 0x20 })
        {
            isTorn = true
            return strayAside.add(line: number, "breaks off before its end")
        }
        take(line)
    }

    private mutating func take(_ line: Lines.Line) {
        guard case .text(let bytes, let number) = line else {
            if case .tooLong(let number) = line { strayAside.add(line: number, "longer than 1 MiB") }
            return
        }
        if bytes.allSatisfy({ $0 <= 0x20 }) { return }
        guard let json = try? JSON(parsing: bytes), let type = json["type"]?.string else {
            strayAside.add(line: number, "not a JSON object with a \"type\"")
            return
        }
        switch type {
        case "log": return
        case "state": take(state: json["value"])
        case "start", "record", "gap", "end":
            guard let stream = streams.first(where: { $0.name == json["stream"]?.string }) else {
                strayAside.add(line: number, "its stream was not asked for")
                return
            }
            take(json, type, stream, line: number)
        default: strayAside.add(line: number, "a \"type\" that the protocol does not know")
        }
    }

    private mutating func take(state given: JSON?) {
        if let given, secrets.areHeld(by: given) {
            hasSecretState = true
        } else {
            state = given
        }
    }

    private mutating func take(_ json: JSON, _ type: String, _ stream: PluginManifest.Stream, line: Int) {
        var harvest = harvests[stream.name] ?? Harvest()
        switch type {
        case "start":
            // What it has seen, it has seen by now, whatever its clock says.
            harvest.observed = json["observed_at"]?.string.flatMap { Instant($0) }.map { min($0, now()) }
            if harvest.observed == nil { harvest.aside.add(line: line, "\"observed_at\" is not a time") }
        case "gap":
            if harvest.gaps.count < Self.gapLimit {
                harvest.gaps.append(
                    (
                        secrets.printable(json["scope"]?.string ?? "unknown"),
                        secrets.printable(json["reason"]?.string ?? "no reason given")
                    ))
            }
        case "end":
            harvest.end = (json["count"]?.integer ?? -1, json["complete"]?.bool ?? false)
        default: record(json["data"], stream, line: line, &harvest)
        }
        harvests[stream.name] = harvest
    }

    private func record(
        _ data: JSON?, _ stream: PluginManifest.Stream, line: Int, _ harvest: inout Harvest
    ) {
        harvest.received += 1
        guard let observed = harvest.observed else {
            return harvest.aside.add(line: line, "stands before its stream's start")
        }
        if harvest.end != nil { return harvest.aside.add(line: line, "stands behind its stream's end") }
        guard case .object(let object)? = data else {
            return harvest.aside.add(line: line, "\"data\" is not an object")
        }
        let parts = stream.primaryKey.compactMap { object[$0].flatMap(Self.word) }
        guard parts.count == stream.primaryKey.count else {
            return harvest.aside.add(line: line, "a field of the primary key is missing")
        }
        let key = Identifier(parts.joined(separator: "/"))
        var value = JSONObject()
        for member in object.members where stream.fields.contains(member.name) && !member.value.isNull {
            value.append(member.name, member.value)
        }
        if secrets.areHeld(by: key.text) || secrets.areHeld(by: .object(value)) {
            return harvest.aside.add(line: line, "it holds a secret of the plug-in")
        }
        let fact: Fact
        switch stream.completeness {
        case .snapshot: fact = .state(stream.kind, key, from: observed, value)
        case .events:
            guard let at = object[stream.time]?.string.flatMap({ Instant($0) }) else {
                return harvest.aside.add(line: line, "\"\(stream.time)\" is not a time")
            }
            if !window.contains(at) {
                return harvest.aside.add(
                    line: line, "outside the time that was asked for", mayHideRecord: false)
            }
            fact = .event(stream.kind, key, at: at, value)
        }
        if let place = harvest.places[key] {
            let isSame = fact.saysTheSame(as: harvest.facts[place].fact)
            let reason = "the same key came before" + (isSame ? "" : ", with another value or time")
            return harvest.aside.add(line: line, reason, mayHideRecord: !isSame)
        }
        harvest.places[key] = harvest.facts.count
        harvest.facts.append(RawFact(fact, line: line))
    }

    /// A key's part as text.
    private static func word(_ json: JSON) -> String? {
        switch json {
        case .string(let text): text.isEmpty ? nil : text
        case .integer(let number): String(number)
        default: nil
        }
    }

    /// What there is of one stream: facts, what was set aside, and why it is not complete.
    struct Outcome {
        let stream: PluginManifest.Stream
        let observed: Instant?
        let facts: RawFacts
        let setAside: [SetAside]
        let failures: [CollectionFailure]
        let total: Int?
        /// Whether a later run may bring the rest alone: everything that was printed is among the facts, and each of them
        /// is one for itself.
        let canGoOn: Bool
        /// Whether all of it was printed, as the end mark and the end of the run say; there may be gaps in it, and
        /// records that were set aside.
        let cameToEnd: Bool
    }

    /// - Parameter failure: what went wrong with the run as a whole.
    func outcome(_ stream: PluginManifest.Stream, failure: String?) -> Outcome {
        let harvest = harvests[stream.name] ?? Harvest()
        var failures: [CollectionFailure] = []
        func fail(_ scope: String, _ reason: String) {
            failures.append(CollectionFailure(kind: stream.kind, scope: scope, reason: reason))
        }
        if let failure { fail("plug-in", failure) }
        if hasSecretState {
            fail("state", "it held a secret and was not kept; have the plug-in leave that out")
        }
        for gap in harvest.gaps { fail(gap.scope, gap.reason) }
        if harvest.observed == nil { fail(stream.name, "the stream was not begun") }
        if let end = harvest.end {
            if !end.isComplete { fail(stream.name, "the plug-in says that it is not complete") }
            if end.count != Int64(harvest.received) {
                fail(stream.name, "the end mark counts \(end.count) records, \(harvest.received) came")
            }
        } else {
            fail(stream.name, "there is no end mark: it may have been cut off")
        }
        if harvest.aside.entries.contains(where: \.mayHideRecord) {
            fail(stream.name, "records were set aside")
        }
        if !strayAside.isEmpty { fail(stream.name, "there are lines that belong to no stream") }
        let isCounted = harvest.end.map { $0.count == Int64(harvest.received) }
        let isAllKnown = strayAside.entries.count == (isTorn ? 1 : 0)
        return Outcome(
            stream: stream, observed: harvest.observed, facts: harvest.facts,
            setAside: harvest.aside.entries + strayAside.entries, failures: failures,
            total: harvest.end.flatMap { $0.count >= 0 ? Int($0.count) : nil },
            canGoOn: stream.completeness == .events && isCounted ?? true && harvest.gaps.isEmpty
                && harvest.aside.isEmpty && isAllKnown,
            cameToEnd: failure == nil && harvest.observed != nil && isCounted ?? false
                && harvest.end?.isComplete ?? false)
    }
}
