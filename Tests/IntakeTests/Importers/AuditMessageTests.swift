import Evidence
import Formats
import Ledger
import Testing

@testable import Intake

/// Audit messages of DICOM and ATNA: whose records they tell of, and what of it may be seen.
@Suite struct AuditMessageTests {
    /// One message of the event, by this participant, about these patients.
    private static func imported(
        event: String = #"<EventID csd-code="110106"/>"#, outcome: String = #"EventOutcomeIndicator="0""#,
        participant: String = #"UserID="asha" UserIsRequestor="true"/>"#, patients: [String],
        at time: String = "2026-03-01T09:00:00Z",
        _ change: (inout ImportSetting) -> Void = { _ in }
    ) throws -> Imported {
        let objects = patients.map {
            """
            <ParticipantObjectIdentification ParticipantObjectID="\($0)" ParticipantObjectTypeCodeRole="1">
            <ParticipantObjectIDTypeCode csd-code="2"/></ParticipantObjectIdentification>
            """
        }
        let text = """
            <AuditMessage><EventIdentification EventActionCode="R" EventDateTime="\(time)"
            \(outcome)>\(event)</EventIdentification><ActiveParticipant \(participant)
            <AuditSourceIdentification AuditSourceID="pacs"/>\(objects.joined())</AuditMessage>
            """
        return try Imported.from(Array(text.utf8), change)
    }

    private static func keys(_ imported: Imported) -> [String] {
        imported.facts.filter { $0.kind == "phi.access" }.map(\.key.text)
    }

    /// Everything that a reader of keys and fields sees.
    private static func words(_ imported: Imported) -> String {
        imported.facts.flatMap { fact in
            [fact.key.text] + (fact.value?.members ?? []).compactMap { $0.value.string }
        }.joined(separator: " ")
    }

    @Test func `an export of several patients' records is an access to each`() throws {
        let imported = try Self.imported(patients: ["MRN-7", "MRN-8", "MRN-7", "MRN-9"])
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        let accesses = imported.values("phi.access")
        #expect(accesses.count == 3 && accesses.allSatisfy { $0["action"] == .string("export") })
        #expect(Set(accesses.compactMap { $0["patient_id"]?.string }).count == 3)
        #expect(Set(Self.keys(imported)).count == 3)
        #expect(!Self.words(imported).contains("MRN"))
        #expect(imported.drafts.last?.sourceTotal == 3)
        let first = try Self.imported(patients: ["MRN-7"])
        #expect(Self.keys(first) == Array(Self.keys(imported).prefix(1)))
    }

