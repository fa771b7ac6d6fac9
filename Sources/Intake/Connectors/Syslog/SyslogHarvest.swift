import Evidence
import Formats
import Ledger

/// Turns the spool's lines into evidence.
struct SyslogHarvest {
    /// How far the spool has been read, and who was heard when.
    struct Position: Sendable {
        var file = 0
        var offset = 0
        /// When the receiver last said that it listens.
        var alive: Instant?
        /// Since when it has done so without a break, and without losing a message.
        var since: Instant?
        var heard: [String: Instant] = [:]

        init() {}

        init?(_ text: String) {
            guard let json = try? JSON(parsing: text), let file = json["file"]?.integer,
                let offset = json["offset"]?.integer
            else { return nil }
            self.file = Int(clamping: file)
            self.offset = Int(clamping: offset)
            alive = json["alive"]?.instant
            since = json["since"]?.instant
            for member in json["heard"]?.object?.members ?? [] { heard[member.name] = member.value.instant }
        }

        var text: String? {
            let names = heard.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value.description)) }
            var members: [(String, JSON)] = [
                ("file", .integer(Int64(file))), ("offset", .integer(Int64(offset))),
                ("heard", .object(names)),
            ]
            if let alive { members.append(("alive", .string(alive.description))) }
            if let since { members.append(("since", .string(since.description))) }
            return (try? CanonicalJSON.encode(.object(members))).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Who was not heard for so long is no sender any more, unless expected.
    private static let memory = TimeSpan.days(30)

    /// A receiver that has not said for so long that it listens is taken to be gone.
    private static let silenceLimit = TimeSpan.minutes(2)
    /// Who was not heard for so long is not heard; it takes as long to know it.
    private static let hearing = TimeSpan.hours(1)

    private static let torn = "a line that is not whole: a message may be lost"

    private let request: CollectionRequest
    /// Of so many senders that nobody expects it is known when they were heard.
    private let senderLimit: Int
    /// Names of hosts that must be heard.
    private let expected: [String]
    private let started: Instant
    private(set) var position: Position
    private var failures: [CollectionFailure] = []
    private var aside = SetAsideList()
    private var counts: [String: Int] = [:]
    /// Log-ins that `sshd` and `sudo` told in the file at hand, by their key.
    private var logins: [Identifier: RawFact] = [:]
    /// Senders that were one too many.
    private var forgotten = 0

    init(_ request: CollectionRequest, senderLimit: Int = 10_000) {
        self.request = request
        self.senderLimit = senderLimit
        expected = request.words("expected").map { $0.lowercased() }
        started = request.now()
        position = request.cursor.flatMap { Position($0) } ?? Position()
    }

    mutating func gap(_ scope: String, _ reason: String) {
        if failures.count < 100 {
            failures.append(CollectionFailure(kind: nil, scope: scope, reason: reason))
        }
    }

    /// Reads a file of the spool from where the last collection stopped, as far as its lines are whole.
    /// - Parameter isLeft: nobody writes to it any more.
    mutating func read(_ path: String, _ number: Int, isLeft: Bool) -> [Delivery] {
        if number != position.file {
            position.file = number
            position.offset = 0
        }
        let collected = DeliveryList()
        var setting = ImportSetting(
            source: request.source, collector: SyslogConnector.collector(request),
            freshness: request.freshness, now: request.now)
        setting.keySecret = request.keySecret
        let report = ImportReport(
            AuditMessageImporter.format, file: "messages received by syslog", setting: setting
        ) { collected.all.append($0) }
        do {
            let file = try ByteFile(reading: path)
            var pending: [UInt8] = []
            while true {
                let piece = try file.read(at: position.offset + pending.count)
                if piece.isEmpty { break }
                pending += piece
                var start = 0
                while let end = pending[start...].firstIndex(of: 0x0A) {
                    take(Array(pending[start..<end]), report)
                    start = end + 1
                }
                pending.removeFirst(start)
                position.offset += start
            }
            // The receiver ended while it wrote this.
            if isLeft, !pending.isEmpty { gap("spool", Self.torn) }
        } catch {
            gap(path, error.description)
        }
        let told = loginDeliveries()
        let audits = counts["audit"] ?? 0
        guard audits > 0 else { return told }
        counts["audit"] = nil
        counts["audits", default: 0] += audits
        do {
            try report.finish()
        } catch {
            gap(path, "its messages could not be handed on")
        }
        // All parts of one collection say when it began: a later one that fails speaks of these too.
        return told
            + collected.all.map { delivery in
                var delivery = delivery
                delivery.draft.started = started
                return delivery
            }
    }

    private mutating func take(_ bytes: [UInt8], _ report: ImportReport) {
        guard let line = try? JSON(parsing: bytes), let at = line["at"]?.instant else {
            return gap("spool", Self.torn)
        }
        if let lost = line["lost"]?.integer {
            // Whose message it was, nobody knows: who was not heard may have sent it.
            position.since = max(position.since ?? at, at)
            return gap("received", "\(lost) lost at \(at): \(line["why"]?.string ?? "")")
        }
        if let note = line["note"]?.string {
            listened(at, anew: note == "began")
            position.alive = at
            return
        }
        guard let content = line["message"]?.string.flatMap({ Base64.decode($0) }) else {
            return gap("spool", "a line without a message")
        }
        listened(at)
        message(content, at: at, line["from"]?.string ?? "unknown", line["over"]?.string ?? "", report)
    }

    /// Takes a sign of life; without one for long, nobody was there, whatever the reason: a machine may have slept.
    private mutating func listened(_ at: Instant, anew: Bool = false) {
        if let before = position.alive, anew || at - before > Self.silenceLimit {
            gap("the receiver", "nobody listened between \(before) and \(at)")
            position.since = at
        }
        position.since = position.since ?? at
        position.alive = max(position.alive ?? at, at)
    }

    private mutating func message(
        _ bytes: [UInt8], at: Instant, _ sender: String, _ transport: String, _ report: ImportReport
    ) {
        counts[transport, default: 0] += 1
        guard let message = SyslogMessage(bytes) else {
            return aside.add(
                line: nil, "no syslog message: it does not begin as RFC 5424 says", mayHideRecord: false)
        }
        // The name is the sender's own word; without one there is only its address.
        let host = Fields.clean(message.host?.lowercased() ?? sender)
        position.heard[host] = at
        // Not one by one: each look goes through all of them.
        if position.heard.count > 2 * (senderLimit + expected.count) { forgetOldest() }
        guard let audit = message.audit else { return login(message, at: at, host) }
        counts["audit", default: 0] += 1
        do {
            try AuditMessageImporter().read(ByteStream(Array(audit)), into: report)
        } catch {
            report.addToTotal(1)
            report.setAside("\(error)", line: counts["audit"])
        }
    }

    /// Takes a log-in where the message tells of one; nothing where nobody wants to know.
    private mutating func login(_ message: SyslogMessage, at arrival: Instant, _ host: String) {
        let kind: Identifier = "auth.event"
        guard request.wants(kind), !message.isOld,
            let login = SyslogLogin(application: message.application, message.body)
        else { return }
        guard let at = message.at else {
            return aside.add(line: nil, "a log-in without a time", mayHideRecord: false)
        }
        let application = message.application ?? ""
        let said = [at.description, host, application, String(decoding: message.body, as: UTF8.self)]
        // Under a secret: a key is shown where the fields are withheld.
        let code = KeyedHash(request.keySecret).code(of: Array(said.joined(separator: "\u{1F}").utf8))
        let key = Identifier(String(code.hex.prefix(32)))
        var fields = Fields()
        fields.text("user_id", login.user)
        fields.text("system", "\(host)/\(application)")
        fields.flag("succeeded", login.isSuccess)
        fields.text("address", login.address)
        // It cannot have happened later than it was told.
        logins[key] = RawFact(.event(kind, key, at: min(at, arrival), fields.object))
        counts["logins", default: 0] += 1
    }

    private static let batchLimit = 10_000

    /// The log-ins of a file, in order.
    private mutating func loginDeliveries() -> [Delivery] {
        let all = logins.sorted { $0.key < $1.key }.map(\.value)
        logins = [:]
        return stride(from: 0, to: all.count, by: Self.batchLimit).map { start in
            var draft = draft(["auth.event"])
            draft.query = "log-ins that sshd and sudo told in messages of RFC 5424"
            for fact in all[start..<min(start + Self.batchLimit, all.count)] { draft.facts.append(fact) }
            return Delivery(draft)
        }
    }

    /// The batches that end a collection: what was received and lost, and who was heard.
    var last: [Delivery] {
        let kind: Identifier = "log.source"
        var draft = draft(request.kinds.filter { $0 != kind })
        draft.query =
            "\(counts["udp"] ?? 0) messages by datagrams, \(counts["tcp"] ?? 0) over plain TCP, \(counts["tls"] ?? 0) "
            + "over TLS, \(counts["audits"] ?? 0) of them audit messages, \(counts["logins"] ?? 0) log-ins; datagrams "
            + "that the network lost cannot be counted"
        draft.setAside = aside.entries
        draft.failures = failures
        let received = Delivery(draft, cursor: position.text)
        return request.wants(kind) ? [sources(kind), received] : [received]
    }

    private func draft(_ kinds: [Identifier]) -> BatchDraft {
        BatchDraft(
            source: request.source, collector: SyslogConnector.collector(request), mode: .changes,
            query: "received log messages", kinds: kinds, started: started, ended: request.now(), pages: 1)
    }

    private func sources(_ kind: Identifier) -> Delivery {
        var draft = draft([kind])
        draft.query =
            "senders of received log messages by the name that they give; heard is within the last hour"
        draft.parameters["expected"] = expected.joined(separator: " ")
        func fail(_ reason: String) {
            draft.failures.append(CollectionFailure(kind: kind, scope: "the receiver", reason: reason))
        }
        if let silence {
            fail(silence)
            return Delivery(draft)
        }
        draft.mode = .snapshot
        if forgotten > 0 {
            fail(
                "more than \(senderLimit) senders: the \(forgotten) that were not heard for longest are forgotten; "
                    + "name those that must be heard under \"expected\"")
        }
        let isLong = position.since.map { started - $0 >= Self.hearing } ?? false
        var isLeftOut = false
        for name in Set(expected).union(position.heard.keys).sorted() {
            let isHeard = position.heard[name].map { started - $0 <= Self.hearing } ?? false
            // Nobody could have heard it.
            if !isHeard, !isLong {
                isLeftOut = true
                continue
            }
            var fields = Fields()
            fields.text("name", name)
            fields.flag("heard", isHeard)
            draft.facts.append(RawFact(.state(kind, Identifier(name), from: started, fields.object)))
        }
        // That there is nobody takes as long to know as that one is not heard.
        if isLeftOut || !isLong && draft.facts.isEmpty {
            let since = position.since.map { "\($0)" } ?? "lately"
            fail("listening since \(since): who was not heard may have sent before that")
        }
        // Not longer than what it says: a receiver that ends now hears nobody.
        let end = started + min(request.freshness, Self.hearing)
        if draft.failures.isEmpty, let interval = Interval(from: started, to: end) {
            draft.facts.append(RawFact(.coverage(kind, interval)))
        }
        return Delivery(draft)
    }

    /// Why nobody can say who sends; nil while the receiver listens.
    private var silence: String? {
        if let alive = position.alive, started - alive <= Self.silenceLimit { return nil }
        let since = position.alive.map { "since \($0)" } ?? "yet"
        return "nobody has listened \(since); run assay collect --watch"
    }

    /// Keeps the senders that were heard last, and those that are expected: anybody can make up names, and they must not
    /// shut out who sends in earnest.
    private mutating func forgetOldest() {
        let known = Set(expected)
        let others = position.heard.filter { !known.contains($0.key) }
        guard others.count > senderLimit else { return }
        let inOrder = others.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
        for sender in inOrder.dropFirst(senderLimit) { position.heard[sender.key] = nil }
        forgotten += others.count - senderLimit
    }

    /// To be called when everything has been read.
    mutating func finish() {
        position.heard = position.heard.filter { started - $0.value < Self.memory }
        forgetOldest()
        if let silence { gap("the receiver", silence) }
    }
}

/// What a report hands over while it is made.
private final class DeliveryList {
    var all: [Delivery] = []
}
