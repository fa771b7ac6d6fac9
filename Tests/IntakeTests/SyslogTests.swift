import Evidence
import Formats
import Foundation
import Synchronization
import Testing
import Transport

@testable import Intake

@Suite struct SyslogTests {
    // MARK: One message

    /// The examples of RFC 5424 section 6.5, and what others make of it.
    @Test(arguments: [
        (
            "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{FEFF}'su root' failed for lonvick",
            4, 2, "mymachine.example.com", "'su root' failed for lonvick"
        ),
        (
            "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
            20, 5, "192.0.2.1", "%% It's time to make the do-nuts."
        ),
        (
            #"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventID="1011"] An"#,
            20, 5, "mymachine.example.com", "An"
        ),
        (
            #"<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [a@1 x="\"]\\"][b@1 y="3"]"#, 20, 5, "h", ""
        ),
        ("<0>1 - - - - - -", 0, 0, nil, ""),
        ("<13>Oct 11 22:14:15 host su: old", 1, 5, "host", "old"),
        ("<13>Oct  1 22:14:15 192.0.2.1 postfix/smtpd[12]: old", 1, 5, "192.0.2.1", "old"),
        ("<13>Oct  1 22:14:15 2001:db8::1 su: old", 1, 5, "2001:db8::1", "old"),
        ("<13>2026-03-01T10:00:00.5+01:00 host su:old one", 1, 5, nil, "host su:old one"),
        ("<13>2026-03-01T10:00:00.5+01:00 host su: old one", 1, 5, "host", "old one"),
        // Without a host, and without a tag: the first word may be any word.
        ("<13>Oct 11 22:14:15 su[1]: old", 1, 5, nil, "old"),
        ("<13>Oct 11 22:14:15 su: error: old", 1, 5, nil, "error: old"),
        // A tag of another form is no host, whatever stands behind it.
        (
            "<13>Oct 11 22:14:15 sshd(pam_unix)[12]: error: old", 1, 5, nil,
            "sshd(pam_unix)[12]: error: old"
        ),
        ("<13>Oct 11 22:14:15 su[1]:error su: old", 1, 5, nil, "su[1]:error su: old"),
        ("<13>Oct 11 22:14:15 2001:db8:: su: old", 1, 5, "2001:db8::", "old"),
        ("<13>Oct 11 22:14:15 something has happened", 1, 5, nil, "something has happened"),
        ("<13>no date: old", 1, 5, nil, "no date: old"),
    ])
    func `a message is read as its sender wrote it`(
        text: String, facility: Int, severity: Int, host: String?, body: String
    ) throws {
        let message = try #require(SyslogMessage(Array(text.utf8)))
        #expect(message.facility == facility && message.severity == severity && message.host == host)
        #expect(String(decoding: message.body, as: UTF8.self) == body)
    }

    @Test(arguments: [
        "", "<", "<>1 - - - - - -", "<192>1 - - - - - -", "<+1>x", "<34", "no priority", "<34>1 a b",
        #"<34>1 - - - - - [a x="1"#, "<34>1 - - - - - x",
    ])
    func `what is no message is refused`(text: String) {
        #expect(SyslogMessage(Array(text.utf8)) == nil)
    }

    // MARK: A stream of messages

    @Test func `counted messages are cut out wherever the stream is divided`() throws {
        let messages = ["<34>1 - a", "<34>1 - b\nsecond line", "<1>x"]
        let stream = Array(messages.map { "\($0.utf8.count) \($0)" }.joined().utf8)
        for cut in 0...stream.count {
            var framing = LogFraming(longest: 100)
            let found = framing.append(stream[..<cut]) + framing.append(stream[cut...])
            #expect(found.map { String(decoding: $0, as: UTF8.self) } == messages, "cut at \(cut)")
            #expect(!framing.isUnfinished)
        }
    }

