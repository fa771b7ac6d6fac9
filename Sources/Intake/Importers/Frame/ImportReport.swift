import Evidence
import Formats
import Ledger

/// What one document says: facts, what was tested, what was not, and why.
///
/// States make a snapshot when the document is complete: what it does not list any more has ceased to be. Whatever is
/// missing (a skipped part, a filter, an early end) takes the coverage away and leaves earlier records as they are.
/// Events make batches of changes; they are covered only where whoever imports them asserts it, of all files at once.
package final class ImportReport {
    /// A snapshot of more records than this is not held in memory: it is taken as changes, and covers nothing.
    static let snapshotLimit = 100_000
    /// Events in one batch.
    static let batchLimit = 10_000

    let setting: ImportSetting
    private let file: String
    private let format: ImportFormat
    private let deliver: (Delivery) throws -> Void

    private var tool = ""
    private var target = ""
    /// Parts of the target that the document is about, as the document has them.
    private var scopes: [String] = []
    /// The first tool, after which the document's source is named whatever other runs it holds.
    private var sourceTool: String
    /// What the run at hand looked at.
    private var runTarget = ""
    private var hasTool = false
    var dates: ReportDates

    private(set) var stateKinds: [Identifier] = []
    /// Of these it looked only for some sorts of record.
    private var uncovered: Set<Identifier> = []
    private(set) var eventKinds: [Identifier] = []
    private var states: [State] = []
    private var stateCount = 0
    private var statePlaces = RecordIndex()
    private var events = RawFacts()
    private var eventPlaces = RecordIndex()
    private var coverage: [RawFact] = []
    private var aside = SetAsideList()
    private var gaps: [CollectionFailure] = []
    private var isTooLarge = false
    private var sourceTotal: Int?

    /// In the run at hand.
    private(set) var tested = 0
    private var testedEarlier = 0
    /// Findings that are open, by severity.
    var open = SeverityCount()
    private var notTested: [String: Int] = [:]
    /// A time of the document names no zone.
    private var hasUnzonedTime = false

    private struct State {
        let kind: Identifier
        let key: Identifier
        var value: JSONObject
        let line: Int?
    }

    init(
        _ format: ImportFormat, file: String, setting: ImportSetting,
        deliver: @escaping (Delivery) throws -> Void
    ) {
        self.format = format
        toolName = format.name
        sourceTool = format.name
        self.file = file
        self.setting = setting
        self.deliver = deliver
        dates = ReportDates(started: setting.now(), stated: setting.at)
    }

    // MARK: What the document is

    /// The tool that wrote the document, or made the run at hand, and what it looked at.
    func describe(tool name: String?, version: String? = nil, target: String? = nil) {
        if !hasTool, let name, !name.isEmpty {
            hasTool = true
            let full = Fields.clean(version.map { "\(name) \($0)" } ?? name)
            toolName = full.split(separator: " ").first.map(String.init) ?? full
            if tool.isEmpty {
                tool = full
                sourceTool = toolName
            }
        }
        if runTarget.isEmpty, let target {
            // It names the source, in every entry of the log.
            runTarget = Fields.clean(NetworkAddress.place(target))
            if self.target.isEmpty { self.target = runTarget }
        }
    }

    /// The document is about a part of the target, such as a category of rules or some ports. What it lacks may be in a
    /// document about another part, which is one of another source.
    func narrow(to scope: String) {
        let scope = Fields.clean(scope)
        if !scope.isEmpty, scopes.count < 100, !scopes.contains(scope) { scopes.append(scope) }
    }

    /// Another run begins in the same document: its tool, its target, its time and its counts are its own.
    func beginRun() {
        dates.beginRun()
        hasTool = false
        toolName = format.name
        runTarget = ""
        testedEarlier += tested
        tested = 0
        open = SeverityCount()
    }

    /// The tool without its version, or the format where the document does not name it.
    private(set) var toolName: String
    /// What the document is about, when it does not say itself: never the file's name, which changes.
    var fallbackSubject: String { setting.source?.text ?? toolName }
    /// Nothing is known to be missing so far.
    var isComplete: Bool { gaps.isEmpty && !mayHideRecord }
    /// Something was set aside behind which a record may be.
    private var mayHideRecord = false

    /// What the tool looked at, as far as the document says.
    var subject: String? { runTarget.isEmpty ? nil : runTarget }

    /// A time as the tool wrote it. One without a zone is taken for UTC, and the batch says so.
    func time(_ text: String?) -> Instant? {
        if let time = ReportTime.zoned(text) { return time }
        let time = ReportTime.read(text)
        if time != nil { noteUnzonedTime() }
        return time
    }

    func noteUnzonedTime() { hasUnzonedTime = true }

    /// When the document, or a part of it, was made; of several times the latest counts.
    func made(_ at: Instant?, isOfPart: Bool = true) { if let at { dates.add(at, isOfPart: isOfPart) } }

    /// When it was begun, for what does not say when it ended.
    func begun(_ at: Instant?) { if let at { dates.begin(at) } }

    /// The document speaks of this kind of state, if only to say that there is nothing.
    func lists(_ kind: Identifier) {
        if !stateKinds.contains(kind) { stateKinds.append(kind) }
    }

    /// The document looked only for some sorts of record of a kind: what it lists stands, and that others are not there is
    /// not said.
    func leavesUncovered(_ kind: Identifier) { uncovered.insert(kind) }

    /// The document's own count of its records.
    func total(_ count: Int?) { sourceTotal = count }

    /// So many more of them.
    func addToTotal(_ count: Int) { sourceTotal = (sourceTotal ?? 0) + count }

    // MARK: What it says

    func state(_ kind: Identifier, _ key: Identifier, _ fields: Fields, line: Int? = nil) throws {
        lists(kind)
        let earlier = statePlaces.place(of: key) { states[$0].key == key && states[$0].kind == kind }
        if let earlier {
            // A tool that reports one finding at several places tells the same record again.
            if states[earlier].value == fields.object { return }
            // Nobody can tell which of the two is so, and the one that is left out may be the finding.
            return setAside("\(kind): the same record again, with other values", line: line)
        }
        states.append(State(kind: kind, key: key, value: fields.object, line: line))
        stateCount += 1
        if states.count >= Self.snapshotLimit { try giveUpSnapshot() }
    }

    func event(_ kind: Identifier, _ id: Identifier, at: Instant, _ fields: Fields, line: Int? = nil) throws {
        if !eventKinds.contains(kind) { eventKinds.append(kind) }
        let fact = Fact.event(kind, id, at: at, fields.object)
        let earlier = eventPlaces.place(of: id) {
            events.facts[$0].key == id && events.facts[$0].kind == kind
        }
        if let earlier {
            if events.facts[earlier] == fact { return }
            return setAside("\(kind): the same id again, with other values", line: line)
        }
        events.append(fact, line: line)
        if events.count >= Self.batchLimit { try flushEvents(isLast: false) }
    }

    /// The document itself shows that it holds every event of the kind in this stretch.
    func covers(_ kind: Identifier, _ interval: Interval) {
        coverage.append(RawFact(.coverage(kind, interval)))
    }

    func counted(_ count: Int = 1) { tested += count }

    /// Something that was in reach and was not looked at, which by itself is no gap: a rule that does not apply.
    func passedOver(_ reason: String, _ count: Int = 1) {
        guard count > 0 else { return }
        let isKnown = notTested[reason] != nil || notTested.count < 50
        notTested[isKnown ? reason : "other reasons", default: 0] += count
    }

    /// Why nothing ran, which is a gap unless something did in another report of its format in the same import.
    private(set) var idle: String?

    func ranNothing(_ reason: String) { idle = reason }

    /// How often something was passed over for this reason; nil for never.
    func passed(_ reason: String) -> Int? { notTested[reason] }

    /// A record that cannot be taken. It may be a finding that nobody sees.
    func setAside(_ reason: String, line: Int? = nil, mayHideRecord: Bool = true) {
        if mayHideRecord { self.mayHideRecord = true }
        aside.add(line: line, reason, mayHideRecord: mayHideRecord)
    }

    /// Something that should have been tested was not, or is not known to have been.
    func gap(_ scope: String, _ reason: String) {
        let failure = CollectionFailure(kind: nil, scope: Fields.clean(scope), reason: reason)
        if gaps.count < 100, !gaps.contains(failure) { gaps.append(failure) }
    }

    /// Makes a gap of what earlier reports of the source told and this one lacks without having looked there: as a
    /// snapshot it would declare it gone.
    ///
    /// To be called behind the last state, and before the run where one is told: a gap makes it incomplete.
    /// - Parameter place: where the document should have looked for a record, by the record's key; nil where it did.
    func keepUnseen(_ place: (_ kind: Identifier, _ key: Identifier) -> String?) throws {
        // Changes declare nothing gone.
        if isTooLarge { return }
        var unseen: [String: [Identifier: Int]] = [:]
        for kind in stateKinds {
            let known = try setting.openSince(source, kind).keys
            if known.isEmpty { continue }
            let told = Set(states.lazy.filter { $0.kind == kind }.map(\.key))
            for key in known where !told.contains(key) {
                if let place = place(kind, key) { unseen[place, default: [:]][kind, default: 0] += 1 }
            }
        }
        for (place, kinds) in unseen.sorted(by: { $0.key < $1.key }) {
            let held = kinds.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
                .joined(separator: ", ")
            gap(
                place,
                "earlier reports hold records of it (\(held)), and this one does not show that it was tested: nothing "
                    + "is concluded to be gone; what is gone for good can be ended by lines with \"value\":null"
            )
        }
    }

    /// The record at hand when it can be read; else it is set aside.
    func readable(_ record: Result<JSONTape.Node, JSONError>, line: Int? = nil) -> JSONTape.Node? {
        switch record {
        case .success(let node): return node
        case .failure(let error):
            setAside(error.description, line: line)
            return nil
        }
    }

    // MARK: Handing over

    var source: Identifier {
        if let source = setting.source { return source }
        let full = target.isEmpty ? sourceTool : "\(sourceTool):\(target)"
        return Identifier(([String(full.lowercased().prefix(120))] + scope).joined(separator: ":"))
    }

    /// How its parts stand in the name of the source: nothing for the whole target.
    private var scope: [String] {
        if scopes.isEmpty { return [] }
        // Runs of one document come in any order.
        let all = scopes.sorted().joined(separator: "+").lowercased()
        if all.utf8.count <= 60 { return [all] }
        return [String(Digest.sha256(Array(all.utf8)).hex.prefix(16))]
    }

    private var draft: BatchDraft {
        BatchDraft(
            source: source, collector: setting.collector, mode: .changes,
            query: "\(format.title) in \(file)" + (tool.isEmpty ? "" : ", written by \(tool)"),
            parameters: ["file": file, "format": format.name], started: dates.started,
            ended: dates.started)
    }

    private func flushEvents(isLast: Bool) throws {
        var batch = draft
        batch.kinds = eventKinds
        batch.ended = setting.now()
        batch.facts = events
        // Beside a snapshot it is the snapshot that what was set aside makes incomplete.
        if stateKinds.isEmpty {
            batch.setAside = aside.entries
            aside = SetAsideList()
        }
        if isLast {
            if isComplete { batch.facts += coverage }
            if stateKinds.isEmpty {
                batch.failures = gaps
                batch.sourceTotal = sourceTotal
            }
            addCounts(&batch)
        }
        events.removeAll(keepingCapacity: true)
        eventPlaces.removeAll()
        try deliver(batch, isLast: isLast)
    }

    /// More records than a snapshot may hold: from here on they are changes.
    private func giveUpSnapshot() throws {
        if !isTooLarge {
            isTooLarge = true
            gap(
                file,
                "more than \(Self.snapshotLimit) records: they are taken as changes, nothing is concluded to be gone"
            )
        }
        try flushStates(at: dates.snapshot, isLast: false)
        statePlaces.removeAll()
    }

    private func flushStates(at: Instant, isLast: Bool) throws {
        var batch = draft
        batch.kinds = stateKinds
        batch.started = at
        batch.ended = at
        batch.facts = try dated(at)
        batch.setAside = aside.entries
        aside = SetAsideList()
        states.removeAll()
        if isLast {
            if mayHideRecord, !batch.setAside.contains(where: \.mayHideRecord) {
                gap(file, "records were set aside, so the snapshot is not known to be complete")
            }
            batch.failures = gaps
            batch.sourceTotal = sourceTotal
            addCounts(&batch)
            if !isTooLarge { batch.mode = .snapshot }
            if gaps.isEmpty, let interval = Interval(from: at, to: at + setting.freshness(of: source)) {
                batch.facts += stateKinds.filter { !uncovered.contains($0) }.map {
                    RawFact(.coverage($0, interval))
                }
            }
        }
        try deliver(batch, isLast: isLast)
    }

    private func deliver(_ batch: BatchDraft, isLast: Bool) throws {
        var delivery = Delivery(batch)
        delivery.isContinued = !isLast
        try deliver(delivery)
    }

    /// Findings are dated by their first report: a scanner says what is, rarely since when.
    private func dated(_ at: Instant) throws -> RawFacts {
        let findings: Identifier = "scan.finding"
        let since = stateKinds.contains(findings) ? try setting.openSince(source, findings) : [:]
        var facts = RawFacts()
        facts.reserveCapacity(states.count + stateKinds.count)
        for state in states {
            var value = state.value
            if state.kind == findings, value["found_at"] == nil {
                value.insert("found_at", .string(min(since[state.key] ?? at, at).description))
            }
            facts.append(.state(state.kind, state.key, from: at, value), line: state.line)
        }
        return facts
    }

    private func addCounts(_ batch: inout BatchDraft) {
        batch.parameters["tested"] = String(testedEarlier + tested)
        if hasUnzonedTime { batch.parameters["times without zone"] = "taken for UTC" }
        for (reason, count) in notTested { batch.parameters["not tested: \(reason)"] = String(count) }
    }

    /// Hands over what is left. At least one batch comes out of every document.
    /// - Parameter broken: why the rest of the document could not be read.
    func finish(broken: String? = nil) throws {
        if let broken { gap(file, broken) }
        for trouble in dates.troubles(stateKinds.isEmpty ? nil : setting.freshness(of: source)) {
            gap(file, trouble)
        }
        if !events.isEmpty || !eventKinds.isEmpty || !coverage.isEmpty || stateKinds.isEmpty {
            try flushEvents(isLast: true)
        }
        if !stateKinds.isEmpty { try flushStates(at: dates.snapshot, isLast: true) }
    }

    var summary: ImportSummary {
        let reasons = notTested.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return ImportSummary(
            file: file, what: tool.isEmpty ? format.title : "\(format.title) by \(tool)",
            tested: testedEarlier + tested,
            notTested: reasons.map { ($0.key, $0.value) })
    }
}
