import Evidence
import Formats
import Testing

@testable import Intake

/// FHIR's audit events: who of those that they name may be seen.
@Suite struct AuditEventTests {
    /// An access, or a log-in, by this agent.
    private static func imported(
        agent: String, code: String = "rest", observer: String = #""display":"ehr""#,
        contained: String = "", outcome: String = #""outcome":"0","#
    ) throws -> Imported {
        let text = """
            {"resourceType":"Bundle","entry":[{"resource":{"resourceType":"AuditEvent","id":"a1",
            "contained":[\(contained)],"type":{"code":"\(code)"},"action":"R",
            "recorded":"2026-03-01T09:00:00Z",\(outcome)
            "agent":[{\(agent),"requestor":true}],"source":{"observer":{\(observer)}},
            "entity":[{"what":{"reference":"Patient/7","display":"Jane Roe"}}]}}]}
            """
        return try Imported.from(Array(text.utf8))
    }

    /// Whether one of these words stands in any field or key.
    private static func tells(_ imported: Imported, _ words: String...) -> Bool {
        imported.facts.contains { fact in
            let texts = [fact.key.text] + (fact.value?.members ?? []).compactMap { $0.value.string }
            return texts.contains { text in words.contains { text.contains($0) } }
        }
    }

    @Test(arguments: [
        #""who":{"reference":"Patient/7","display":"Jane Roe"}"#,
        #""who":{"reference":"https://ehr.example.com/fhir/Patient/7/_history/2"}"#,
        #""who":{"reference":"RelatedPerson/7"}"#,
        #""who":{"type":"Patient","identifier":{"value":"MRN-7"}}"#,
        #""type":{"coding":[{"code":"PAT"}]},"who":{"identifier":{"value":"MRN-7"}}"#,
        #""role":[{"coding":[{"code":"PAT"}]}],"altId":"MRN-7","who":{"display":"Jane Roe"}"#,
    ]) func `a patient who acts is hidden like one whose record it is`(_ agent: String) throws {
        for code in ["rest", "110114"] {
            let imported = try Self.imported(agent: agent, code: code)
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
            let kind = code == "rest" ? "phi.access" : "auth.event"
            let user = try #require(imported.values(kind).first?["user_id"]?.string)
            #expect(user.utf8.count == 32 && user.allSatisfy(\.isHexDigit), "\(user)")
            #expect(!Self.tells(imported, "Patient/", "Person/", "MRN", "Roe"))
        }
    }

