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

        mutating func note(_ file: String, isWhole: Bool) {
            documents += 1
            if !isWhole, broken == nil { broken = file }
        }
    }

    private let sources = Mutex<Set<Identifier>>([])
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

    /// Events of these kinds came in.
    func add(_ kinds: [Identifier], of source: Identifier) {
        if kinds.isEmpty { return }
        events.withLock { $0.kinds[source, default: []].formUnion(kinds) }
    }

    /// What is asserted of all files, or why it does not count: for each source a batch, after the last file.
    package func coverage(_ setting: ImportSetting) -> [Delivery] {
        guard let covers = setting.covers else { return [] }
        let events = events.withLock { $0 }
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
