import Evidence
package import Formats
import Ledger
import Storage

/// What an erasure by another process has come between.
package enum ErasedMeanwhile: Error, Hashable, CustomStringConvertible {
    /// The reading of this test's population and the recording of a draw from it.
    case draw(test: Identifier)

    package var description: String {
        switch self {
        case .draw(let test):
            "evidence that the test \(test) reads was erased after its population was read, and the draw was not put "
                + "on record: nobody could repeat it. Hand over the root of the population as it is now, and draw again"
        }
    }
}

extension Workspace {
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
