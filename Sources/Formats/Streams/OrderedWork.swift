import Dispatch
import Synchronization

/// Pieces that come one after the other, worked on by all cores. What comes of them is handed over in their order, and
/// only so many are in memory as keep the cores busy.
///
///     var work = OrderedWork { parse($0) }
///     while let piece = try next() { try work.give(piece) { take($0) } }
///     try work.finish { take($0) }
package struct OrderedWork<Piece: Sendable, Outcome: Sendable> {
    /// Where the outcome of one piece will be.
    private final class Place: Sendable {
        private let outcome = Mutex<Outcome?>(nil)
        private let isReady = DispatchSemaphore(value: 0)

        func put(_ found: Outcome) {
            outcome.withLock { $0 = found }
            isReady.signal()
        }

        func wait() -> Outcome? {
            isReady.wait()
            return outcome.withLock { $0.take() }
        }
    }

    private let work: @Sendable (Piece) -> Outcome
    private var places: [Place] = []
    /// Enough that no core waits while outcomes are handed over.
    private let limit = 2 * Parallel.cores + 2

    /// - Parameter work: what is done with each piece; it depends on nothing but the piece.
    package init(_ work: @escaping @Sendable (Piece) -> Outcome) {
        self.work = work
    }

    /// Begins with the next piece; hands over outcomes for which there is no room to wait.
    package mutating func give(_ piece: Piece, _ take: (Outcome) throws -> Void) throws {
        if places.count >= limit { try hand(over: take) }
        let (place, work) = (Place(), work)
        places.append(place)
        DispatchQueue.global(qos: .userInitiated).async { place.put(work(piece)) }
    }

    /// Waits for everything that was given. More may follow.
    package mutating func finish(_ take: (Outcome) throws -> Void) throws {
        while !places.isEmpty { try hand(over: take) }
    }

    private mutating func hand(over take: (Outcome) throws -> Void) throws {
        if let outcome = places.removeFirst().wait() { try take(outcome) }
    }
}