    @Test func `a key shows which patient it is about to nobody without the workspace's secret`() throws {
        let open = try Self.imported(patients: ["MRN-7"])
        let said = ["2026-03-01T09:00:00Z", "pacs", "asha", "MRN-7", "export", "", "0", "110106", ""]
            .joined(separator: "\u{1F}")
        #expect(Self.keys(open) != [String(Digest.sha256(Array(said.utf8)).hex.prefix(32))])
        let secret: [UInt8] = [1, 2, 3]
        let closed = try Self.imported(patients: ["MRN-7"]) { $0.keySecret = secret }
        #expect(
            Self.keys(closed) == [String(KeyedHash(secret).code(of: Array(said.utf8)).hex.prefix(32))])
        // What joins records stays the same everywhere.
        #expect(
            open.values("phi.access").first?["patient_id"] == closed.values("phi.access").first?["patient_id"]
        )
        #expect(Self.keys(open) != Self.keys(closed))
    }

    @Test(arguments: [
        (#"UserID="MRN-7" UserIsRequestor="true"><RoleIDCode csd-code="PAT"/></ActiveParticipant>"#, true),
        (
            #"UserID="MRN-7"><RoleIDCode csd-code="110153"/><RoleIDCode code="1" displayName="Patient"/></ActiveParticipant>"#,
            true
        ),
        (#"UserID="MRN-7"><UserIDTypeCode csd-code="2"/></ActiveParticipant>"#, true),
        // The id of the patient in the message.
        (#"UserID="MRN-8"/>"#, true),
        (#"UserID="MRN-7"><RoleIDCode csd-code="110153" originalText="Source"/></ActiveParticipant>"#, false),
    ]) func `a patient who acts is hidden`(_ participant: String, _ isHidden: Bool) throws {
        let imported = try Self.imported(participant: participant, patients: ["MRN-8"])
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        #expect(Self.words(imported).contains("MRN") == !isHidden)
        let user = try #require(imported.values("phi.access").first?["user_id"]?.string)
        #expect((user.utf8.count == 32) == isHidden)
    }

    @Test(
        arguments: [
            ("P77", "P77^^^&amp;1.2.3&amp;ISO", true), ("P77^^^&amp;1.2.3&amp;ISO", "P77", true),
            ("P77", "Patient/P77", true),
            ("P77", "https://ehr.example.com/fhir/Patient/P77/_history/2", true),
            ("Patient/P77", "P77^^^&amp;1.2.3&amp;ISO", true), ("Practitioner/P77", "Patient/P77", false),
            ("P7", "P77^^^&amp;1.2.3&amp;ISO", false), ("^^^&amp;1", "^^^&amp;2", false),
        ])
    func `a patient who acts is hidden, whichever way the id is written`(
        _ user: String, _ patient: String, _ isHidden: Bool
    ) throws {
        let imported = try Self.imported(participant: "UserID=\"\(user)\"/>", patients: [patient])
        #expect(imported.isClean && imported.counts == ["phi.access": 1], "\(imported.setAside)")
        let access = try #require(imported.values("phi.access").first)
        // It joins with the record that was looked at.
        #expect((access["user_id"] == access["patient_id"]) == isHidden)
        #expect(Self.words(imported).contains("P7") == (!isHidden && user.contains("P7")))
    }

    @Test func `one number of two authorities is hidden, but not as the same patient`() throws {
        let imported = try Self.imported(
            participant: #"UserID="P77^^^&amp;4.5&amp;ISO"/>"#, patients: ["P77^^^&amp;1.2.3&amp;ISO"])
        let access = try #require(imported.values("phi.access").first)
        #expect(access["user_id"] != access["patient_id"] && !Self.words(imported).contains("P77"))
    }

    private static func node(_ role: String, _ more: String = "") -> String {
        #"UserID="node" \#(more)><RoleIDCode \#(role)/></ActiveParticipant>"#
    }

    @Test(arguments: [
        (
            node(#"code="110153""#, #"UserIsRequestor="true""#), #"UserID="asha" UserIsRequestor="true"/>"#,
            "asha"
        ),
        (node(#"csd-code="110152""#), #"UserID="asha"/>"#, "asha"),
        (node(#"csd-code="110150""#, #"UserIsRequestor="true""#), #"UserID="asha"/>"#, "node"),
        (node(#"csd-code="110150""#), #"UserID=""/>"#, "node"),
    ])
    func `a person who stands beside a node of the exchange is who acted`(
        _ first: String, _ second: String, _ user: String
    ) throws {
        let imported = try Self.imported(
            participant: first + "<ActiveParticipant " + second, patients: ["MRN-7"])
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        #expect(imported.values("phi.access").map { $0["user_id"] } == [.string(user)])
    }

    @Test func `a log-in that does not say how it ended is neither`() throws {
        let login = #"<EventID csd-code="110114"/>"#
        for (outcome, succeeded) in [("0", true), ("4", false)] {
            let imported = try Self.imported(
                event: login, outcome: "EventOutcomeIndicator=\"\(outcome)\"", patients: [])
            #expect(imported.values("auth.event").map { $0["succeeded"] } == [.bool(succeeded)])
        }
        let imported = try Self.imported(event: login, outcome: "", patients: [])
        #expect(imported.counts.isEmpty)
        #expect(imported.setAside == ["a log-in that does not say how it ended"])
        #expect(imported.drafts.contains { $0.setAside.contains(where: \.mayHideRecord) })
    }

    @Test(arguments: [
        ("EventOutcomeIndicator=\"0\"", "EventOutcomeIndicator=\"4\""),
        ("</EventIdentification>", "<EventTypeCode csd-code=\"110122\"/></EventIdentification>"),
        ("</EventIdentification>", "<PurposeOfUse csd-code=\"BTG\"/></EventIdentification>"),
    ])
    func `messages of one second that differ in anything told are events of their own`(
        _ from: String, _ to: String
    ) throws {
        let message = """
            <AuditMessage><EventIdentification EventActionCode="E" EventDateTime="2026-03-01T09:00:00Z"
            EventOutcomeIndicator="0"><EventID csd-code="110114"/></EventIdentification>
            <ActiveParticipant UserID="asha"/><AuditSourceIdentification AuditSourceID="pacs"/></AuditMessage>
            """
        let other = message.replacing(from, with: to)
        let text = "<AuditMessages>\(message)\(other)\(message)</AuditMessages>"
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean && imported.counts == ["auth.event": 2], "\(imported.setAside)")
        #expect(Set(imported.facts.map(\.key)).count == 2)
    }

    @Test func `exports of two studies of one patient in one second are two accesses`() throws {
        let message = { (study: String) in
            """
            <AuditMessage><EventIdentification EventActionCode="R" EventDateTime="2026-03-01T09:00:00Z"
            EventOutcomeIndicator="0"><EventID csd-code="110106"/></EventIdentification>
            <ActiveParticipant UserID="asha"/><AuditSourceIdentification AuditSourceID="pacs"/>
            <ParticipantObjectIdentification ParticipantObjectID="\(study)" ParticipantObjectTypeCodeRole="3">
            <ParticipantObjectIDTypeCode csd-code="110180"/></ParticipantObjectIdentification>
            <ParticipantObjectIdentification ParticipantObjectID="MRN-7" ParticipantObjectTypeCodeRole="1">
            <ParticipantObjectIDTypeCode csd-code="2"/></ParticipantObjectIdentification></AuditMessage>
            """
        }
        let list = ["1.2.3", "1.2.4", "1.2.3"].map(message).joined()
        let imported = try Imported.from(Array("<AuditMessages>\(list)</AuditMessages>".utf8))
        #expect(imported.isClean && imported.counts == ["phi.access": 2], "\(imported.setAside)")
        #expect(Set(Self.keys(imported)).count == 2 && !Self.words(imported).contains("1.2."))
        // So they are in FHIR where an event has no id.
        let events = ["Study/1", "Study/2", "Study/1"].map {
            """
            {"resourceType":"AuditEvent","type":{"code":"rest"},"recorded":"2026-03-01T09:00:00Z","outcome":"0",
            "agent":[{"who":{"reference":"Practitioner/2"}}],"source":{"observer":{"display":"ehr"}},
            "entity":[{"what":{"reference":"\($0)"}},{"what":{"reference":"Patient/7"}}]}
            """
        }
        let others = try Imported.from(Array("[\(events.joined(separator: ","))]".utf8))
        #expect(others.isClean && others.counts == ["phi.access": 2], "\(others.setAside)")
    }

    @Test(
        arguments: [
            ("", nil), (#"<EventTypeCode csd-code="110127"/>"#, true),
            (#"<PurposeOfUse csd-code="TREAT"/>"#, false),
            (#"<PurposeOfUse csd-code="TREAT"/><PurposeOfUse csd-code="BTG"/>"#, true),
            (#"<EventTypeCode csd-code="110127"/><PurposeOfUse csd-code="TREAT"/>"#, true),
        ] as [(String, Bool?)])
    func `an emergency override is told by type or purpose`(_ more: String, _ isOne: Bool?) throws {
        let imported = try Self.imported(event: #"<EventID csd-code="110103"/>"# + more, patients: ["MRN-7"])
        #expect(imported.isClean && imported.counts == ["phi.access": 1])
        let access = try #require(imported.values("phi.access").first)
        #expect(access["break_glass"] == isOne.map(JSON.bool))
    }

    @Test(arguments: [
        ("110100", "start or end of an application"), ("110101", "use of an audit log"),
        ("110108", "network entry"), ("110113", "security alert"),
    ])
    func `what is no access is passed over, unless a patient is named`(
        _ code: String, _ what: String
    ) throws {
        let event = "<EventID csd-code=\"\(code)\"/>"
        let imported = try Self.imported(event: event, participant: "/>", patients: [])
        #expect(imported.isClean && imported.counts.isEmpty, "\(imported.setAside)")
        #expect(imported.drafts.last?.parameters["not tested: \(what)"] == "1")
        let named = try Self.imported(event: event, patients: ["MRN-7"])
        #expect(named.isClean && named.counts == ["phi.access": 1])
        let override = event + "<EventTypeCode csd-code=\"110127\"/>"
        #expect(try Self.imported(event: override, patients: []).counts == ["phi.access": 1])
    }

    @Test(
        arguments: [("0", true), ("4", false), ("8", false), ("12", false), ("", nil)] as [(String, Bool?)])
    func `an access that was denied does not look like one that was not`(
        _ outcome: String, _ succeeded: Bool?
    ) throws {
        let imported = try Self.imported(
            outcome: "EventOutcomeIndicator=\"\(outcome)\"", patients: ["MRN-7"])
        let access = try #require(imported.values("phi.access").first)
        #expect(access["succeeded"] == succeeded.map(JSON.bool))
    }

    @Test(arguments: ["2026-03-01T09:00:00", "2026-03-01T09:00:00.000", "2026-03-01"])
    func `a time without a zone is no moment, and is set aside with what helps`(_ time: String) throws {
        for event in ["110106", "110114"] {
            let imported = try Self.imported(
                event: "<EventID csd-code=\"\(event)\"/>", patients: ["MRN-7"], at: time)
            #expect(imported.counts.isEmpty && imported.setAside.count == 1)
            #expect(imported.setAside.first?.contains("EventDateTime has no zone") == true)
            #expect(imported.drafts.contains { $0.setAside.contains(where: \.mayHideRecord) })
        }
        let zoned = try Self.imported(patients: ["MRN-7"], at: "2026-03-01T09:00:00.000+0100")
        #expect(zoned.isClean && zoned.counts == ["phi.access": 1])
        let none = try Self.imported(patients: ["MRN-7"], at: "soon")
        #expect(none.setAside == ["EventDateTime is missing or no time"])
    }

    @Test func `a log-out is no log-in, and counted as passed over`() throws {
        let event = #"<EventID csd-code="110114"/><EventTypeCode csd-code="110123" originalText="Logout"/>"#
        // Nobody need be named.
        for participant in [#"UserID="asha"/>"#, "/>"] {
            let imported = try Self.imported(event: event, participant: participant, patients: [])
            #expect(imported.isClean && imported.counts.isEmpty, "\(imported.setAside)")
            #expect(imported.drafts.last?.parameters["not tested: log-out"] == "1")
            #expect(imported.drafts.last?.sourceTotal == 0)
        }
        let login = try Self.imported(event: event.replacing("110123", with: "110122"), patients: [])
        #expect(login.isClean && login.counts == ["auth.event": 1])
    }

    @Test func `an access that names no patient is one`() throws {
        let imported = try Self.imported(patients: [])
        #expect(imported.isClean && imported.counts == ["phi.access": 1])
        #expect(imported.values("phi.access").first?["patient_id"] == nil)
    }
}
