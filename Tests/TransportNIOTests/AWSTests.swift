import Evidence
import Formats
import LoopbackServer
import Synchronization
import Testing
import Transport
import TransportNIO

@testable import Intake

/// The AWS connector against exchanges written from the services' public descriptions.
@Suite struct AWSTests {
    static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast

    /// What was asked: `REGION service Action`, with the marker of a page behind it.
    private static func name(_ request: ReceivedRequest) -> String {
        let scope = (request.header("authorization") ?? "").split(separator: "/")
        let region = scope.count > 3 ? "\(scope[2]) \(scope[3])" : "unsigned"
        let text = String(decoding: request.body, as: UTF8.self)
        let form = Dictionary(URLText.items(text).map { ($0.name, $0.value) }) { first, _ in first }
        if let action = form["Action"] {
            return "\(region) \(action)\(form["NextToken"].map { " " + $0 } ?? "")"
        }
        let json = try? JSON(parsing: request.body)
        let page = (json?["NextToken"]?.string).map { " " + $0 } ?? ""
        if let target = request.header("x-amz-target") {
            return "\(region) \(target.split(separator: ".").last ?? "")\(page)"
        }
        let query = URLText.items(request.query).first { $0.name == "nextToken" }
        return "\(region) \(request.path)\(query.map { " " + $0.value } ?? "")"
    }

    /// The answer to a question in forms.
    static func answer(_ action: String, _ content: String) -> Reply {
        Reply(200, text: "<\(action)Response>\(content)</\(action)Response>")
    }

    static let caller = answer(
        "GetCallerIdentity",
        "<GetCallerIdentityResult><Arn>arn:aws:iam::1:user/a</Arn><Account>1</Account></GetCallerIdentityResult>"
    )

    /// Answers by name, each list in turn, the last one again and again.
    static func collect(
        _ kinds: [Identifier], _ parameters: [String: String] = ["regions": "eu-west-1 us-east-1"],
        cursor: String? = nil, answers: [String: [Reply]]
    ) async throws -> (
        drafts: [BatchDraft], asked: [String], waits: [Duration], tokens: [String?], cursor: String?
    ) {
        let state = Mutex<(asked: [String], tokens: [String?])>(([], []))
        let deliveries = Mutex<[Delivery]>([])
        let waits = Mutex<[Duration]>([])
        try await LoopbackServer.serving(
            { request in
                let name = Self.name(request)
                return state.withLock { state in
                    let count = state.asked.count { $0 == name }
                    state.asked.append(name)
                    state.tokens.append(request.header("x-amz-security-token"))
                    if name == "eu-west-1 sts GetCallerIdentity" { return Self.caller }
                    guard let replies = answers[name] else { return Reply(599, text: "nothing recorded") }
                    return replies[min(count, replies.count - 1)]
                }
            },
            while: { server in
                try await NetworkService.using { service in
                    let request = CollectionRequest(
                        source: "cloud", parameters: parameters.merging(["endpoint": server.address]) { $1 },
                        secrets: [
                            "access_key_id": .program(["printf", "AKID"]),
                            "secret_access_key": .program(["printf", "s3cret"]),
                            "external_id": .program(["printf", "ext-1"]),
                        ], kinds: kinds, freshness: .hours(24), cursor: cursor,
                        services: Services(
                            http: service, tls: service,
                            sleep: { span in waits.withLock { $0.append(span) } }), now: { noon })
                    try await AWSConnector().collect(request) { delivery in
                        deliveries.withLock { $0.append(delivery) }
                    }
                }
            })
        let (asked, tokens) = state.withLock { $0 }
        let found = deliveries.withLock { $0 }
        return (found.map(\.draft), asked, waits.withLock { $0 }, tokens, found.last?.cursor)
    }

    static func values(_ drafts: [BatchDraft]) -> [JSONObject] {
        drafts.flatMap(\.facts).compactMap(\.fact.value)
    }

    static func covers(_ drafts: [BatchDraft]) -> Bool {
        drafts.flatMap(\.facts).contains { if case .coverage = $0.fact.shape { true } else { false } }
    }

    static func groups(_ id: String, next: String? = nil) -> Reply {
        answer(
            "DescribeSecurityGroups",
            """
            <securityGroupInfo><item><groupId>\(id)</groupId><ipPermissions><item><ipProtocol>tcp</ipProtocol>\
            <fromPort>22</fromPort><toPort>22</toPort><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>\
            </item></ipPermissions></item></securityGroupInfo>\(next.map { "<nextToken>\($0)</nextToken>" } ?? "")
            """)
    }

