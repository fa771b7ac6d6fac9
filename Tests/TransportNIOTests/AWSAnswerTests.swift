import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Answers with status 200 that are none of AWS, and those of another account than was meant: as empty or other lists
/// they would end every record.
@Suite struct AWSAnswerTests {
    private static let page = "<html><body>Sign in</body></html>"
    private static let foreign: [(Identifier, String, String)] = [
        ("network.rule", "eu-west-1 ec2 DescribeSecurityGroups", page),
        ("cloud.instance", "eu-west-1 ec2 DescribeInstances", page),
        ("cloud.account", "us-east-1 iam GetAccountSummary", page),
        ("auth.policy", "us-east-1 iam GetAccountPasswordPolicy", page),
        ("kms.key", "eu-west-1 kms ListKeys", "{}"),
        ("cloud.logging", "eu-west-1 cloudtrail DescribeTrails", "{}"),
        ("cloud.detection", "eu-west-1 guardduty /detector", #"{"detectorIds":null}"#),
        ("config.finding", "eu-west-1 config DescribeConfigurationRecorderStatus", "{}"),
        ("backup.job", "eu-west-1 backup /backup-jobs/", #"{"BackupJobs":{}}"#),
    ]

    @Test(arguments: foreign)
    func `an answer that is not one of AWS is a gap`(kind: Identifier, call: String, body: String)
        async throws
    {
        let result = try await AWSTests.collect(
            [kind], ["regions": "eu-west-1"], answers: [call: [Reply(200, text: body)]])
        let failures = result.drafts.flatMap(\.failures)
        #expect(failures.count == 1 && failures[0].reason.contains("not one of AWS"), "\(failures)")
        #expect(AWSTests.values(result.drafts).isEmpty && !AWSTests.covers(result.drafts))
    }

    /// One bucket, whose questions are answered with these texts.
    private static func stores(_ answers: [String: String]) async throws -> [BatchDraft] {
        let buckets =
            "<ListAllMyBucketsResult><Buckets><Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>"
        let more = ["eu-west-1 s3 /": buckets].merging(answers) { $1 }.mapValues { [Reply(200, text: $0)] }
        return try await AWSTests.collect(
            ["cloud.store"], ["regions": "eu-west-1"],
            answers: more.merging([
                "eu-west-1 rds DescribeDBInstances": [AWSTests.answer("DescribeDBInstances", "")],
                "eu-west-1 ec2 DescribeVolumes": [AWSTests.answer("DescribeVolumes", "")],
            ]) { $1 }
        ).drafts
    }

    @Test func `a list of buckets, or what is asked of one, is read from its own answer alone`() async throws
    {
        for answers in [
            ["eu-west-1 s3 /": Self.page],
            // So answers a service that does not know the question and lists the bucket's objects.
            ["eu-west-1 s3 /b": "<ListBucketResult></ListBucketResult>"],
        ] {
            let drafts = try await Self.stores(answers)
            let failures = drafts.flatMap(\.failures)
            #expect(failures.count == 1 && failures[0].reason.contains("not one of AWS"), "\(failures)")
            #expect(AWSTests.values(drafts).isEmpty && !AWSTests.covers(drafts))
        }
    }

    /// The account is 1.
    private static func rules(_ cursor: String?, _ more: [String: String] = [:]) async throws -> (
        draft: BatchDraft, cursor: String?
    ) {
        let result = try await AWSTests.collect(
            ["network.rule"], ["regions": "eu-west-1"].merging(more) { $1 }, cursor: cursor,
            answers: ["eu-west-1 ec2 DescribeSecurityGroups": [AWSTests.groups("sg-1")]])
        return (try #require(result.drafts.first), result.cursor)
    }

    @Test func `the account is remembered, and another one is a gap`() async throws {
        let first = try await Self.rules(nil)
        #expect(first.cursor == #"{"account":"1"}"# && AWSTests.covers([first.draft]))
        let again = try await Self.rules(first.cursor)
        #expect(again.cursor == first.cursor && AWSTests.covers([again.draft]))
        let other = try await Self.rules(#"{"account":"2"}"#)
        #expect(other.draft.facts.isEmpty && other.draft.mode == .changes && other.cursor == nil)
        #expect(other.draft.failures.first?.reason.contains("the last collection was of 2") == true)
        #expect(other.draft.failures.first?.reason.contains("of the account 1") == true)
    }

    @Test func `pages that go round in circles end, and the list is not whole`() async throws {
        let result = try await AWSTests.collect(
            ["network.rule"], ["regions": "eu-west-1"],
            answers: [
                "eu-west-1 ec2 DescribeSecurityGroups": [AWSTests.groups("sg-1", next: "2")],
                "eu-west-1 ec2 DescribeSecurityGroups 2": [AWSTests.groups("sg-2", next: "2")],
            ])
        let failures = result.drafts.flatMap(\.failures)
        #expect(failures.count == 1 && failures[0].reason.contains("circles"), "\(failures)")
        #expect(!AWSTests.covers(result.drafts) && result.asked.count < 5)
    }

    @Test func `an account that is named is the one that must answer`() async throws {
        let named = try await Self.rules(#"{"account":"2"}"#, ["account": "1"])
        #expect(named.cursor == #"{"account":"1"}"# && AWSTests.covers([named.draft]))
        let wrong = try await Self.rules(#"{"account":"1"}"#, ["account": "2"])
        #expect(wrong.draft.facts.isEmpty && wrong.cursor == nil)
        #expect(wrong.draft.failures.first?.reason.contains("names 2") == true)
    }

    @Test func `the place among the backups of another account is none of this one's`() async throws {
        let cursor = #"{"account":"2","backup.job":"2026-02-28T12:00:00Z"}"#
        let draft = try await Self.rules(cursor, ["account": "1"])
        #expect(draft.cursor == #"{"account":"1"}"#)
    }

    @Test func `the place among the backups is kept beside the account`() async throws {
        let result = try await AWSTests.collect(
            ["backup.job"], ["regions": "eu-west-1"],
            cursor: #"{"account":"1","backup.job":"2026-02-28T12:00:00Z"}"#,
            answers: ["eu-west-1 backup /backup-jobs/": [Reply(200, text: #"{"BackupJobs":[]}"#)]])
        #expect(result.cursor == #"{"account":"1","backup.job":"2026-03-01T12:00:00Z"}"#)
    }
}
