package import Formats

/// What management says to exceptions in a report (Section V): its own words, which no auditor has examined.
///
///     response: late-leavers
///     test: leaver-removal-24h
///     keys: [p-17]
///     from: 2025-10-01
///     to: 2025-11-01
///     text: The ticket system was down; nobody used the accounts in the meantime.
///     owner: it-operations
///     action: Removal now begins from the personnel system.
///     due: 2026-08-31
package struct ManagementResponse: DocumentBody {
    package internal(set) var id: Identifier = ""
    /// The test whose exceptions it speaks to; nil when it speaks to all tests of a control.
    package internal(set) var test: Text?
    package internal(set) var control: Text?
    /// The units whose exceptions are meant; nil means all.
    package internal(set) var keys: [String]?
    /// The source of these units; nil means every source.
    package internal(set) var source: String?
    /// Exceptions that begin earlier are not meant.
    package internal(set) var from: Moment?
    /// Exceptions that begin at this moment or later are not meant.
    package internal(set) var to: Moment?
    package internal(set) var text = ""
    /// Who answers for the action.
    package internal(set) var owner: Text = ""
    /// What is done so that it does not happen again.
    package internal(set) var action: String?
    /// By when it is done.
    package internal(set) var due: CalendarDate?
    /// When it was done.
    package internal(set) var done: CalendarDate?

    /// Whether it speaks to an exception of a test that one of these controls names.
    package func answers(
        _ test: Identifier, of controls: [Identifier], key: Identifier, source: Identifier, start: Instant,
        in zone: Zone
    ) -> Bool {
        guard self.test?.id == test || control.map({ controls.contains($0.id) }) == true else { return false }
        if let from, start < from.instant(in: zone) { return false }
        if let to, start >= to.instant(in: zone) { return false }
        if let named = self.source, Identifier(named) != source { return false }
        return keys?.contains { Identifier($0) == key } ?? true
    }

    static let schema = Schema<ManagementResponse>(
        "a response", ManagementResponse(),
        [
            .optional("test", .reference, \.test),
            .optional("control", .code, \.control),
            .optional("keys", .list(of: .argument), \.keys),
            .optional("source", .line, \.source),
            .optional("from", .moment, \.from),
            .optional("to", .moment, \.to),
            .required("text", .text, \.text),
            .required("owner", .name, \.owner),
            .optional("action", .text, \.action),
            .optional("due", .date, \.due),
            .optional("done", .date, \.done),
        ],
        settle: { response, place, reading in
            if (response.test == nil) == (response.control == nil) {
                reading.error(
                    "missing-key", at: response.control?.place ?? place,
                    "a response is to the exceptions of either a \"test\" or a \"control\"",
                    remedy: "keep one of the two")
            }
            if response.keys?.isEmpty == true {
                reading.error(
                    "bad-value", at: place, "\"keys\" names nothing",
                    remedy: "name the units, or leave the key out to mean all")
            }
        })
}
