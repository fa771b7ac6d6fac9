import Assessment
import Testing

/// What tests about deeds that are due in hours or days conclude: when a time counts, and for how long.
@Suite struct DeedVerdictTests {
    /// Every such test, with the fields by which its records say what was done, and when.
    static let deeds: [Deed] = [
        Deed("leaked-secrets-revoked", .leak),
        Deed("egress-triaged", .judged("egress")),
        Deed("unexplained-access-judged", .judged("phi-access")),
        Deed("alerts-judged", .judged("login")),
        Deed("external-shares-closed", .alert("external-share", flag: "closed", "closed_at")),
        Deed("malware-handled", .alert("malware", flag: "closed", "closed_at")),
        Deed("alerts-acknowledged", .alert("login", flag: "acknowledged", "acknowledged_at")),
        Deed("collector-failures-told", .alert("collector", flag: "acknowledged", "acknowledged_at")),
        Deed("incidents-taken", .incident("sev1", flag: "acknowledged", "acknowledged_at")),
        Deed("incidents-contained-1", .incident("sev1", flag: "contained", "contained_at")),
        Deed("incidents-contained-2", .incident("sev2", flag: "contained", "contained_at")),
        Deed("customers-notified", .notice("customer")),
        Deed("customers-notified-limit", .notice("customer")),
        Deed("individuals-notified", .notice("hhs")),
        Deed("individuals-notified-limit", .notice("individuals")),
        Deed("outages-announced", .notice("status-page")),
    ]

    @Test(arguments: deeds) func `what was done late in an earlier period is no exception now`(
        _ deed: Deed
    ) throws {
        let late = deed.line(from: "2025-03-21", begun: "2025-01-01", done: true, at: "2025-03-20")
        #expect(try deed.conclusion(late) == .noOccurrence)
    }

    @Test(arguments: deeds) func `what is entered only when it was done, and late, is an exception`(
        _ deed: Deed
    ) throws {
        let late = deed.line(from: "2026-04-20", begun: "2026-01-10", done: true, at: "2026-04-20")
        #expect(try deed.conclusion(late) == .ineffective)
    }

    @Test(arguments: deeds) func `what is not done since an earlier period is an exception`(
        _ deed: Deed
    ) throws {
        let open = deed.line(from: "2025-01-01", begun: "2025-01-01", done: false, at: nil)
        #expect(try deed.conclusion(open) == .ineffective)
        let done = deed.line(from: "2025-08-01", begun: "2025-01-01", done: true, at: "2025-08-01")
        #expect(try deed.conclusion("\(open)\n\(done)") == .ineffective)
    }

    @Test(arguments: deeds) func `a time counts for nothing where the record says that it is not done`(
        _ deed: Deed
    ) throws {
        let denied = deed.line(from: "2026-02-01", begun: "2026-02-01", done: false, at: "2026-02-01")
        #expect(try deed.conclusion(denied) == .ineffective)
    }

    @Test(arguments: deeds) func `what is planned is not done`(_ deed: Deed) throws {
        let planned = deed.line(from: "2026-02-01", begun: "2026-02-01", done: true, at: "2027-02-01")
        #expect(try deed.conclusion(planned) == .ineffective)
        // Not even where the record is older than what was done late in an earlier period.
        let old = deed.line(from: "2025-01-01", begun: "2025-01-01", done: true, at: "2027-02-01")
        #expect(try deed.conclusion(old) == .ineffective)
    }

    @Test(arguments: deeds) func `what is done at once passes`(_ deed: Deed) throws {
        let done = deed.line(from: "2026-02-02", begun: "2026-02-01", done: true, at: "2026-02-01")
        #expect(try deed.conclusion(done) == .effective)
    }
}

/// A test about something that must be done in time, and the record that tells of it.
struct Deed: Sendable, CustomTestStringConvertible {
    /// Id of the test.
    let test: String
    let record: Record

    /// How a record tells of a deed; members of JSON are written as they stand there.
    struct Record: Sendable {
        let kind: String
        let fields: [String]
        /// Fields with the instant at which the clock starts.
        let begins: [String]
        let done: String
        let undone: String?
        /// Field with the instant at which it was done.
        let time: String
    }

    init(_ test: String, _ record: Record) { (self.test, self.record) = (test, record) }

    var testDescription: String { test }

    /// A made-up record from that day on, whose clock started at the beginning of a day.
    func line(from day: String, begun: String, done: Bool, at time: String?) -> String {
        var members = record.fields + record.begins.map { #""\#($0)":"\#(begun)T00:00:00Z""# }
        if let flag = done ? record.done : record.undone { members.append(flag) }
        if let time { members.append(#""\#(record.time)":"\#(time)T00:00:00Z""#) }
        return "\(record.kind) r \(day) {\(members.joined(separator: ","))}"
    }

    /// What the test concludes of such lines.
    func conclusion(_ lines: String) throws -> Conclusion {
        try TemplateCase(test, "", .effective, lines).conclusion()
    }
}

extension Deed.Record {
    static let leak = Self(
        kind: "secret.leak", fields: [#""location":"r""#], begins: ["found_at"], done: #""revoked":true"#,
        undone: #""revoked":false"#, time: "revoked_at")

    /// An alert that has no verdict while it is undecided.
    static func judged(_ type: String) -> Self {
        Self(
            kind: "alert.record", fields: [#""type":"\#(type)""#, #""severity":"high""#],
            begins: ["opened_at"], done: #""verdict":"benign""#, undone: nil, time: "judged_at")
    }

    static func alert(_ type: String, flag: String, _ time: String) -> Self {
        Self(
            kind: "alert.record", fields: [#""type":"\#(type)""#, #""severity":"high""#],
            begins: ["opened_at"], done: #""\#(flag)":true"#, undone: #""\#(flag)":false"#, time: time)
    }

    static func incident(_ severity: String, flag: String, _ time: String) -> Self {
        Self(
            kind: "incident.record", fields: [#""severity":"\#(severity)""#], begins: ["opened_at"],
            done: #""\#(flag)":true"#, undone: #""\#(flag)":false"#, time: time)
    }

    static func notice(_ audience: String) -> Self {
        Self(
            kind: "notice.duty", fields: [#""audience":"\#(audience)""#],
            begins: ["discovered_at", "due_at"], done: #""sent":true"#, undone: #""sent":false"#,
            time: "sent_at")
    }
}