    @Test func `messages that are too long pass by, and are counted`() throws {
        var framing = LogFraming(longest: 5)
        var found: [[UInt8]] = []
        for byte in Array("13 <34>1 - long!4 <1>a<1>b\n<1>much longer\n<1>c\n".utf8) {
            found += framing.append([byte])
        }
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == ["<1>a", "<1>b", "<1>c"])
        #expect(framing.takeTooLong() == 2 && framing.takeTooLong() == 0 && !framing.isUnfinished)
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n", "9999999999 x", "12x", "0 ", "\u{16}\u{3}"])
    func `a stream of something else is given up, and what came before it is kept`(text: String) {
        for before in ["", "4 <1>a"] {
            var framing = LogFraming(longest: 100)
            let found = framing.append(Array((before + text).utf8))
            #expect(framing.isBroken && found == (before.isEmpty ? [] : [Array("<1>a".utf8)]))
            #expect(framing.append(Array("4 <1>b".utf8)).isEmpty)
        }
    }

    @Test func `a stream that ends within a message says so`() throws {
        var framing = LogFraming(longest: 100)
        _ = framing.append(Array("9 <34>1".utf8))
        #expect(framing.isUnfinished)
    }

    // MARK: From the spool on record

    private static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast

    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.path + "/spool-" + UUID().uuidString + "/a/b"