    @Test func `every page of every region is read, after throttling too`() async throws {
        let result = try await Self.collect(
            ["network.rule"],
            answers: [
                "eu-west-1 ec2 DescribeSecurityGroups": [
                    Reply(503, headers: [(name: "Retry-After", value: "7")]),
                    Reply(
                        400,
                        text:
                            "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>"
                    ), Self.groups("sg-1", next: "two"),
                ],
                "eu-west-1 ec2 DescribeSecurityGroups two": [Self.groups("sg-2")],
                "us-east-1 ec2 DescribeSecurityGroups": [Self.groups("sg-3")],
            ])
        #expect(result.drafts.flatMap(\.failures).isEmpty, "\(result.drafts.flatMap(\.failures))")
        #expect(Self.values(result.drafts).count == 3 && Self.covers(result.drafts))
        #expect(result.drafts.first?.pages == 3)
        // First the wait that was named, then one of our own, of less than two seconds.
        #expect(result.waits.count == 2 && result.waits.first == .seconds(7))
        #expect(result.waits.last.map { $0 <= .seconds(2) } == true)
    }

    @Test func `a region that refuses leaves the others, and nothing is covered`() async throws {
        let result = try await Self.collect(
            ["network.rule"],
            answers: [
                "eu-west-1 ec2 DescribeSecurityGroups": [
                    Reply(
                        403,
                        text:
                            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>AKID</Message></Error></Errors></Response>"
                    )
                ],
                "us-east-1 ec2 DescribeSecurityGroups": [Self.groups("sg-3")],
            ])
        #expect(Self.values(result.drafts).count == 1 && !Self.covers(result.drafts))
        let failure = try #require(result.drafts.first?.failures.first)
        #expect(failure.scope.hasPrefix("eu-west-1") && failure.reason.contains("SecurityAudit"))
        #expect(!failure.reason.contains("AKID"))
    }