    @Test func `who is contained in the event is known by identifier, and hidden as a patient`() throws {
        let inside = """
            {"resourceType":"Practitioner","id":"d1","identifier":[{"value":"D-2"}]},
            {"resourceType":"Patient","id":"p1","identifier":[{"use":"old"},{"value":"MRN-7"}],
            "name":[{"family":"Roe"}]},{"resourceType":"Patient","id":"p2"}
            """
        let patient = try Self.imported(agent: ##""who":{"reference":"#p1"}"##, contained: inside)
        #expect(patient.isClean, "\(patient.reasons) \(patient.setAside)")
        let user = try #require(patient.values("phi.access").first?["user_id"]?.string)
        let same = try Self.imported(agent: #""who":{"type":"Patient","identifier":{"value":"MRN-7"}}"#)
        #expect(same.values("phi.access").first?["user_id"] == .string(user))
        #expect(user.utf8.count == 32 && !Self.tells(patient, "#p1", "MRN", "Roe"))
        let doctor = try Self.imported(agent: ##""who":{"reference":"#d1"}"##, contained: inside)
        #expect(doctor.values("phi.access").first?["user_id"] == .string("D-2"))
        for nobody in ["#p2", "#p3"] {
            let imported = try Self.imported(
                agent: ##""who":{"reference":"\##(nobody)"}"##, contained: inside)
            #expect(imported.counts.isEmpty && imported.setAside == ["nobody is named as who acted"])
        }
    }

    @Test func `a log-in without an outcome is set aside, and nothing is covered`() throws {
        let imported = try Self.imported(
            agent: #""who":{"reference":"Practitioner/2"}"#, code: "110114", outcome: "")
        #expect(imported.counts.isEmpty)
        #expect(imported.setAside == ["a log-in that does not say how it ended"])
        #expect(imported.drafts.contains { $0.setAside.contains(where: \.mayHideRecord) })
    }

    /// An event of this type and subtype in R4, and of such a category and code in R5.
    private static func coded(
        _ type: String, _ subtype: String, isR5: Bool, rest: String = "",
        at time: String = "2026-03-01T09:00:00Z"
    ) throws -> Imported {
        let codes =
            isR5
            ? #""category":[{"coding":[{"code":"\#(type)"}]}],"code":{"coding":[{"code":"\#(subtype)"}]},"#
                + #""outcome":{"code":{"code":"0"}},"#
            : #""type":{"code":"\#(type)"},"subtype":[{"code":"\#(subtype)"}],"outcome":"0","#
        let text = """
            {"resourceType":"AuditEvent","id":"a1",\(codes)\(rest)"recorded":"\(time)",
            "agent":[{"who":{"reference":"Practitioner/2"},"requestor":true}],
            "source":{"observer":{"display":"ehr"}}}
            """
        return try Imported.from(Array(text.utf8))
    }

    @Test(arguments: [false, true]) func `a log-out is no log-in, and counted as passed over`(
        _ isR5: Bool
    ) throws {
        let logout = try Self.coded("110114", "110123", isR5: isR5)
        #expect(logout.isClean && logout.counts.isEmpty, "\(logout.setAside)")
        #expect(logout.drafts.last?.parameters["not tested: log-out"] == "1")
        // The authentication of a node is a log-in of one.
        for login in ["110122", "110126"] {
            let imported = try Self.coded("110114", login, isR5: isR5)
            #expect(imported.isClean && imported.counts == ["auth.event": 1], "\(login)")
        }
    }

    @Test(
        arguments: [
            ("rest", "read", "", nil), ("rest", "110127", "", true), ("110113", "110127", "TREAT", true),
            ("rest", "read", "TREAT", false), ("rest", "read", "BTG", true),
        ] as [(String, String, String, Bool?)])
    func `an emergency override is told by type or purpose`(
        _ type: String, _ subtype: String, _ purpose: String, _ isOne: Bool?
    ) throws {
        for isR5 in [false, true] {
            let place = isR5 ? "authorization" : "purposeOfEvent"
            let told = #""\#(place)":[{"coding":[{"code":"\#(purpose)"}]}],"#
            let imported = try Self.coded(type, subtype, isR5: isR5, rest: purpose.isEmpty ? "" : told)
            #expect(imported.isClean && imported.counts == ["phi.access": 1], "\(imported.setAside)")
            let access = try #require(imported.values("phi.access").first)
            #expect(access["break_glass"] == isOne.map(JSON.bool))
        }
    }

    @Test(arguments: ["110100", "110101", "110108", "110113"])
    func `what is no access is passed over, unless a patient is named`(_ code: String) throws {
        for isR5 in [false, true] {
            let imported = try Self.coded(code, "other", isR5: isR5)
            #expect(imported.isClean && imported.counts.isEmpty, "\(imported.setAside)")
            let entity = #""entity":[{"what":{"reference":"Patient/7"}}],"#
            let named = try Self.coded(code, "other", isR5: isR5, rest: entity)
            #expect(named.isClean && named.counts == ["phi.access": 1])
        }
    }

    @Test(
        arguments: [
            (#""outcome":"0","#, true), (#""outcome":"8","#, false), ("", nil),
            (#""outcome":{"code":{"code":"success"}},"#, true),
            (#""outcome":{"code":{"code":"fatal"}},"#, false),
            (#""outcome":{"code":{"code":"error"}},"#, false),
            (#""outcome":{"code":{"code":"warning"}},"#, true),
            (#""outcome":{"code":{"code":"information"}},"#, nil),
        ] as [(String, Bool?)])
    func `an access that was denied does not look like one that was not`(
        _ outcome: String, _ succeeded: Bool?
    ) throws {
        let imported = try Self.imported(agent: Self.doctor, outcome: outcome)
        let access = try #require(imported.values("phi.access").first)
        #expect(access["succeeded"] == succeeded.map(JSON.bool))
    }

    @Test(arguments: ["rest", "110114"])
    func `a time without a zone is no moment, and is set aside with what helps`(_ type: String) throws {
        for time in ["2026-03-01T09:00:00", "2026-03-01"] {
            let imported = try Self.coded(type, "read", isR5: false, at: time)
            #expect(imported.counts.isEmpty && imported.setAside.count == 1)
            #expect(imported.setAside.first?.contains("\"recorded\" has no zone") == true)
            #expect(imported.drafts.contains { $0.setAside.contains(where: \.mayHideRecord) })
        }
    }

    @Test func `a patient who looks at their own record shows as the same one`() throws {
        let imported = try Self.imported(agent: #""who":{"reference":"Patient/7"}"#)
        let access = try #require(imported.values("phi.access").first)
        #expect(access["user_id"] != nil && access["user_id"] == access["patient_id"])
    }

    @Test func `somebody of the staff is known by reference, and no name is kept`() throws {
        let imported = try Self.imported(
            agent: #""who":{"reference":"Practitioner/2","display":"Dr Roe"}"#,
            observer: #""type":"Practitioner","display":"Dr Doe""#)
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        let access = try #require(imported.values("phi.access").first)
        #expect(access["user_id"] == .string("Practitioner/2"))
        #expect(access["application"] == .string("unknown"))
        #expect(Self.tells(imported, "Practitioner/2") && !Self.tells(imported, "Roe", "Doe"))
        let known = try Self.imported(agent: Self.doctor, observer: #""reference":"Practitioner/9""#)
        #expect(known.isClean && !Self.tells(known, "Practitioner/9"))
    }

    @Test(
        arguments: [
            (["match", nil], true), ([nil, nil], true), (["match", "match", "include"], true),
            (["match", "include"], false), (["match", "outcome"], false), (["include", "include"], false),
        ] as [([String?], Bool)])
    func `what a search gives beside what it found is not counted against its total`(
        _ modes: [String?], _ isWhole: Bool
    ) throws {
        let entries = modes.enumerated().map { number, mode in
            let search = mode.map { #""search":{"mode":"\#($0)"},"# } ?? ""
            return #"{\#(search)"resource":{"resourceType":"AuditEvent","id":"\#(number)"}}"#
        }
        let list = entries.joined(separator: ",")
        let text = #"{"resourceType":"Bundle","type":"searchset","total":2,"entry":[\#(list)]}"#
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.reasons.isEmpty == isWhole, "\(imported.reasons)")
        #expect(imported.reasons.allSatisfy { $0.contains("of 2 entries") })
    }

    /// A bundle of one event, with these members.
    private static func page(_ id: String, _ members: String = "") -> String {
        """
        {"resourceType":"Bundle","type":"searchset"\(members),"entry":[{"resource":{"resourceType":"AuditEvent",
        "id":"\(id)","type":{"code":"rest"},"recorded":"2026-03-01T09:00:00Z","outcome":"0","agent":[{\(doctor)}],
        "source":{"observer":{"display":"ehr"}}}}]}
        """
    }

    @Test(
        arguments: [
            ("", nil), (#","total":1"#, nil), (#","total":2"#, "holds 1 of 2 entries"),
            (#","link":[{"relation":"next","url":"x"}]"#, "next page"),
        ] as [(String, String?)])
    func `bundles in a list and in a bundle are read like one alone`(
        _ members: String, _ reason: String?
    ) throws {
        let (first, second) = (Self.page("a1"), Self.page("a2", members))
        let batch = #"{"resourceType":"Bundle","type":"batch-response","entry":[{"resource":\#(first)},"#
        for text in ["[\(first),\(second)]", batch + #"{"resource":\#(second)}]}"#] {
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.counts == ["phi.access": 2], "\(imported.setAside)")
            #expect(imported.reasons.count == (reason == nil ? 0 : 1), "\(imported.reasons)")
            #expect(imported.reasons.allSatisfy { $0.contains(reason ?? "") })
        }
        let refused = batch + #"{"response":{"status":"403"}}]}"#
        #expect(try Imported.from(Array(refused.utf8)).setAside == ["an entry without resource"])
    }

    @Test func `a number of the staff may be one of a patient`() throws {
        let number = #""identifier":{"value":"7"}"#
        let staff = try Self.imported(agent: #""who":{"type":"Practitioner",\#(number)}"#)
        #expect(staff.values("phi.access").map { $0["user_id"] } == [.string("7")])
        // Who is not known to be of the staff may be the patient.
        let other = try Self.imported(agent: #""who":{\#(number)}"#)
        let access = try #require(other.values("phi.access").first)
        #expect(access["user_id"] == access["patient_id"])
    }

    @Test func `two servers may count their events alike`() throws {
        func event(_ observer: String) -> String {
            """
            {"resourceType":"AuditEvent","id":"3","type":{"code":"rest"},"recorded":"2026-03-01T09:00:00Z",
            "agent":[{\(Self.doctor)}],"source":{"observer":{\(observer)}}}
            """
        }
        let servers = [
            #""reference":"Device/a","display":"EHR""#, #""reference":"Device/b","display":"EHR""#,
            #""identifier":{"value":"c"}"#, #""display":"EHR""#,
        ]
        let keys = try servers.map { server in
            let imported = try Imported.from(Array(event(server).utf8))
            #expect(imported.isClean && imported.drafts.map(\.source) == ["fhir"])
            return imported.facts.map(\.key.text)
        }
        #expect(keys == [["3|Device/a"], ["3|Device/b"], ["3|c"], ["3|EHR"]])
        let list = "[" + (servers + servers).map(event).joined(separator: ",") + "]"
        let imported = try Imported.from(Array(list.utf8))
        #expect(imported.isClean && imported.counts == ["phi.access": 4], "\(imported.setAside)")
    }

    @Test func `who is told by a display name only is set aside, and nothing is covered`() throws {
        let imported = try Self.imported(agent: #""who":{"display":"Jane Roe"}"#)
        #expect(imported.counts.isEmpty)
        #expect(imported.setAside == ["who acted is told by a display name only, which is not kept"])
        #expect(imported.drafts.contains { $0.setAside.contains(where: \.mayHideRecord) })
    }

    /// An access by this agent to the records of these entities.
    private static func imported(by agent: String, of entities: String...) throws -> Imported {
        let text = """
            {"resourceType":"AuditEvent","id":"a1","type":{"code":"rest"},"action":"R",
            "recorded":"2026-03-01T09:00:00Z","outcome":"0","agent":[{\(agent),"requestor":true}],
            "source":{"observer":{"display":"ehr"}},"entity":[\(entities.map { "{\($0)}" }.joined(separator: ","))]}
            """
        return try Imported.from(Array(text.utf8))
    }

    private static let doctor = #""who":{"reference":"Practitioner/2"}"#
    private static let first = #""what":{"reference":"Patient/7","identifier":{"value":"MRN-7"}}"#
    private static let second = #""what":{"identifier":{"value":"MRN-8"}},"role":{"code":"1"}"#

    @Test func `the role of a patient is told by a coding in R4, and by a concept in R5`() throws {
        let coding = #"{"system":"http://terminology.hl7.org/CodeSystem/object-role","code":"1"}"#
        for role in [coding, #"{"coding":[\#(coding)]}"#] {
            let isR5 = role != coding
            let codes =
                isR5
                ? #""category":[{"coding":[{"code":"rest"}]}],"code":{"coding":[{"code":"read"}]},"#
                    + #""outcome":{"code":{"code":"0"}},"#
                : #""type":{"code":"rest"},"outcome":"0","#
            let text = """
                {"resourceType":"AuditEvent","id":"a1",\(codes)"action":"R","recorded":"2026-03-01T09:00:00Z",
                "agent":[{"who":{"identifier":{"value":"MRN-7"}},"requestor":true}],
                "source":{"observer":{"display":"ehr"}},
                "entity":[{"what":{"identifier":{"value":"MRN-7"}},"role":\(role)}]}
                """
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.isClean, "\(imported.setAside)")
            let access = try #require(imported.values("phi.access").first)
            // Whoever looks at their own record is hidden with it.
            #expect(access["patient_id"] != nil && access["user_id"] == access["patient_id"])
            #expect(!Self.tells(imported, "MRN"), "\(isR5)")
        }
    }

    @Test(
        arguments: [
            (
                [#""who":{"reference":"Device/app"},"requestor":true"#, "\(doctor),\"requestor\":true"],
                "Practitioner/2"
            ),
            (
                [#""who":{"reference":"Device/app"},"requestor":true"#, "\(doctor),\"requestor\":false"],
                "Device/app"
            ),
            ([#""who":{"reference":"Device/app"}"#, doctor], "Practitioner/2"),
            (
                [#""type":{"coding":[{"code":"110153"}]},"who":{"identifier":{"value":"app"}}"#, doctor],
                "Practitioner/2"
            ),
            // People are mostly known by an identifier alone.
            ([#""who":{"reference":"Device/app"}"#, #""altId":"other""#], "other"),
            ([#""who":{"reference":"Device/app"}"#, #""who":{"identifier":{"value":"D-2"}}"#], "D-2"),
            ([#""who":{"display":"app"}"#, doctor], "Practitioner/2"),
        ] as [([String], String)])
    func `a person who stands beside a device is who acted`(_ agents: [String], _ user: String) throws {
        let imported = try Self.imported(by: agents)
        #expect(imported.isClean, "\(imported.setAside)")
        #expect(imported.values("phi.access").map { $0["user_id"] } == [.string(user)])
    }

    private static func imported(by agents: [String]) throws -> Imported {
        let list = agents.map { "{\($0)}" }.joined(separator: ",")
        let text = """
            {"resourceType":"AuditEvent","id":"a1","type":{"code":"rest"},"action":"R",
            "recorded":"2026-03-01T09:00:00Z","outcome":"0","agent":[\(list)],
            "source":{"observer":{"display":"ehr"}},"entity":[{\(Self.first)}]}
            """
        return try Imported.from(Array(text.utf8))
    }

    @Test(arguments: [
        [#""who":{"display":"a name"}"#, #""who":{"reference":"Patient/1"}"#],
        [#""who":{"display":"a name"}"#, #""who":{"reference":"Organization/clinic"}"#],
        [#""who":{"reference":"Device/app"}"#, #""who":{"display":"a name"}"#],
    ])
    func `what somebody did who is told by a display name only is nobody else's`(_ agents: [String]) throws {
        let imported = try Self.imported(by: agents)
        #expect(imported.values("phi.access").isEmpty)
        #expect(imported.setAside.contains { $0.contains("display name") }, "\(imported.setAside)")
    }

    @Test func `a person whose record is changed is a patient, unless it is one of the staff`() throws {
        let own = #""type":{"code":"1"},"what":{"reference":"Practitioner/2"}"#
        let staff = try Self.imported(by: Self.doctor, of: own)
        let access = try #require(staff.values("phi.access").first)
        #expect(access["patient_id"] == nil && access["user_id"] == .string("Practitioner/2"))
        let both = try Self.imported(by: Self.doctor, of: own, Self.first)
        #expect(both.values("phi.access").map { $0["user_id"] } == [.string("Practitioner/2")])
        let other = try Self.imported(
            by: Self.doctor, of: #""type":{"code":"1"},"what":{"reference":"Person/5"}"#)
        #expect(other.values("phi.access").count == 1)
    }

    @Test func `an event about several patients is an access to each`() throws {
        let query = #""what":{"reference":"List/1"},"role":{"code":"24"}"#
        let staff = #""what":{"reference":"Practitioner/3"},"type":{"code":"1"},"role":{"code":"15"}"#
        let both = try Self.imported(
            by: Self.doctor, of: query, Self.first, staff, Self.second, Self.first)
        #expect(both.isClean && both.counts == ["phi.access": 2], "\(both.reasons) \(both.setAside)")
        #expect(Set(both.values("phi.access").compactMap { $0["patient_id"]?.string }).count == 2)
        #expect(both.values("phi.access").allSatisfy { $0["user_id"] == .string("Practitioner/2") })
        let keys = both.facts.map(\.key.text)
        #expect(Set(keys).count == 2 && keys.allSatisfy { $0.hasPrefix("a1|") })
        #expect(!Self.tells(both, "Patient/", "MRN"))
        let turned = try Self.imported(by: Self.doctor, of: Self.second, Self.first)
        #expect(Set(turned.facts) == Set(both.facts))
        let one = try Self.imported(by: Self.doctor, of: Self.second)
        #expect(one.facts.map(\.key.text) == ["a1|ehr"])
    }

    @Test(arguments: [
        #""who":{"identifier":{"value":"MRN-8"}}"#, #""who":{"identifier":{"value":"MRN-7"}}"#,
        #""altId":"MRN-7""#,
    ])
    func `who acts is hidden as any of the patients, by whichever name`(_ agent: String) throws {
        let imported = try Self.imported(by: agent, of: Self.first, Self.second)
        #expect(imported.isClean && imported.counts == ["phi.access": 2], "\(imported.setAside)")
        #expect(!Self.tells(imported, "MRN", "Patient/"))
    }
}
