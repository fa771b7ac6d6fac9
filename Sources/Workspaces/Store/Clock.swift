package import Formats
import Foundation
import Synchronization

/// Where the time comes from: the machine, or a fixed instant in a synthetic workspace.
package struct Clock: Sendable {
    package let now: @Sendable () -> Instant
    /// Set by hand; a real organisation's record refuses it.
    package let isSimulated: Bool

    package static let system = Clock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
        }, isSimulated: false)

    package static func simulated(_ instant: Instant) -> Clock {
        Clock(now: { instant }, isSimulated: true)
    }

    /// A clock that stands still but for the waits, which take no time: a year of collections in some seconds.
    package static func moving(from instant: Instant) -> (
        clock: Clock, sleep: @Sendable (Duration) async throws -> Void
    ) {
        let hand = Hand(instant)
        return (
            Clock(now: { hand.time.withLock { $0 } }, isSimulated: true),
            { span in
                try Task.checkCancellation()
                let (seconds, attoseconds) = span.components
                let moved = TimeSpan(
                    microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
                hand.time.withLock { $0 = $0 + max(moved, TimeSpan(microseconds: 1)) }
            }
        )
    }

    /// What shows the time of a moving clock.
    private final class Hand: Sendable {
        let time: Mutex<Instant>

        init(_ start: Instant) {
            time = Mutex(start)
        }
    }
}
