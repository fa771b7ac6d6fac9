import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Which answers of servers go into the digests that batches keep of them.
@Suite struct AnswerDigestTests {
    /// What a batch says of these answers alone.
    private static func told(_ bodies: [[UInt8]]) -> String? {
        let log = AnswerLog()
        for body in bodies { log.note(body) }
        var parameters: [String: String] = [:]
        log.tell([0..<log.mark], in: &parameters)
        return parameters["answers_sha256"]
    }

    private static func body(_ exchange: Replay.Exchange) -> [UInt8] { exchange.replies.last?.body ?? [] }

    @Test func `every page counts once, a token and an attempt that failed do not`() async throws {
        let run = try await DeviceTests.jamf.collect { exchanges in
            exchanges[1].replies.insert(Reply(503), at: 0)
        }
        #expect(run.complaints.isEmpty && run.failures.isEmpty && run.waits.count == 1, "\(run.failures)")
        let pages = DeviceTests.jamf.exchanges("").dropFirst().map(Self.body)
        let parameters = try #require(run.drafts.first?.parameters)
        #expect(parameters["answers"] == "2" && parameters["answers_sha256"] == Self.told(pages))
    }

    @Test func `an answer that serves two kinds is told of in both, and credentials in none`() async throws {
        let role = AWSTests.answer(
            "AssumeRole",
            """
            <AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>x</SecretAccessKey>\
            <SessionToken>tok</SessionToken></Credentials></AssumeRoleResult>
            """)
        let groups = AWSTests.groups("sg-1")
        let policy = AWSTests.answer("GetAccountPasswordPolicy", "<GetAccountPasswordPolicyResult/>")
        let result = try await AWSTests.collect(
            ["network.rule", "auth.policy"],
            ["regions": "eu-west-1", "role": "arn:aws:iam::1:role/assay"],
            answers: [
                "eu-west-1 sts AssumeRole": [role], "eu-west-1 ec2 DescribeSecurityGroups": [groups],
                "us-east-1 iam GetAccountPasswordPolicy": [policy],
            ])
        func told(_ kind: Identifier) -> String? {
            result.drafts.first { $0.kinds == [kind] }?.parameters["answers_sha256"]
        }
        #expect(result.drafts.allSatisfy { $0.parameters["answers"] == "2" })
        #expect(told("network.rule") == Self.told([AWSTests.caller.body, groups.body]))
        #expect(told("auth.policy") == Self.told([AWSTests.caller.body, policy.body]))
    }
}
