import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// When keys were made or turned and backups ended, as the JSON services of AWS write it.
@Suite struct AWSKeyTests {
    private static let times: [(JSON, String?)] = [
        (.integer(1_485_179_373), "2017-01-23T13:49:33Z"),
        (.decimal("1485179373.361"), "2017-01-23T13:49:33.361Z"),
        (.decimal("1.485179373361E9"), "2017-01-23T13:49:33.361Z"),
        (.decimal("1.485179373361123e+09"), "2017-01-23T13:49:33.361123Z"),
        (.decimal("14851793733e-1"), "2017-01-23T13:49:33.3Z"),
        (.decimal("253402300799.5"), "9999-12-31T23:59:59.5Z"),
        (.integer(253_402_300_800), nil), (.decimal("1.4e300"), nil), (.decimal("9e999"), nil),
        (.integer(0), nil), (.decimal("-1.5e9"), nil), (.string("2017-01-23T13:49:33Z"), nil), (.null, nil),
    ]

    @Test(arguments: times)
    func `a time is read whole, however the number is written`(json: JSON, expected: String?) {
        #expect(AWSTime.instant(json)?.description == expected)
    }

    private static func backups(_ job: String) async throws -> [BatchDraft] {
        try await AWSTests.collect(
            ["backup.job"], ["regions": "eu-west-1"],
            answers: ["eu-west-1 backup /backup-jobs/": [Reply(200, text: #"{"BackupJobs":[\#(job)]}"#)]]
        ).drafts
    }

    @Test func `a failed backup whose end is written with an exponent is on record`() async throws {
        let drafts = try await Self.backups(
            #"{"BackupJobId":"1","State":"FAILED","ResourceArn":"arn:db","CompletionDate":1.7723628E9}"#)
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        #expect(AWSTests.values(drafts).map { $0["succeeded"] } == [.bool(false)])
        #expect(AWSTests.covers(drafts))
    }

    @Test(arguments: [
        (#""State":"FAILED""#, false), (#""State":"FAILED","CompletionDate":"yesterday""#, false),
        (#""State":"RUNNING","CompletionDate":-1"#, false),
        (#""State":"RUNNING","CompletionDate":null"#, true), (#""State":"CREATED""#, true),
    ])
    func `a backup whose end cannot be read is a gap, unless it goes on`(_ members: String, _ isCovered: Bool)
        async throws
    {
        let drafts = try await Self.backups(#"{"BackupJobId":"1","ResourceArn":"arn:db",\#(members)}"#)
        #expect(AWSTests.values(drafts).isEmpty && AWSTests.covers(drafts) == isCovered)
        let reasons = drafts.flatMap(\.setAside).map(\.reason)
        #expect(reasons == (isCovered ? [] : ["a backup job whose end cannot be read"]))
    }

    private static func keys(_ rotation: String, rotations: [Reply]) async throws -> [BatchDraft] {
        let about =
            #"{"KeyMetadata":{"Arn":"arn:k","KeyManager":"CUSTOMER","Enabled":true,"CreationDate":1.485179373E9}}"#
        return try await AWSTests.collect(
            ["kms.key"], ["regions": "eu-west-1"],
            answers: [
                "eu-west-1 kms ListKeys": [
                    Reply(200, text: #"{"Keys":[{"KeyId":"k"}],"Truncated":false}"#)
                ],
                "eu-west-1 kms DescribeKey": [Reply(200, text: about)],
                "eu-west-1 kms GetKeyRotationStatus": [Reply(200, text: rotation)],
                "eu-west-1 kms ListKeyRotations": rotations,
            ]
        ).drafts
    }

    private static let isOn = #"{"KeyRotationEnabled":true,"RotationPeriodInDays":365}"#

    @Test(arguments: [
        (
            #"{"Rotations":[{"RotationDate":1.7409168E9},{"RotationDate":1.7092944E9}],"Truncated":false}"#,
            "2025-03-02T12:00:00Z"
        ),
        (#"{"Rotations":[],"Truncated":false}"#, "2017-01-23T13:49:33Z"),
    ])
    func `a key is as old as its newest rotation`(_ rotations: String, _ expected: String) async throws {
        let drafts = try await Self.keys(Self.isOn, rotations: [Reply(200, text: rotations)])
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        #expect(AWSTests.values(drafts).map { $0["rotated_at"] } == [.string(expected)])
        #expect(AWSTests.values(drafts).map { $0["rotation"] } == [.bool(true)] && AWSTests.covers(drafts))
    }

    @Test(arguments: [
        Reply(400, text: #"{"__type":"AccessDeniedException"}"#),
        Reply(200, text: #"{"Rotations":[{"RotationDate":"then"}],"Truncated":false}"#),
        Reply(200, text: #"{"Rotations":[],"Truncated":true}"#),
    ])
    func `a key whose rotations are not told is a gap, not as old as it was made`(reply: Reply) async throws {
        let drafts = try await Self.keys(Self.isOn, rotations: [reply])
        #expect(AWSTests.values(drafts).isEmpty && !AWSTests.covers(drafts))
        #expect(drafts.flatMap(\.failures).map(\.scope).allSatisfy { $0.contains("ListKeyRotations") })
    }
}