        deinit {
            let root = ((path as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
            try? FileManager.default.removeItem(atPath: root)
        }

        var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
    }

    static func audit(_ user: String, before: String = "") -> [UInt8] {
        Array(
            """
            <110>1 2026-03-01T11:59:00Z PACS app - - - \(before)<?xml version="1.0"?>
            <AuditMessage><EventIdentification EventActionCode="R" EventDateTime="2026-03-01T11:59:00Z" \
            EventOutcomeIndicator="0"><EventID csd-code="110103"/></EventIdentification>\
            <ActiveParticipant UserID="\(user)" UserIsRequestor="true"/>\
            <AuditSourceIdentification AuditSourceID="pacs"/></AuditMessage>
            """.utf8)
    }

    private static func spool(_ folder: Folder, _ notices: [LogNotice], at now: Instant = noon) async throws {
        let spool = try SyslogSpool(folder.path, now: { now })
        for notice in notices { try await spool.take(notice) }
    }

    /// A receiver that has listened for so long by then.
    private static func listened(_ folder: Folder, for span: TimeSpan, until end: Instant = noon) async throws
    {
        let clock = Mutex(end - span)
        let spool = try SyslogSpool(folder.path, now: { clock.withLock { $0 } })
        try await spool.take(.began(udp: 1, tcp: nil, tls: 2))
        for minute in 1...max(1, span.microseconds / 60_000_000) {
            clock.withLock { $0 = end - span + .minutes(minute) }
            try await spool.alive()
        }
    }

    private static func arrived(_ messages: [UInt8]...) -> LogNotice {
        .arrived(messages.map { LogArrival(at: noon, sender: "192.0.2.7", transport: "tls", bytes: $0) })
    }

    private static func collect(_ folder: Folder, cursor: String? = nil, at now: Instant = noon)
        async throws -> (drafts: [BatchDraft], cursor: String?)
    {
        let collected = Mutex<[Delivery]>([])
        let request = CollectionRequest(
            source: "logs", parameters: ["spool": folder.path, "expected": "pacs ehr"],
            kinds: ["log.source", "phi.access", "auth.event"], freshness: .hours(1), cursor: cursor,
            now: { now })
        try await SyslogConnector().collect(request) { delivery in collected.withLock { $0.append(delivery) }
        }
        let all = collected.withLock { $0 }
        return (all.map(\.draft), all.compactMap(\.cursor).last)
    }

    private static func values(_ drafts: [BatchDraft], _ kind: Identifier) -> [JSONObject] {
        drafts.flatMap(\.facts).filter { $0.fact.kind == kind }.compactMap(\.fact.value)
    }

    private static func aboutSenders(_ drafts: [BatchDraft]) -> BatchDraft? {
        drafts.first { $0.kinds == ["log.source"] }
    }

    private static func file(at instant: Instant) -> String { "\(instant.microseconds / 1_000_000).jsonl" }

    @Test func `in a folder that was emptied nothing that came since is taken for recorded`() async throws {
        let folder = Folder()
        try await Self.spool(folder, [Self.arrived(Self.audit("asha"))])
        try await Self.spool(folder, [Self.arrived(Self.audit("ben"))])
        let cursor = try await Self.collect(folder).cursor
        for file in folder.files { try FileManager.default.removeItem(atPath: folder.path + "/" + file) }
        let later = Self.noon + .minutes(1)
        try await Self.spool(folder, [Self.arrived(Self.audit("cleo"))], at: later)
        let (drafts, _) = try await Self.collect(folder, cursor: cursor, at: later)
        #expect(Self.values(drafts, "phi.access").map { $0["user_id"] } == [.string("cleo")])
    }

    @Test func `what is on record can go from the spool, and what comes after it is not taken for recorded`()
        async throws
    {
        let folder = Folder()
        try await Self.spool(folder, [Self.arrived(Self.audit("asha"))])
        try await Self.spool(folder, [Self.arrived(Self.audit("ben"))])
        let first = try #require(try await Self.collect(folder).cursor)
        try await Self.spool(folder, [Self.arrived(Self.audit("cleo"))])
        // The receiver may be writing to the file that the cursor stands in.
        SyslogConnector.removeRecorded(in: folder.path, cursor: first, isQuiet: false)
        #expect(SyslogConnector.filledFiles(in: folder.path) == 2)
        SyslogConnector.removeRecorded(in: folder.path, cursor: first, isQuiet: true)
        #expect(SyslogConnector.filledFiles(in: folder.path) == 1)

        let (drafts, cursor) = try await Self.collect(folder, cursor: first)
        #expect(Self.values(drafts, "phi.access").map { $0["user_id"] } == [.string("cleo")])
        #expect(!drafts.flatMap(\.failures).contains { $0.scope == "spool" })
        SyslogConnector.removeRecorded(in: folder.path, cursor: try #require(cursor), isQuiet: true)
        #expect(SyslogConnector.filledFiles(in: folder.path) == 0)
        try await Self.spool(folder, [Self.arrived(Self.audit("dora"))])
        let (later, _) = try await Self.collect(folder, cursor: cursor)
        #expect(Self.values(later, "phi.access").map { $0["user_id"] } == [.string("dora")])
    }

    @Test func `audit messages become accesses, and every sender is heard`() async throws {
        let folder = Folder()
        try await Self.listened(folder, for: .hours(1))
        try await Self.spool(
            folder,
            [
                Self.arrived(Self.audit("asha"), Self.audit("ben", before: " ")),
                Self.arrived(Array("<13>old form".utf8), Array("nothing of the sort".utf8)),
            ])
        let (drafts, cursor) = try await Self.collect(folder)
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        #expect(Self.values(drafts, "phi.access").map { $0["user_id"] } == [.string("asha"), .string("ben")])
        let senders = Self.values(drafts, "log.source")
        #expect(senders.map { $0["name"] } == [.string("192.0.2.7"), .string("ehr"), .string("pacs")])
        #expect(senders.map { $0["heard"] } == [.bool(true), .bool(false), .bool(true)])
        #expect(drafts.flatMap(\.setAside).map(\.reason).count == 1)
        #expect(
            drafts.last?.query.hasPrefix("0 messages by datagrams, 0 over plain TCP, 4 over TLS, 2 of them")
                == true)
        let hour = Interval(from: Self.noon, to: Self.noon + .hours(1))
        #expect(Self.aboutSenders(drafts)?.coverage("log.source") == hour)
        // Nothing is brought twice; a host that has fallen silent is still known.
        let later = Self.noon + .minutes(90)
        try await Self.listened(folder, for: .hours(1), until: later)
        let again = try await Self.collect(folder, cursor: cursor, at: later)
        #expect(Self.values(again.drafts, "phi.access").isEmpty)
        #expect(
            Self.values(again.drafts, "log.source").map { $0["heard"] } == [
                .bool(false), .bool(false), .bool(false),
            ])
        #expect(again.drafts.last?.failures.first?.reason.contains("nobody listened between") == true)
        // The first file is on record and goes with the next collection.
        _ = try await Self.collect(folder, cursor: again.cursor, at: later)
        #expect(folder.files.count == 1)
    }

