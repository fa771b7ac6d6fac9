package import Formats

/// When a source is to be collected: at slots of equal length since 1970, each source a little off the full hour so that
/// not all of them come at once, and always at the same place, so that a restart changes nothing.
package struct Schedule: Sendable, Hashable {
    package let every: TimeSpan
    /// How far behind the slot's beginning a source comes.
    package let offset: TimeSpan

    /// - Parameters:
    ///   - every: at least a microsecond.
    ///   - isLast: it comes behind all others that are as frequent, because it reads what they have brought.
    package init(_ source: Identifier, every: TimeSpan, isLast: Bool = false) {
        let length = max(1, every.microseconds)
        self.every = TimeSpan(microseconds: length)
        let most = max(1, min(length / 10, TimeSpan.minutes(10).microseconds))
        if isLast {
            offset = TimeSpan(microseconds: most)
            return
        }
        // FNV-1a: any even spread will do, and it must be the same in every process.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in source.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        offset = TimeSpan(microseconds: Int64(hash % UInt64(most)))
    }

    /// The last slot that began at an instant or before.
    package func slot(at instant: Instant) -> Instant {
        let since = (instant - offset).microseconds
        let whole = RFC3339.floorDivide(since, every.microseconds)
        return Instant(microseconds: whole * every.microseconds) + offset
    }

    /// The first slot after an instant.
    package func next(after instant: Instant) -> Instant { slot(at: instant) + every }

    /// The slots that began after the last collection and ended before now without one: the current slot is not missed,
    /// it is due.
    package func missed(since last: Instant, now: Instant) -> (count: Int, from: Instant, to: Instant)? {
        let first = next(after: last)
        let current = slot(at: now)
        guard first < current else { return nil }
        return (Int((current - first).microseconds / every.microseconds), first, current)
    }
}
