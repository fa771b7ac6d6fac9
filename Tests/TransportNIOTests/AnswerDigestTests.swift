import Evidence
import Formats
import Foundation
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

    private static let role = AWSTests.answer(
        "AssumeRole",
        """
        <AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>x</SecretAccessKey>\
        <SessionToken>tok</SessionToken></Credentials></AssumeRoleResult>
        """)

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

    /// What lies in the folder of what the batches name, read by way of their lists.
    private static func isKept(_ drafts: [BatchDraft], in folder: String) throws -> Bool {
        try drafts.allSatisfy { draft in
            let name = draft.parameters["answers_sha256"] ?? "none"
            let list = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let bodies = try list.split(separator: "\n").map {
                Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
            }
            return told(bodies) == name && draft.parameters["answers"] == "\(bodies.count)"
        }
    }

    @Test func `answers are kept by choice, and no credentials among them`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/answers-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var jamf = DeviceTests.jamf
        jamf.parameters = { _ in ["client_id": "c-1", "minimum_os": "15.1", "raw": folder] }
        let devices = try await jamf.collect()
        #expect(devices.complaints.isEmpty && devices.failures.isEmpty, "\(devices.failures)")
        #expect(try Self.isKept(devices.drafts, in: folder))
        let cloud = try await AWSTests.collect(
            ["network.rule"], ["regions": "eu-west-1", "role": "arn:aws:iam::1:role/assay", "raw": folder],
            answers: [
                "eu-west-1 sts AssumeRole": [Self.role],
                "eu-west-1 ec2 DescribeSecurityGroups": [AWSTests.groups("sg-1")],
            ])
        #expect(try cloud.drafts.count == 1 && Self.isKept(cloud.drafts, in: folder))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        // Two pages and their list, two answers of AWS and theirs.
        #expect(files.count == 6)
        for file in files {
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            #expect(!text.contains("access_token") && !text.contains("AssumeRole"))
        }
    }

    @Test func `an answer that serves two kinds is told of in both, and credentials in none`() async throws {
        let groups = AWSTests.groups("sg-1")
        let policy = AWSTests.answer("GetAccountPasswordPolicy", "<GetAccountPasswordPolicyResult/>")
        let result = try await AWSTests.collect(
            ["network.rule", "auth.policy"],
            ["regions": "eu-west-1", "role": "arn:aws:iam::1:role/assay"],
            answers: [
                "eu-west-1 sts AssumeRole": [Self.role], "eu-west-1 ec2 DescribeSecurityGroups": [groups],
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