    @Test func `nobody is unheard before anybody has listened for an hour`() async throws {
        let folder = Folder()
        try await Self.listened(folder, for: .minutes(59))
        try await Self.spool(folder, [Self.arrived(Self.audit("asha"))])
        let (drafts, cursor) = try await Self.collect(folder)
        #expect(Self.values(drafts, "log.source").map { $0["name"] } == [.string("pacs")])
        let senders = try #require(Self.aboutSenders(drafts))
        #expect(senders.coverageCount == 0 && senders.failures.map(\.kind) == ["log.source"])
        #expect(senders.reasons.first?.hasPrefix("listening since 2026-03-01T11:01:00Z") == true)
        // The machine slept: the receiver never ended, and heard nobody.
        let later = Self.noon + .hours(8)
        let spool = try SyslogSpool(folder.path, now: { later })
        try await spool.alive()
        let slept = try await Self.collect(folder, cursor: cursor, at: later).drafts
        #expect(Self.values(slept, "log.source").isEmpty)
        #expect(Self.aboutSenders(slept)?.coverageCount == 0)
        #expect(slept.last?.reasons.contains { $0.contains("nobody listened between") } == true)
    }

    @Test func `made-up senders shut out nobody who is expected or was heard last`() async throws {
        let folder = Folder()
        try await Self.listened(folder, for: .hours(1))
        let names = ["pacs"] + (1...9).map { "made-up-\($0)" } + ["real"]
        let arrivals = names.enumerated().map { place, name in
            LogArrival(
                at: Self.noon - .minutes(1) + .seconds(Int64(place)), sender: "192.0.2.7", transport: "udp",
                bytes: Array("<13>1 - \(name) app - - - text".utf8))
        }
        try await Self.spool(folder, [.arrived(arrivals)])
        let request = CollectionRequest(
            source: "logs", parameters: ["spool": folder.path, "expected": "pacs"],
            freshness: .hours(1), now: { Self.noon })
        var harvest = SyslogHarvest(request, senderLimit: 2)
        for number in SyslogSpool.files(folder.path) {
            _ = harvest.read(SyslogSpool.path(folder.path, number), number, isLeft: true)
        }
        harvest.finish()
        let senders = try #require(Self.aboutSenders(harvest.last.map(\.draft)))
        let found = Self.values([senders], "log.source").map { $0["name"] }
        #expect(found == [.string("made-up-9"), .string("pacs"), .string("real")])
        #expect(senders.coverageCount == 0 && senders.reasons.first?.contains("the 8 that") == true)
    }

    @Test(arguments: [
        "Mar  1 11:59:00 pacs dcm4chee: ", "Mar  1 11:59:00 pacs dcm4chee[7]:",
        "2026-03-01T11:59:00+00:00 pacs dcm4chee: \u{FEFF}", "Mar  1 11:59:00 pacs words and more words ", "",
    ])
    func `an audit message in the older form is one`(_ head: String) async throws {
        let folder = Folder()
        let message = String(decoding: Self.audit("asha"), as: UTF8.self)
        let texts = [message, message.replacing("<?xml version=\"1.0\"?>\n", with: "")].map { text in
            "<85>" + head + String(text.dropFirst("<110>1 2026-03-01T11:59:00Z PACS app - - - ".count))
        }
        #expect(texts.map { $0.contains("<?xml") } == [true, false])
        for text in texts {
            let read = try #require(SyslogMessage(Array(text.utf8)))
            #expect(read.host == (head.contains("dcm4chee") ? "pacs" : nil))
            #expect(read.application == (head.contains("dcm4chee") ? "dcm4chee" : nil))
        }
        try await Self.spool(
            folder, [.began(udp: 1, tcp: nil, tls: 2)] + texts.map { Self.arrived(Array($0.utf8)) })
        let (drafts, _) = try await Self.collect(folder)
        // They say the same.
        #expect(Self.values(drafts, "phi.access").map { $0["user_id"] } == [.string("asha")])
        #expect(drafts.flatMap(\.setAside).isEmpty)
        #expect(drafts.last?.query.contains("2 of them audit messages") == true)
    }

