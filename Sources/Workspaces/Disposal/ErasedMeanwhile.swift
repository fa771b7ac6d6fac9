import Evidence
package import Formats
import Ledger
import Storage

/// What an erasure by another process has come between.
package enum ErasedMeanwhile: Error, Hashable, CustomStringConvertible {
    /// Whatever reads evidence, and each time that it was begun anew.
    case reading
    /// The reading of this test's population and the recording of a draw from it.
    case draw(test: Identifier)

    package var description: String {
        switch self {
        case .reading: "evidence was erased while it was being read; run the command again"
        case .draw(let test):
            "evidence that the test \(test) reads was erased after its population was read, and the draw was not put "
                + "on record: nobody could repeat it. Hand over the root of the population as it is now, and draw again"
        }
    }
}

extension Workspace {
    /// How often something is read that erasures come between.
    static let readings = 3

    /// Reads one unchanging state of the database with the payloads that it names, beside erasures. The closure may run
    /// more than once: let it have no effects.
    func readRecord<T>(_ body: (any Reading) throws -> T) throws -> T {
        try besideErasures { try database.read(body) }
    }

    /// Runs what reads payloads, and begins anew when an erasure has taken one of them: the state of the database that is
    /// being read still names it, the record does not any more. A payload that the record does name is missed indeed.
    package func besideErasures<T>(_ body: () throws -> T) throws -> T {
        for _ in 0..<Self.readings {
            do {
                return try body()
            } catch let error as StorageError {
                guard case .noBlob(let name, _) = error,
                    try !database.read({ try neededBlobs($0).contains(name) })
                else { throw error }
            }
        }
        throw ErasedMeanwhile.reading
    }

    /// The kinds of which entries of the log from this place on say that something was erased.
    func erasedKinds(since size: Int, _ database: any Reading) throws -> Set<Identifier> {
        var kinds: Set<Identifier> = []
        let end = try max(size, LogTable.size(database))
        for leaf in size..<end {
            let entry = try LogTable.entry(leaf, database)
            if let erasure = entry.flatMap({ ErasureStatement($0.statement) }) { kinds.insert(erasure.kind) }
        }
        return kinds
    }
}
