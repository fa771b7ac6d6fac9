import Evidence
import Formats
import Ledger

extension SampleCheck {
    /// The batches' entries against the checkpoint.
    mutating func batches(_ document: SampleReading) throws(Fault) -> String {
        let checkpoint = try checkpoint(document)
        for batch in document.batches {
            let entry: LogEntry
            do {
                entry = try LogEntry(bytes: batch.entry)
                // Its collector's signature is one thing; that the log took it in is what the proof shows.
                try InclusionProof(index: batch.leaf, size: checkpoint.size, path: batch.path)
                    .verify(leaf: entry.leafHash, root: checkpoint.root)
            } catch {
                throw Fault("log entry \(batch.leaf): \(error)")
            }
            guard let statement = BatchStatement(entry.statement) else {
                throw Fault("log entry \(batch.leaf) is not a batch of evidence")
            }
            populations[batch.leaf] = statement.population
        }
        return
            "\(document.batches.count) batches, each proven to be among the \(checkpoint.size) entries of \(checkpoint.origin)"
    }

    private func checkpoint(_ document: SampleReading) throws(Fault) -> Checkpoint {
        do {
            let note = try SignedNote(parsing: Array(document.checkpoint.utf8))
            guard let key else { return try Checkpoint(text: note.text) }
            return try Checkpoint.open(note, verifiers: [key], origin: key.name)
        } catch {
            throw Fault("the checkpoint: \(error)")
        }
    }

    /// Every fact that a drawn item rests on, in the population of its batch.
    mutating func facts(_ document: SampleReading) throws(Fault) -> String {
        var proven: Set<FactReference> = []
        for fact in document.facts {
            let place = "fact \(fact.reference.item) of log entry \(fact.reference.leaf)"
            guard let population = populations[fact.reference.leaf] else {
                throw Fault("\(place): its batch is not proven")
            }
            do {
                if let line = fact.line {
                    let parsed = try PayloadLine(parsing: line)
                    guard parsed.leafHash == fact.hash else { throw Fault("its content has another hash") }
                    if case .withoutFields(let count) = parsed.extent { withheldFields += count }
                }
                try InclusionProof(index: fact.reference.item, size: population.count, path: fact.path)
                    .verify(leaf: fact.hash, root: population.root)
            } catch {
                throw Fault("\(place): \(error)")
            }
            proven.insert(fact.reference)
        }
        let needed = Set(document.picks.flatMap(\.facts))
        if let missing = needed.subtracting(proven).min() {
            throw Fault(
                "fact \(missing.item) of log entry \(missing.leaf) belongs to a drawn item and is missing")
        }
        if let extra = proven.subtracting(needed).min() {
            throw Fault("fact \(extra.item) of log entry \(extra.leaf) belongs to no drawn item")
        }
        let bare = document.picks.filter { $0.facts.isEmpty }.count
        return "\(proven.count) facts, each proven to be in its batch"
            + (bare == 0 ? "" : "; \(bare) items rest on no fact: nothing was found there")
    }
}
