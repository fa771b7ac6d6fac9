import Evidence
import Formats
import Testing

@testable import Intake

/// Calls and log-ins that CloudTrail tells of.
@Suite struct CloudTrailTests {
    /// One event of this name, with these members more.
    private static func imported(_ name: String, _ more: String) throws -> Imported {
        let text = """
            {"Records":[{"eventVersion":"1.08","eventID":"e1","eventTime":"2026-03-01T09:00:00Z",
            "eventSource":"signin.amazonaws.com","eventName":"\(name)","userIdentity":{"arn":"arn:b"},
            "readOnly":false\(more)}]}
            """
        return try Imported.from(Array(text.utf8))
    }

    @Test(arguments: [
        ("2026-03-01T09:00:00", "eventTime has no zone"), ("2026-03-01", "eventTime has no zone"),
        ("soon", "eventTime is missing or no time"),
    ])
    func `a call whose time is of no known moment is set aside`(_ time: String, _ reason: String) throws {
        let text =
            #"{"Records":[{"eventVersion":"1.08","eventID":"e1","eventTime":"\#(time)","eventName":"PutKey"}]}"#
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.setAside.count == 1 && imported.setAside.first?.hasPrefix(reason) == true)
        #expect(imported.counts.isEmpty)
    }

    private static let failure = #","responseElements":{"ConsoleLogin":"Failure"}"#
    private static let success = #","responseElements":{"ConsoleLogin":"Success"}"#
    private static let message = #","errorMessage":"Failed authentication""#
    private static let code = #","errorCode":"AccessDenied""#
    private static let nothing = #","errorCode":null,"errorMessage":null"#

    @Test(
        arguments: [
            (failure + message, false), (failure, false), (failure + nothing, false), (success, true),
            (success + nothing, true), (message, false), (code, false),
        ] as [(String, Bool)])
    func `a log-in to the console ended as its answer says`(_ more: String, _ succeeded: Bool) throws {
        let imported = try Self.imported("ConsoleLogin", more)
        #expect(imported.isClean, "\(imported.setAside)")
        #expect(imported.values("auth.event").map { $0["succeeded"] } == [.bool(succeeded)])
        #expect(imported.values("cloud.activity").map { $0["succeeded"] } == [.bool(succeeded)])
    }

    @Test func `a log-in to the console without an answer is set aside, and its call does not say`() throws {
        let imported = try Self.imported("ConsoleLogin", Self.nothing)
        #expect(imported.setAside == ["a log-in that does not say how it ended"])
        #expect(imported.counts == ["cloud.activity": 1])
        let call = try #require(imported.values("cloud.activity").first)
        #expect(call["succeeded"] == nil)
    }

    @Test(
        arguments: [
            (nothing, true), ("", true), (message, false), (code, false), (code + message, false),
        ] as [(String, Bool)])
    func `a call with an error has failed, and null is no error`(
        _ more: String, _ succeeded: Bool
    ) throws {
        let imported = try Self.imported("CreateUser", more)
        #expect(imported.isClean && imported.counts == ["cloud.activity": 1])
        #expect(imported.values("cloud.activity").map { $0["succeeded"] } == [.bool(succeeded)])
    }

    @Test(
        arguments: [#"{"Records":[]}"#, #"{"Events":[]}"#],
        [nil, Interval(from: noon - .days(1), to: noon)] as [Interval?])
    func `an empty list of events shows nothing`(_ text: String, _ covers: Interval?) throws {
        let imported = try Imported.from(Array(text.utf8)) { $0.covers = covers }
        #expect(imported.reasons.count == 1 && imported.covered.isEmpty, "\(imported.reasons)")
        #expect(imported.reasons.allSatisfy { $0.contains("list of events is empty") })
    }

    /// Made up, with the names of a digest file.
    private static let digest = """
        {"awsAccountId":"1","digestStartTime":"2026-03-01T08:00:00Z","digestEndTime":"2026-03-01T09:00:00Z",
        "digestS3Bucket":"b","digestSignatureAlgorithm":"SHA256withRSA","previousDigestS3Bucket":null,
        "logFiles":[{"s3Bucket":"b","s3Object":"o","hashValue":"00","hashAlgorithm":"SHA-256"}]}
        """

    @Test(arguments: [nil, Interval(from: noon - .days(1), to: noon)] as [Interval?])
    func `a digest file is passed over, which is no gap and covers nothing`(_ covers: Interval?) throws {
        let imported = try Imported.from(Array(Self.digest.utf8)) { $0.covers = covers }
        #expect(imported.isClean && imported.facts.isEmpty, "\(imported.reasons) \(imported.setAside)")
        let passed = imported.summaries.flatMap(\.notTested).map { "\($0.count) \($0.reason)" }
        #expect(passed == ["1 digest files, which hold no event"])
        let cut = try Imported.from(Array(Self.digest.utf8.dropLast(3)), as: "cloudtrail")
        #expect(!cut.isClean)
        let other = try Imported.from(Array(#"{"logFiles":[]}"#.utf8), as: "cloudtrail")
        #expect(other.reasons.contains { $0.contains("no list \"Records\"") }, "\(other.reasons)")
    }
}
