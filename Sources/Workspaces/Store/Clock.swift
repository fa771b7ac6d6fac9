package import Formats
import Foundation

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
}
