import Evidence
package import Formats
package import Intake
import Programs
import Storage

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
                try await collect(source, into: recording, clock: clock)
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

    /// Whether the current slot has seen no run yet. That earlier ones were missed, a file that somebody imported and a look
    /// back do not count for one.
    private func isDue(_ source: Source, now: Instant) throws -> Bool {
        guard let last = try runs(of: source.id).done else { return true }
        return last < source.schedule.slot(at: now)
    }
}