    @Test func `what was lost, and a receiver that is gone, are gaps`() async throws {
        let folder = Folder()
        let none = try await Self.collect(folder)
        #expect(
            none.drafts.allSatisfy { $0.failures.contains { $0.reason.contains("nobody has listened yet") } })
        try await Self.listened(folder, for: .hours(1))
        try await Self.spool(folder, [.lost(3, "more datagrams came than could wait")])
        let lost = try await Self.collect(folder)
        #expect(
            lost.drafts.flatMap(\.failures).map(\.reason) == [
                "listening since 2026-03-01T12:00:00Z: who was not heard may have sent before that",
                "3 lost at 2026-03-01T12:00:00Z: more datagrams came than could wait",
            ])
        let gone = try await Self.collect(folder, cursor: lost.cursor, at: Self.noon + .minutes(3))
        #expect(
            gone.drafts.count == 2 && gone.drafts.allSatisfy { $0.failures.count == 1 && $0.facts.isEmpty })
    }

    @Test func `what a full spool cannot take is a gap, told at the latest with the next sign of life`()
        async throws
    {
        let folder = Folder()
        let spool = try SyslogSpool(folder.path, limit: 0, now: { Self.noon })
        try await spool.take(.began(udp: 1, tcp: 2, tls: nil))
        for _ in 0..<2 {
            await #expect(throws: FileError.self) {
                try await spool.take(Self.arrived(Self.audit("asha"), Self.audit("ben")))
            }
        }
        try await spool.take(.lost(1, "cut"))
        try await spool.alive()
        try await spool.alive()
        let (drafts, _) = try await Self.collect(folder)
        #expect(Self.values(drafts, "phi.access").isEmpty)
        #expect(
            drafts.last?.reasons == [
                "5 lost at 2026-03-01T12:00:00Z: the spool is full: No space left on device"
            ])
    }

    @Test func `what could not be written is a gap once something can be`() async throws {
        let folder = Folder()
        let spool = try SyslogSpool(folder.path, now: { Self.noon })
        try FileManager.default.removeItem(atPath: folder.path)
        await #expect(throws: FileError.self) { try await spool.take(Self.arrived(Self.audit("asha"))) }
        await #expect(throws: FileError.self) { try await spool.take(.lost(2, "cut")) }
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try await spool.take(Self.arrived(Self.audit("ben")))
        let (drafts, _) = try await Self.collect(folder)
        #expect(Self.values(drafts, "phi.access").map { $0["user_id"] } == [.string("ben")])
        let reasons = drafts.last?.reasons ?? []
        #expect(reasons.count == 1 && reasons.first?.hasPrefix("3 lost at") == true, "\(reasons)")
    }

    @Test func `a line that is not whole waits for its end, and in a file that is left it is a gap`()
        async throws
    {
        let folder = Folder()
        try await Self.spool(folder, [.began(udp: 1, tcp: nil, tls: 2)])
        let path = folder.path + "/" + Self.file(at: Self.noon)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"at":"2026-03-01T12:00:00Z","mess"#.utf8))
        let (drafts, cursor) = try await Self.collect(folder)
        #expect(drafts.last?.failures.isEmpty == true)
        try await Self.spool(folder, [.began(udp: 1, tcp: nil, tls: 2)])
        let next = try await Self.collect(folder, cursor: cursor)
        #expect(next.drafts.flatMap(\.failures).map(\.reason).contains { $0.contains("not whole") })
    }

    @Test func `a file is left after ten minutes, so that it can be deleted`() async throws {
        let folder = Folder()
        let clock = Mutex(Self.noon)
        let spool = try SyslogSpool(folder.path, now: { clock.withLock { $0 } })
        for minutes in [0, 5, 11] {
            clock.withLock { $0 = Self.noon + .minutes(Int64(minutes)) }
            try await spool.alive()
        }
        #expect(folder.files == [Self.file(at: Self.noon), Self.file(at: Self.noon + .minutes(11))])
        #expect(
            try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int == 0o700)
    }
}
