import Catalog
import Evidence
import Formats
import Testing

@testable import Intake

/// The credential report as the command line of AWS hands it out.
@Suite struct CredentialReportTests {
    private static let made = "2026-03-01T09:00:00+00:00"

    private static func answer(_ table: String, _ more: String = #","GeneratedTime":"\#(made)""#) -> [UInt8] {
        let content = Base64.encode(Array(table.utf8))
        return Array(#"{"Content":"\#(content)","ReportFormat":"text/csv"\#(more)}"#.utf8)
    }

    private static func table() throws -> String {
        try #require(ImportSample.all.first { $0.format == "aws-credential-report" }).text
    }

    @Test func `an answer is read like the table in it, and says when it was made`() throws {
        let answer = try Imported.from(Self.answer(Self.table()))
        #expect(answer.isClean, "\(answer.reasons)")
        #expect(answer.counts == ["idp.account": 2, "cloud.key": 1, "cloud.account": 1])
        #expect(answer.drafts.allSatisfy { $0.ended == Instant("2026-03-01T09:00:00Z") })
        let plain = try Imported.from(Array(Self.table().utf8)) { $0.at = Instant("2026-03-01T09:00:00Z") }
        #expect(answer.facts == plain.facts)
    }

    @Test func `an answer with a table that is longer than the beginning that is looked at is known`() throws
    {
        let row = "u,arn:aws:iam::1:user/u,2026-01-01T00:00:00+00:00,true,true,false,N/A\n"
        let rows = (0..<2_000).map {
            row.replacing("u,arn", with: "u\($0),arn").replacing("/u", with: "/u\($0)")
        }
        let imported = try Imported.from(Self.answer(Self.table() + "\n" + rows.joined()))
        #expect(imported.isClean && imported.counts["idp.account"] == 2_002, "\(imported.reasons)")
    }

    @Test(arguments: ["", "not base64!"]) func `an answer without a table says so`(_ content: String) throws {
        let text = #"{"Content":"\#(content)","ReportFormat":"text/csv","GeneratedTime":"\#(Self.made)"}"#
        let imported = try Imported.from(Array(text.utf8))
        #expect(!imported.reasons.isEmpty && imported.covered.isEmpty && imported.counts.isEmpty)
    }

    @Test func `an answer that does not say when it was made is a gap`() throws {
        let imported = try Imported.from(Self.answer(Self.table(), ""))
        #expect(imported.reasons.contains { $0.contains("--at") } && imported.covered.isEmpty)
    }

    @Test(
        arguments: [
            ("true", "false", "false", true), ("false", "true", "false", true),
            ("false", "false", "false", false),
            ("false", "false", "true", true), ("true", "false", "true", true), ("N/A", "false", "false", nil),
            ("N/A", "true", "true", true),
        ] as [(String, String, String, Bool?)])
    func `who has a password, a key or a signing certificate can get in`(
        _ password: String, _ key: String, _ certificate: String, _ isEnabled: Bool?
    ) throws {
        let text = """
            user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated,cert_2_active
            bot,arn:aws:iam::1:user/bot,2026-01-01T00:00:00+00:00,\(password),false,\(key),2026-01-01T00:00:00+00:00,\(certificate)
            <root_account>,arn:aws:iam::1:root,2025-01-01T00:00:00+00:00,not_supported,true,false,N/A,false
            """
        let imported = try Imported.from(Array(text.utf8)) { $0.at = noon - .hours(1) }
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        let account = try #require(imported.values("idp.account").first)
        #expect(account["enabled"] == isEnabled.map(JSON.bool))
        #expect(account["owner_id"] == .string("bot") && account["login"] == .string("bot"))
        // What is recorded: without a required field a record is kept empty.
        let kind = try #require(try KindCatalog.builtin().kind("idp.account"))
        let recorded = try? kind.typed(account).value
        #expect(recorded?["enabled"] == isEnabled.map(JSON.bool))
        #expect(recorded?["login"] == isEnabled.map { _ in JSON.string("bot") })
    }
}
