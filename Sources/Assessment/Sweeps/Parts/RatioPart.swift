import Evidence
import Formats

/// What one version of a ratio counts in one block of events.
struct RatioPart: Sendable {
    struct Cell: Sendable {
        var good: Int64 = 0
        var bad: Int64 = 0
        var unknown: Int64 = 0
        /// When they happened: how much each gap may hold besides is not known before all parts are together.
        var unwatched: [Int64] = []
        var references: [FactReference] = []

        var isEmpty: Bool { good == 0 && bad == 0 && unknown == 0 && unwatched.isEmpty }

        mutating func add(_ other: Cell) {
            good += other.good
            bad += other.bad
            unknown += other.unknown
            unwatched += other.unwatched
            references += other.references
        }
    }

    struct Group: Sendable {
        /// Its name, and the number of the name in the dictionary of then; both empty without grouping.
        let name: String
        let number: UInt32
        let firstSeen: Int64
        /// By the window's start.
        let cells: [(window: Int64, cell: Cell)]
    }

    /// An event of which nobody can tell the group.
    struct Nameless: Sendable {
        let at: Int64
        let isWatched: Bool
        let reference: FactReference
    }

    var groups: [Group] = []
    var nameless: [Nameless] = []
}
