import Evidence
import Formats
import Testing

@testable import Intake

/// CSV files with a mapping.
@Suite struct RosterTests {
    private static let mapping = """
        {"kind":"hr.employment","key":"Id","complete":true,"fields":{"person_id":"Id","role":"Job",
        "started_at":{"column":"Start","type":"date"},"involuntary":{"column":"Reason","true":["dismissed"],"false":["left"]}}}
        """

    private static func imported(_ text: String, _ mapping: String = mapping) throws -> Imported {
        let mapping = try ColumnMapping(parsing: Array(mapping.utf8))
        return try Imported.from(Array(text.utf8), name: "hr.csv") {
            $0.mapping = mapping
            $0.at = noon - .hours(1)
        }
    }

    @Test func `a roster is read as others write it`() throws {
        let rows =
            "Id;Job;Start;Reason\r\n7;\"Nurse; \"\"lead\"\"\r\nnight\";2026-01-02;left\r\n8;;46024;\r\n\r\n"
        let imported = try Self.imported("\u{FEFF}" + rows)
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        let values = imported.values("hr.employment")
        #expect(values.count == 2 && imported.covered.count == 1)
        #expect(values.first?["role"] == .string("Nurse; \"lead\"  night"))
        #expect(values.first?["involuntary"] == .bool(false))
        #expect(values.last?["started_at"] == .string("2026-01-02T00:00:00Z"))
    }

    @Test(arguments: [
        ("Id,Job,Start,Reason\n7,a,03/04/2026,\n", "no date"),
        ("Id,Job,Start,Reason\n7,a\n", "columns"),
        ("Id,Job,Start,Reason\n,a,,\n", "key column is empty"),
        ("Id,Job,Start,Reason\n7,a,,retired?\n", "does not know"),
        ("Id,Job,Start,Reason\n7,a,,\n7,b,,\n", "other values"),
    ])
    func `a row that does not fit is set aside`(_ text: String, _ reason: String) throws {
        let imported = try Self.imported(text)
        #expect(imported.setAside.count == 1)
        #expect(imported.setAside.first?.contains(reason) == true, "\(imported.setAside)")
    }

