import Evidence
import Formats
import Synchronization

/// What all files of one command have in common, whichever of them brought it.
///
/// A second snapshot of the same source would declare the first one's records gone, so it counts as changes. And who
/// asserts that the files hold every event of a stretch asserts it of all of them: one that is not whole takes it back.
package final class ImportedFiles: Sendable {
    private struct Events {
        /// Kinds of events that came in, by source.
        var kinds: [Identifier: Set<Identifier>] = [:]
        var documents = 0
        /// The first that is not whole.
        var broken: String?
        /// Kinds of records that came in.
        var states: Set<Identifier> = []
        var hasNative = false

        mutating func note(_ file: String, isWhole: Bool) {
            documents += 1
            if !isWhole, broken == nil { broken = file }
        }
    }

    /// A report in which nothing ran.
    private struct Idle {
        let format: String
        let source: Identifier
        let failure: CollectionFailure
    }

    /// What ran and what did not, by reports of formats of which one command may bring many.
    private struct Runs {
        var idle: [Idle] = []
        /// Formats of which a report tells that something ran.
        var ran: Set<String> = []

        /// Those beside which nothing else ran.
        var unexplained: [Idle] { idle.filter { !ran.contains($0.format) } }
    }

    private let sources = Mutex<Set<Identifier>>([])
    private let runs = Mutex(Runs())
    private let events = Mutex(Events())

    package init() {}

    /// Whether this is the first snapshot of the source.
    func claim(_ source: Identifier) -> Bool {
        sources.withLock { $0.insert(source).inserted }
    }

    /// A document was read to its end, or as far as it could be read.
    func note(_ file: String, isWhole: Bool) {
        events.withLock { $0.note(file, isWhole: isWhole) }
    }

    /// A document was native JSON Lines.
    func noteNative() {
        events.withLock { $0.hasNative = true }
    }

    /// Of what an assertion over the files says nothing, for whoever made it; empty where it is of all that came in.
    package var unasserted: [String] {
        let events = events.withLock { $0 }
        var told: [String] = []
        if !events.states.isEmpty {
            let kinds = events.states.sorted().map(\.text).joined(separator: ", ")
            told.append(
                "--covers has no effect on \(kinds): a report of records covers them from its own time on")
        }
        if events.hasNative {
            told.append(
                "--covers has no effect on native JSON Lines: what these cover, lines with \"coverage\" say")
        }
        return told
    }

    /// Events of these kinds came in.
    func add(_ kinds: [Identifier], of source: Identifier) {
        if kinds.isEmpty { return }
        events.withLock { $0.kinds[source, default: []].formUnion(kinds) }
    }

    /// A report is complete, or as far as it could be read.
    func note(_ file: String, _ report: ImportReport, _ format: ImportFormat) {
        note(file, isWhole: report.isComplete)
        add(report.eventKinds, of: report.source)
        let states = report.stateKinds
        events.withLock { $0.states.formUnion(states) }
        let (tested, source) = (report.summary.tested, report.source)
        let failure = report.idle.map { CollectionFailure(kind: nil, scope: file, reason: $0) }
        runs.withLock { runs in
            if let failure {
                // One is enough to say so; more would fill memory.
                if runs.idle.count >= 100 { return }
                runs.idle.append(Idle(format: format.name, source: source, failure: failure))
            } else if tested > 0 {
                runs.ran.insert(format.name)
            }
        }
    }

    /// What can be said only after the last file: that nothing ran, and what is asserted of all files.
    package func coverage(_ setting: ImportSetting) -> [Delivery] {
        let idle = runs.withLock { $0.unexplained }
        let now = setting.now()
        let bySource = Dictionary(grouping: idle, by: \.source).sorted { $0.key < $1.key }
        let told = bySource.map { source, reports in
            Delivery(
                BatchDraft(
                    source: source, collector: setting.collector, mode: .changes,
                    query: "reports of one import in which nothing ran", started: now, ended: now,
                    failures: reports.map(\.failure)))
        }
        return told + asserted(setting, idle.first?.failure)
    }

    /// What is asserted of all files, or why it does not count: for each source a batch.
    private func asserted(_ setting: ImportSetting, _ idle: CollectionFailure?) -> [Delivery] {
        guard let covers = setting.covers else { return [] }
        var events = events.withLock { $0 }
        events.broken = events.broken ?? idle?.scope
        // A single file has said itself what is missing.
        if events.broken != nil, events.documents == 1 { return [] }
        let now = setting.now()
        return events.kinds.sorted { $0.key < $1.key }.map { source, kinds in
            var batch = BatchDraft(
                source: source, collector: setting.collector, mode: .changes,
                query: "what is asserted of all files of one import", kinds: kinds.sorted(), started: now,
                ended: now)
            if let broken = events.broken {
                batch.failures = [
                    CollectionFailure(
                        kind: nil, scope: broken,
                        reason: "not all of it could be read, so --covers counts for no file of this import")
                ]
            } else {
                batch.facts += kinds.sorted().map { RawFact(.coverage($0, covers)) }
                batch.parameters["covers"] = "\(covers.start)/\(covers.end), as asserted by the importer"
            }
            return Delivery(batch)
        }
    }
}
