import Assessment
import Evidence
import Ledger
import Storage

/// The keys in use as entries of the log name them: the collector's in each plan, either where another one took over.
/// What the database says beside them can be changed by whoever can write to it.
struct LoggedKeys {
    private struct Naming {
        let leaf: Int
        let verifier: NoteVerifier
    }

    private var named: [KeyPurpose: Naming] = [:]

    /// An entry that cannot be read names no key; it is a fault of the log, which is checked apart.
    init(_ database: any Reading) throws {
        if let leaf = try ProgramTable.newest(.program, database),
            let entry = try? LogTable.entry(leaf, database),
            let plan = ProgramStatement(entry.statement)?.collection
        {
            named[.collector] = Naming(leaf: leaf, verifier: plan.collector)
        }
        for leaf in try KeyTable.events(database) {
            guard let entry = try? LogTable.entry(leaf, database), let event = KeyEvent(entry.statement),
                leaf > named[event.purpose]?.leaf ?? -1
            else { continue }
            named[event.purpose] = Naming(leaf: leaf, verifier: event.new)
        }
    }

    /// The key that was named last; nil when none was.
    subscript(_ purpose: KeyPurpose) -> NoteVerifier? { named[purpose]?.verifier }

    /// Refuses another key than the one that was named last.
    func require(_ verifier: NoteVerifier, _ purpose: KeyPurpose) throws {
        guard let last = named[purpose], last.verifier != verifier else { return }
        throw RecordError.foreignKey(
            purpose, found: verifier.hint, named: last.verifier.hint, leaf: last.leaf)
    }
}