    @Test(
        arguments: [
            ("", nil), ("Z", "2026-01-02T09:00:00Z"), ("+01:00", "2026-01-02T08:00:00Z"),
            ("-05:30", "2026-01-02T14:30:00Z"),
        ] as [(String, String?)])
    func `a time without a zone is taken only in one that the mapping names`(
        _ zone: String, _ expected: String?
    ) throws {
        let mapping = Self.mapping.replacing(
            "\"complete\":true",
            with: zone.isEmpty ? "\"complete\":true" : "\"complete\":true,\"zone\":\"\(zone)\"")
        for written in ["2026-01-02 09:00:00", "2026-01-02T09:00:00.000"] {
            let imported = try Self.imported("Id,Job,Start,Reason\n7,a,\(written),\n", mapping)
            let started = imported.values("hr.employment").map { $0["started_at"]?.string }
            let wanted: [String?] = expected == nil ? [] : [expected]
            #expect(started == wanted && imported.setAside.count == 1 - wanted.count)
            #expect(
                imported.setAside.allSatisfy {
                    $0.contains("\"Start\" holds a time without a zone") && $0.contains("\"zone\"")
                })
        }
        // A day is one, and a zone of its own counts.
        let rows = "7,a,2026-01-02,\n8,a,2026-01-02T09:00:00+0200,\n9,a,46024,\n"
        let imported = try Self.imported("Id,Job,Start,Reason\n" + rows, mapping)
        #expect(imported.isClean, "\(imported.setAside)")
        #expect(
            imported.values("hr.employment").map { $0["started_at"]?.string } == [
                "2026-01-02T00:00:00Z", "2026-01-02T07:00:00Z", "2026-01-02T00:00:00Z",
            ])
    }

    @Test func `an event whose time has no zone is set aside`() throws {
        let mapping = #"{"kind":"auth.event","key":"Id","time":"At","fields":{"user_id":"Who"}}"#
        let imported = try Self.imported(
            "Id,Who,At\n1,a,2026-03-01 09:00:00\n2,a,2026-03-01T09:00:00Z\n3,a,soon\n", mapping)
        #expect(imported.counts == ["auth.event": 1] && imported.setAside.count == 2)
        #expect(imported.setAside.first?.contains("the time column holds a time without a zone") == true)
        #expect(imported.setAside.last == "the time column holds no time")
    }

    @Test(arguments: ["\"Europe/Paris\"", "\"\"", "\"+1\"", "1", "null"])
    func `a zone that is no offset is refused`(_ zone: String) throws {
        let mapping = Self.mapping.replacing("\"complete\":true", with: "\"zone\":\(zone)")
        let error = #expect(throws: ImportError.self) {
            _ = try ColumnMapping(parsing: Array(mapping.utf8))
        }
        #expect(error?.description.contains("\"zone\" is no offset") == true)
    }

    @Test func `a mapping that does not fit the file says so`() throws {
        #expect(try Self.imported("Id,Job\n7,a\n").reasons.first?.contains("no column \"Start\"") == true)
        #expect(
            try Self.imported("Id,Job,Start,Reason\n\"7,a\n").reasons.first?.contains("inside quotes") == true
        )
        let twice = try Self.imported("Id,Job,Start, Job ,Reason\n7,a,,b,\n")
        #expect(twice.reasons.first?.contains("the column \"Job\", which") == true && twice.counts.isEmpty)
        let unwanted = try Self.imported("Id,Job,Start,Reason,Note,Note\n7,a,,,b,c\n")
        #expect(unwanted.isClean, "\(unwanted.reasons) \(unwanted.setAside)")
        let counted = Self.mapping.replacing("\"complete\":true", with: "\"complete\":true,\"rows\":5")
        let short = try Self.imported("Id,Job,Start,Reason\n7,a,,\n", counted)
        #expect(short.reasons.contains { $0.contains("5 rows") } && short.covered.isEmpty)
        let partial = try Self.imported(
            "Id,Job,Start,Reason\n7,a,,\n", Self.mapping.replacing("true,", with: "false,"))
        #expect(partial.covered.isEmpty && !partial.reasons.isEmpty)
    }

    @Test(arguments: ["5", "5.0", "5e0", "\"5\"", "\"5.0\""])
    func `the count of rows is compared, whichever way it is written`(_ rows: String) throws {
        let mapping = Self.mapping.replacing("\"complete\":true", with: "\"complete\":true,\"rows\":\(rows)")
        let short = try Self.imported("Id,Job,Start,Reason\n7,a,,\n", mapping)
        #expect(short.reasons.contains { $0.contains("5 rows") } && short.covered.isEmpty)
    }

    @Test(arguments: [
        "\"1,112\"", "\"1 112\"", "112.5", "-1", "\"many\"", "\"\"", "1e99", "true", "null", "[5]",
    ])
    func `a count of rows that is no whole number is refused`(_ rows: String) throws {
        let mapping = Self.mapping.replacing("\"complete\":true", with: "\"complete\":true,\"rows\":\(rows)")
        let error = #expect(throws: ImportError.self) {
            _ = try ColumnMapping(parsing: Array(mapping.utf8))
        }
        #expect(error?.description.contains("\"rows\" is no whole number") == true)
    }

    @Test(arguments: [
        "", "[]", "{\"kind\":\"a\"}", "{\"kind\":\"a\",\"key\":\"b\",\"fields\":{}}",
        "{\"kind\":\"a\",\"key\":\"b\",\"fields\":{\"x\":1}}",
        "{\"kind\":\"a\",\"key\":\"b\",\"feilds\":{\"x\":\"y\"}}",
    ])
    func `a mapping with a fault is refused`(_ text: String) {
        #expect(throws: ImportError.self) { _ = try ColumnMapping(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [
        (
            #"{"kind":"hr.employment","key":"Id","fields":{"end_at":"Last day"}}"#,
            #"did you mean "ended_at"?"#
        ),
        (#"{"kind":"hr.employment","key":"Id","fields":{"person_id":"Id","x":"X"}}"#, "it has person_id, "),
    ])
    func `a field that the kind does not have is refused`(_ text: String, _ remedy: String) throws {
        let error = #expect(throws: ImportError.self) { _ = try ColumnMapping(parsing: Array(text.utf8)) }
        let said = try #require(error).description
        #expect(said.contains("the kind hr.employment has no field") && said.contains(remedy), "\(said)")
        // Of a kind that is an organisation's own nobody knows them here.
        _ = try ColumnMapping(parsing: Array(text.replacing("hr.employment", with: "acme.badge").utf8))
    }

    @Test func `a roster without its header line is told without what stands in it`() throws {
        let reason = try #require(try Self.imported("7,Jane Roe,2026-01-02,left\n").reasons.first)
        #expect(reason.contains("line 1: there is no column \"Id\"") && reason.contains("4 columns"))
        #expect(reason.contains("names of the columns is missing") && !reason.contains("Roe"))
    }

    @Test func `a table without a mapping is a gap`() throws {
        let imported = try Imported.from(Array("a,b\n1,2\n".utf8), as: "csv")
        #expect(imported.reasons.first?.contains("--mapping") == true)
    }

    @Test(arguments: [
        ("true", "1/1/2020 0:00", 1, 0), ("true", "N/A", 1, 0), ("false", "1/1/2020 0:00", 1, 0),
        ("TRUE?", "2026-02-01T00:00:00+00:00", 1, 0), ("false", "N/A", 0, 0),
        ("false", "2026-02-01T00:00:00+00:00", 0, 1),
    ])
    func `a key of which a credential report does not say since when is told, not passed over`(
        _ active: String, _ time: String, _ setAside: Int, _ keys: Int
    ) throws {
        let text = """
            user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated
            bob,arn:aws:iam::1:user/bob,2026-01-01T00:00:00+00:00,true,true,\(active),\(time)
            <root_account>,arn:aws:iam::1:root,2025-01-01T00:00:00+00:00,not_supported,true,false,N/A
            """
        let imported = try Imported.from(Array(text.utf8)) { $0.at = noon - .hours(1) }
        #expect(imported.setAside.count == setAside && imported.values("cloud.key").count == keys)
        #expect(imported.setAside.allSatisfy { $0.contains("access_key_1") && !$0.contains(time) })
        // The snapshot is not whole then.
        let isMissed = imported.drafts.contains { $0.setAside.contains(where: \.mayHideRecord) }
        #expect(isMissed == (setAside > 0) && imported.counts["idp.account"] == 1)
    }
}