    @Test func `a role is assumed before anything else, and its token signed`() async throws {
        let role = Self.answer(
            "AssumeRole",
            """
            <AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>x</SecretAccessKey>\
            <SessionToken>tok</SessionToken></Credentials></AssumeRoleResult>
            """)
        let parameters = ["regions": "eu-west-1", "role": "arn:aws:iam::1:role/assay"]
        let result = try await Self.collect(
            ["network.rule"], parameters,
            answers: [
                "eu-west-1 sts AssumeRole": [role],
                "eu-west-1 ec2 DescribeSecurityGroups": [Self.groups("sg-1")],
            ])
        #expect(
            result.asked == [
                "eu-west-1 sts AssumeRole", "eu-west-1 sts GetCallerIdentity",
                "eu-west-1 ec2 DescribeSecurityGroups",
            ])
        #expect(result.tokens == [nil, "tok", "tok"] && Self.covers(result.drafts))
        let refused = try await Self.collect(
            ["network.rule"], parameters,
            answers: [
                "eu-west-1 sts AssumeRole": [
                    Reply(403, text: "<r><Error><Code>AccessDenied</Code></Error></r>")
                ]
            ])
        #expect(refused.drafts.first?.failures.first?.reason.contains("AccessDenied") == true)
        #expect(!Self.covers(refused.drafts))
    }

    @Test func `results of Config come page after page; a recorder that stands still is a gap`() async throws
    {
        func results(_ pairs: [(String, String)], next: String? = nil) -> Reply {
            let list = pairs.map {
                #"{"EvaluationResultIdentifier":{"EvaluationResultQualifier":{"ResourceType":"AWS::S3::Bucket","ResourceId":"\#($0.0)"}},"ComplianceType":"\#($0.1)"}"#
            }
            return Reply(
                200,
                text: #"{"EvaluationResults":[\#(list.joined(separator: ","))]"#
                    + (next.map { #","NextToken":"\#($0)"}"# } ?? "}"))
        }
        let rules = [Reply(200, text: #"{"ConfigRules":[{"ConfigRuleName":"buckets"}]}"#)]
        let state = "config DescribeConfigurationRecorderStatus"
        let details = "config GetComplianceDetailsByConfigRule"
        let result = try await Self.collect(
            ["config.finding"], ["regions": "eu-west-1"],
            answers: [
                "eu-west-1 \(state)": [
                    Reply(200, text: #"{"ConfigurationRecordersStatus":[{"recording":true}]}"#)
                ],
                "eu-west-1 config DescribeConfigRules": rules,
                "eu-west-1 \(details)": [
                    results([("a", "COMPLIANT"), ("b", "NOT_APPLICABLE")], next: "two")
                ],
                "eu-west-1 \(details) two": [results([("c", "NON_COMPLIANT"), ("d", "INSUFFICIENT_DATA")])],
            ])
        #expect(
            Self.values(result.drafts).map { $0["result"]?.string } == ["pass", "fail", "not-tested"])
        #expect(Self.covers(result.drafts), "\(result.drafts.flatMap(\.failures))")
        let still = try await Self.collect(
            ["config.finding"], ["regions": "eu-west-1"],
            answers: ["eu-west-1 \(state)": [Reply(200, text: #"{"ConfigurationRecordersStatus":[]}"#)]])
        #expect(still.drafts.first?.failures.first?.reason.contains("no recorder") == true)
        #expect(!Self.covers(still.drafts))
    }

    @Test func `backups that ended in the window are events, failed ones too`() async throws {
        let hour = Self.noon.microseconds / 1_000_000 - 3_600
        func jobs(_ list: String, next: String? = nil) -> Reply {
            Reply(200, text: #"{"BackupJobs":[\#(list)]"# + (next.map { #","NextToken":"\#($0)"}"# } ?? "}"))
        }
        let result = try await Self.collect(
            ["backup.job"], ["regions": "eu-west-1"],
            answers: [
                "eu-west-1 backup /backup-jobs/": [
                    jobs(
                        #"{"BackupJobId":"1","State":"COMPLETED","ResourceArn":"arn:db","BackupSizeInBytes":5,"CompletionDate":\#(hour).25}"#,
                        next: "two")
                ],
                "eu-west-1 backup /backup-jobs/ two": [
                    jobs(
                        #"{"BackupJobId":"2","State":"EXPIRED","ResourceArn":"arn:db","CompletionDate":\#(hour)},{"BackupJobId":"3","State":"RUNNING","ResourceArn":"arn:db"}"#
                    )
                ],
            ])
        #expect(result.drafts.flatMap(\.failures).isEmpty, "\(result.drafts.flatMap(\.failures))")
        #expect(Self.values(result.drafts).map { $0["succeeded"] } == [.bool(true), .bool(false)])
        #expect(Self.covers(result.drafts))
    }

    @Test(arguments: [
        ("0.0.0.0/0", true as Bool?), ("::/0", true), ("0.0.0.0/1", true), ("128.0.0.0/1", true),
        ("8000::/1", true), ("2000::/3", true), ("10.0.0.0/8", false), ("192.0.2.0/24", false),
        ("fc00::/7", false),
        ("2001:db8::/32", false), ("sg-1", nil),
    ])
    func `a source is public when a few such rules open the whole internet`(source: String, isPublic: Bool?) {
        #expect(AWSNetwork.isPublic(source: source) == isPublic)
    }

    @Test func `rules by prefix list are left out, and the query says how many`() async throws {
        let reply = Self.answer(
            "DescribeSecurityGroups",
            """
            <securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item><ipProtocol>tcp</ipProtocol>\
            <prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds></item></ipPermissions>\
            </item></securityGroupInfo>
            """)
        let result = try await Self.collect(
            ["network.rule"], ["regions": "eu-west-1"],
            answers: ["eu-west-1 ec2 DescribeSecurityGroups": [reply]])
        #expect(result.drafts.first?.query.contains("1 rules by prefix list in eu-west-1") == true)
    }

    @Test(arguments: [
        ("<ipAddress>192.0.2.1</ipAddress>", true), ("", false),
        ("<ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address></item></ipv6AddressesSet>", true),
        ("<ipv6AddressesSet><item><ipv6Address>fd00::1</ipv6Address></item></ipv6AddressesSet>", false),
        ("<association><publicIp>192.0.2.9</publicIp></association>", true),
        ("<privateIpAddress>10.0.0.1</privateIpAddress>", false),
    ])
    func `a machine is public by any address of any interface`(address: String, isPublic: Bool) async throws {
        // What is no direct child of the machine stands below its second interface.
        let isOwn = address.hasPrefix("<ipAddress>")
        let interfaces =
            "<networkInterfaceSet><item></item><item>\(isOwn ? "" : address)</item></networkInterfaceSet>"
        let reply = Self.answer(
            "DescribeInstances",
            """
            <reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\(isOwn ? address : "")\
            \(interfaces)</item></instancesSet></item></reservationSet>
            """)
        let result = try await Self.collect(
            ["cloud.instance"], ["regions": "eu-west-1"],
            answers: ["eu-west-1 ec2 DescribeInstances": [reply]])
        #expect(Self.values(result.drafts).map { $0["public"] } == [.bool(isPublic)])
    }

    @Test func `tags say which stores hold patients' data`() async throws {
        let database = """
            <DescribeDBInstancesResult><DBInstances><DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier>\
            <DBInstanceArn>arn:db</DBInstanceArn><StorageEncrypted>true</StorageEncrypted><TagList><Tag>\
            <Key>data</Key><Value>phi</Value></Tag></TagList></DBInstance></DBInstances>\
            </DescribeDBInstancesResult>
            """
        let volume = "<volumeSet><item><volumeId>vol-1</volumeId></item></volumeSet>"
        let buckets = "<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>"
        let result = try await Self.collect(
            ["cloud.store"], ["regions": "eu-west-1", "phi_tag": "data=phi"],
            answers: [
                "eu-west-1 rds DescribeDBInstances": [Self.answer("DescribeDBInstances", database)],
                "eu-west-1 ec2 DescribeVolumes": [Self.answer("DescribeVolumes", volume)],
                "eu-west-1 s3 /": [Reply(200, text: buckets)],
            ])
        #expect(result.drafts.flatMap(\.failures).isEmpty, "\(result.drafts.flatMap(\.failures))")
        #expect(Self.values(result.drafts).map { $0["phi"] } == [.bool(true), nil])
    }

    @Test func `a list of keys that goes on without saying where is a gap`() async throws {
        let result = try await Self.collect(
            ["kms.key"], ["regions": "eu-west-1"],
            answers: ["eu-west-1 kms ListKeys": [Reply(200, text: #"{"Keys":[],"Truncated":true}"#)]])
        #expect(result.drafts.first?.failures.first?.reason.contains("pages end early") == true)
        #expect(!Self.covers(result.drafts))
    }

    /// Whether one trail with this status, and these selectors of its own if any, counts as a log of the account.
    private static func isLogging(_ status: String, selectors: String? = nil) async throws -> JSON? {
        let trail =
            #"{"trailList":[{"TrailARN":"arn:t","HomeRegion":"us-east-1","HasCustomEventSelectors":\#(selectors != nil)}]}"#
        let result = try await collect(
            ["cloud.logging"], ["regions": "eu-west-1"],
            answers: [
                "eu-west-1 cloudtrail DescribeTrails": [Reply(200, text: trail)],
                "eu-west-1 cloudtrail GetTrailStatus": [Reply(200, text: status)],
                "us-east-1 cloudtrail GetEventSelectors": [Reply(200, text: selectors ?? "")],
            ])
        return values(result.drafts).first?["enabled"]
    }

    @Test func `a trail counts while its log arrives and holds changes`() async throws {
        let on = #"{"IsLogging":true,"LatestDeliveryError":""}"#
        #expect(try await Self.isLogging(on) == .bool(true))
        #expect(try await Self.isLogging(#"{"IsLogging":false}"#) == .bool(false))
        let refused = #"{"IsLogging":true,"LatestDeliveryError":"AccessDenied"}"#
        #expect(try await Self.isLogging(refused) == .bool(false))
        let all = #"{"EventSelectors":[{"IncludeManagementEvents":true,"ReadWriteType":"All"}]}"#
        #expect(try await Self.isLogging(on, selectors: all) == .bool(true))
        let none = #"{"EventSelectors":[{"IncludeManagementEvents":false,"ReadWriteType":"All"}]}"#
        #expect(try await Self.isLogging(on, selectors: none) == .bool(false))
        let field = #"{"Field":"eventCategory","Equals":["Management"]}"#
        let changes = #"{"AdvancedEventSelectors":[{"FieldSelectors":[\#(field)]}]}"#
        #expect(try await Self.isLogging(on, selectors: changes) == .bool(true))
        let reads =
            #"{"AdvancedEventSelectors":[{"FieldSelectors":[\#(field),{"Field":"readOnly","Equals":["true"]}]}]}"#
        #expect(try await Self.isLogging(on, selectors: reads) == .bool(false))
    }
}
