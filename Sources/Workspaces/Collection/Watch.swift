import Evidence
package import Formats
package import Intake
import Programs
import Storage
import Synchronization

extension Workspace {
    /// What happened to one source while watching.
    package enum WatchEvent: Sendable {
        /// Runs that did not take place, now on record as a batch of their own.
        case missed(Identifier, count: Int, from: Instant, to: Instant)
        /// A run is over; what it brought has been acknowledged.
        case collected(Identifier, next: Instant)
        /// Nothing is due before this time.
        case waiting(until: Instant)
    }

    /// Collects every source of the program in its time, until it is interrupted.
    ///
    /// The program is read anew for each round, so that what is applied meanwhile counts. A slot in which nobody
    /// collected is put on record as missed, of sources that were dropped meanwhile too: that nothing is known of it must
    /// not depend on somebody's memory.
    ///
    /// A collection that takes longer than its source may is ended, so that one that hangs does not keep the others waiting.
    ///
    /// - Parameters:
    ///   - receivers: kept to the program's sources; nil where nothing can be heard.
    ///   - end: what is due at this time or later is left to somebody else; nil for no end.
    ///   - sleep: waits; throwing ends the watch.
    package func watch(
        into recording: Recording, receivers: SyslogReceivers? = nil, clock: Clock, until end: Instant? = nil,
        sleep: @Sendable (Duration) async throws -> Void, report: @Sendable (WatchEvent) -> Void
    ) async throws {
        let longest = TimeSpan.minutes(1)
        // A source whose batches bear other names than its own would be due for ever.
        var done: [Identifier: Instant] = [:]
        func isDue(_ source: Source, now: Instant) throws -> Bool {
            let slot = source.schedule.slot(at: now)
            return try done[source.id] != slot && self.isDue(source, now: now)
        }
        var present: Set<Identifier>?
        while end.map({ clock.now() < $0 }) ?? true {
            let sources = try currentProgram().sources.inTurn
            // A source that a new program has dropped has no turn any more in which this would be told.
            let named = Set(sources.map(\.id))
            if present != named {
                for missed in try await recordSkippedOfFormer(into: recording, clock: clock) {
                    report(missed)
                }
                present = named
            }
            if sources.isEmpty { throw WorkspaceError.noSources }
            // First: what is collected before a receiver listens says that nobody does.
            await receivers?.follow(listening(sources, clock: clock))
            for source in sources where try isDue(source, now: clock.now()) {
                try Task.checkCancellation()
                for missed in try await recordSkipped(source.id, into: recording, clock: clock) {
                    report(missed)
                }
                let schedule = source.schedule
                done[source.id] = schedule.slot(at: clock.now())
                try await collectInTime(source, into: recording, clock: clock)
                await recording.refreshColumns()
                report(.collected(source.id, next: schedule.next(after: clock.now())))
            }
            let now = clock.now()
            var next = sources.map { $0.schedule.next(after: now) }.min() ?? now + longest
            if let end { next = min(next, end) }
            if try sources.contains(where: { try isDue($0, now: now) }) { continue }
            report(.waiting(until: next))
            // Short sleeps: the program may change, and a clock may be set.
            try await sleep(.microseconds(min(max((next - now).microseconds, 1_000), longest.microseconds)))
        }
    }

    /// Collects from one source, and ends that at its limit. What came by then is on record, without a word that it is all.
    private func collectInTime(_ source: Source, into recording: Recording, clock: Clock) async throws {
        let limit = Duration.microseconds(min(source.timeAllowed, .days(365)).microseconds)
        let turn = Turn()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.collect(source, into: recording, clock: clock) {
                    turn.isOver.withLock { $0 } ? source.overdue : nil
                }
            }
            group.addTask {
                do {
                    // A clock that is only played does not say how long somebody has been waiting.
                    try await Task.sleep(for: limit)
                    turn.isOver.withLock { $0 = true }
                } catch {
                    // The collection has ended, or the watch is told to end.
                }
            }
            _ = try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Whether the current slot has seen no run yet. That earlier ones were missed, a file that somebody imported and a look
    /// back do not count for one.
    private func isDue(_ source: Source, now: Instant) throws -> Bool {
        guard let last = try runs(of: source.id).done else { return true }
        return last < source.schedule.slot(at: now)
    }
}

/// The time that one source has before it is another one's turn.
private final class Turn: Sendable {
    let isOver = Mutex(false)
}

extension Source {
    /// How long one collection may take in a watch: a run that is not over when the next is due holds up the others too.
    fileprivate var timeAllowed: TimeSpan { limit ?? min(max(every, .minutes(10)), .hours(2)) }

    /// Why what came of it after that does not count for all.
    fileprivate var overdue: CollectionFailure {
        CollectionFailure(
            kind: nil, scope: "schedule",
            reason:
                "the collection took longer than \(timeAllowed.spoken) and was ended, for others to have their turn; "
                + "the source's key \"limit\" allows more")
    }
}
