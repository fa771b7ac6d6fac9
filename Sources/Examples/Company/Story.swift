package import Formats

/// Something that was put into the example's evidence on purpose, with the verdict that the engine must reach about it.
package struct Story: Sendable, Hashable {
    /// What the engine must find.
    package enum Expectation: String, Sendable, Hashable {
        case pass, fail, tolerated, waived, pending, unknown
    }

    /// What happened, in one line.
    package let title: String
    /// The id of the test that sees it.
    package let test: String
    /// The key under which the test sees it: an event's id, a record's key, the store of a backup. Empty for a cadence
    /// that is counted for the company as a whole.
    package let key: String
    /// The verdict once all evidence is known.
    package let expectation: Expectation
    /// The stretch in which that verdict stands; for an event or an obligation, from its moment to when it fell due.
    package let when: Interval

    init(
        _ title: String, test: String, key: String, _ expectation: Expectation, from start: Instant,
        to end: Instant
    ) {
        self.title = title
        self.test = test
        self.key = key
        self.expectation = expectation
        when = Interval.stretch(start, end)
    }

    /// About an event: the verdict belongs to its instant.
    init(_ title: String, test: String, key: String, _ expectation: Expectation, at: Instant) {
        self.init(
            title, test: test, key: key, expectation, from: at, to: at + TimeSpan(microseconds: 1))
    }
}
