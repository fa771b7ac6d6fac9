import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// The credential report as the AWS connector reads it.
@Suite struct AWSCredentialReportTests {
    private static let heading =
        "user,arn,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated"
    private static let root = "<root_account>,arn:aws:iam::1:root,not_supported,true,false,N/A"

    private static func report(
        _ rows: [String], made: String?, heading: String = heading, root: String = root
    ) -> [String: [Reply]] {
        let text = Base64.encode(Array(([heading, root] + rows).joined(separator: "\n").utf8))
        let time = made.map { "<GeneratedTime>\($0)</GeneratedTime>" } ?? ""
        let state = "<GenerateCredentialReportResult><State>COMPLETE</State></GenerateCredentialReportResult>"
        let result =
            "<GetCredentialReportResult><Content>\(text)</Content>\(time)</GetCredentialReportResult>"
        return [
            "us-east-1 iam GenerateCredentialReport": [
                AWSTests.answer("GenerateCredentialReport", state)
            ],
            "us-east-1 iam GetCredentialReport": [AWSTests.answer("GetCredentialReport", result)],
        ]
    }

    private static let ben = "ben,arn:aws:iam::1:user/ben,false,false,true,2026-01-01T00:00:00Z"

    @Test func `what the credential report tells is of the time at which it was made`() async throws {
        let answers = Self.report([Self.ben], made: "2026-03-01T09:00:00Z")
        let result = try await AWSTests.collect(["idp.account", "cloud.key"], answers: answers)
        #expect(result.drafts.flatMap(\.failures).isEmpty, "\(result.drafts.flatMap(\.failures))")
        let facts = result.drafts.flatMap(\.facts).map(\.fact)
        #expect(facts.count == 5 && facts.allSatisfy { $0.start == AWSTests.noon - .hours(3) })
        #expect(result.drafts.map(\.started) == [AWSTests.noon - .hours(3), AWSTests.noon - .hours(3)])
        let ahead = try await AWSTests.collect(
            ["idp.account"], answers: Self.report([], made: "2026-03-01T12:00:05Z"))
        #expect(ahead.drafts.first?.started == AWSTests.noon && AWSTests.covers(ahead.drafts))
        let undated = try await AWSTests.collect(["idp.account"], answers: Self.report([], made: nil))
        #expect(undated.drafts.first?.failures.first?.reason.contains("when it was made") == true)
        #expect(!AWSTests.covers(undated.drafts))
    }

    @Test func `a user whose name holds a comma is read when quoted, else a gap`() async throws {
        let row = ",arn:aws:iam::1:user/a,true,true,false,N/A"
        let quoted = try await AWSTests.collect(
            ["idp.account"], answers: Self.report([#""a,b""# + row], made: "2026-03-01T12:00:00Z"))
        #expect(AWSTests.values(quoted.drafts).map { $0["login"]?.string } == ["<root_account>", "a,b"])
        #expect(AWSTests.covers(quoted.drafts))
        let bare = try await AWSTests.collect(
            ["idp.account"], answers: Self.report(["a,b" + row], made: "2026-03-01T12:00:00Z"))
        #expect(AWSTests.values(bare.drafts).count == 1 && !AWSTests.covers(bare.drafts))
        #expect(bare.drafts.first?.setAside.first?.reason.contains("7 fields") == true)
    }

    @Test(arguments: [
        ("true,1/2/2026 9:00", 0, false), ("maybe,2026-01-01T00:00:00Z", 0, false), ("true,N/A", 0, false),
        ("false,N/A", 0, true), ("N/A,no_information", 0, true), ("false,2026-01-01T00:00:00Z", 1, true),
    ])
    func `a key of which the report does not say enough is not passed over`(
        _ columns: String, _ count: Int, _ isCovered: Bool
    ) async throws {
        let row = "ben,arn:aws:iam::1:user/ben,false,false," + columns
        let result = try await AWSTests.collect(
            ["cloud.key"], answers: Self.report([row], made: "2026-03-01T12:00:00Z"))
        #expect(AWSTests.values(result.drafts).count == count)
        #expect(AWSTests.covers(result.drafts) == isCovered)
    }

    @Test(arguments: [("true,false", true), ("false,true", true), ("false,false", false), ("N/A,N/A", false)])
    func `who has an active signing certificate alone can get in`(_ columns: String, _ isEnabled: Bool)
        async throws
    {
        let more = ",cert_1_active,cert_2_active"
        let row = "ben,arn:aws:iam::1:user/ben,false,false,false,N/A," + columns
        let answers = Self.report(
            [row], made: "2026-03-01T12:00:00Z", heading: Self.heading + more, root: Self.root + ",N/A,N/A")
        let result = try await AWSTests.collect(["idp.account"], answers: answers)
        #expect(AWSTests.values(result.drafts).map { $0["enabled"] } == [.bool(true), .bool(isEnabled)])
    }
}
