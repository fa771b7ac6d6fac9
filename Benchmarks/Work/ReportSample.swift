import Formats
import Foundation
import Workload

/// A made-up report in the shape and with the padding that real tools write.
struct ReportSample: Sendable {
    let name: String
    /// The kind that each record becomes one fact of.
    let kind: Identifier
    var isXML = false
    let head: String
    let tail: String
    /// Between two records.
    let divider: String
    let record: @Sendable (_ number: Int, _ random: inout SplitMix64) -> String

    static let all = [sarif, ocsf, cycloneDX, cloudTrail, junit, xccdf]

    /// Writes as many records as so many bytes hold, and says how long the file is and how many they are.
    func write(to path: String, bytes: Int = .max, records: Int = .max) throws -> (length: Int, count: Int) {
        var random = SplitMix64(seed: 11)
        try Data().write(to: URL(fileURLWithPath: path))
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw NotMeasured("\(path) cannot be written")
        }
        defer { try? file.close() }
        var part = Array(head.utf8)
        var (length, count) = (0, 0)
        while length + part.count < bytes, count < records {
            if count > 0 { part += divider.utf8 }
            part += record(count, &random).utf8
            count += 1
            if part.count > 1 << 20 {
                try file.write(contentsOf: Data(part))
                length += part.count
                part.removeAll(keepingCapacity: true)
            }
        }
        part += tail.utf8
        try file.write(contentsOf: Data(part))
        return (length + part.count, count)
    }

    static let sarif = ReportSample(
        name: "SARIF", kind: "scan.finding",
        head: """
            {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{
            "name":"Scan","version":"1.2","rules":[{"id":"R0","defaultConfiguration":{"level":"error"}},{"id":"R1"}]}},
            "invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-01T09:00:00Z"}],"results":[
            """, tail: "]}]}", divider: ",\n"
    ) { number, random in
        """
        {"message":{"text":"Possible shell injection in a call with a shell: the command is put together from \
        parts that others may choose. Pass a list of arguments instead, and no shell."},"level":"warning",\
        "locations":[{"physicalLocation":{"region":{"snippet":{"text":"    run(command + name, shell=True)\\n"},\
        "endColumn":44,"endLine":\(number % 900 + 1),"startColumn":5,"startLine":\(number % 900 + 1)},\
        "artifactLocation":{"uri":"src/part-\(number / 900)/module_\(random.below(900)).py"},"contextRegion":\
        {"snippet":{"text":"def run_it(name):\\n    run(command + name, shell=True)\\n    return True\\n"},\
        "endLine":12,"startLine":10}}}],"properties":{"issue_confidence":"HIGH","issue_severity":"LOW"},\
        "partialFingerprints":{"primaryLocationLineHash":"\(random.hex(40))"},\
        "ruleId":"R\(random.below(2))","ruleIndex":1,"guid":"\(number)"}
        """
    }

    static let ocsf = ReportSample(
        name: "OCSF", kind: "config.finding", head: "[", tail: "]", divider: ",\n"
    ) { number, random in
        """
        {"message":"The store store-\(number) does not refuse requests without TLS.","metadata":{"event_code":\
        "store_secure_transport","product":{"name":"Prowler","uid":"prowler","vendor_name":"Prowler","version":"5.1"},\
        "profiles":["cloud","datetime"],"tenant_uid":"","version":"1.4.0"},"severity_id":3,"severity":"Medium",\
        "status":"New","status_code":"\(number % 7 == 0 ? "FAIL" : "PASS")","status_detail":"the policy lacks a rule",\
        "status_id":1,"unmapped":{"categories":["encryption"],"depends_on":[],"compliance":{"CIS-3.0":["2.1.1"],\
        "SOC2":["cc_6_7"],"HIPAA":["164_312_e_1"]}},"activity_name":"Create","activity_id":1,"finding_info":{\
        "created_time":1772355600,"created_time_dt":"2026-03-01T09:00:00","desc":"Whether stores refuse requests \
        without TLS.","product_uid":"prowler","title":"Stores must refuse plain requests","types":[],\
        "uid":"prowler-\(random.hex(12))-\(number)"},"resources":[{"cloud_partition":"aws","region":"eu-west-\
        \(random.below(3))","data":{"details":"","metadata":{"arn":"arn:aws:s3:::store-\(number)"}},"group":{"name":"s3"},\
        "labels":[],"name":"store-\(number)","type":"AwsS3Bucket","uid":"arn:aws:s3:::store-\(number)"}],\
        "category_name":"Findings","category_uid":2,"class_name":"Detection Finding","class_uid":2004,\
        "cloud":{"account":{"name":"","type":"AWS Account","uid":"123456789012"},"provider":"aws"},\
        "remediation":{"desc":"Add a rule that denies.","references":["https://docs.example.com/s3/tls"]},\
        "time":1772355600,"time_dt":"2026-03-01T09:00:00","type_uid":200401,"type_name":"Detection Finding: Create"}
        """
    }

    static let cycloneDX = ReportSample(
        name: "CycloneDX", kind: "sbom.component",
        head: """
            {"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"timestamp":"2026-03-01T09:00:00Z",
            "tools":{"components":[{"name":"gen","version":"2"}]}},"components":[
            """, tail: "]}", divider: ",\n"
    ) { number, random in
        """
        {"bom-ref":"part-\(number)==1.\(random.below(40)).0","description":"A library that does one thing, and another \
        one beside it that it should not","externalReferences":[{"comment":"from packaging metadata: Home-page","type":\
        "website","url":"https://parts.example.com/part-\(number)"},{"comment":"Source","type":"vcs","url":\
        "https://code.example.com/part-\(number)"}],"hashes":[{"alg":"SHA-256","content":"\(random.hex(64))"}],\
        "licenses":[{"license":{"acknowledgement":"declared","id":"MIT"}}],"name":"part-\(number)",\
        "purl":"pkg:pypi/part-\(number)@1.\(random.below(40)).0","type":"library","version":"1.\(random.below(40)).0"}
        """
    }

    static let cloudTrail = ReportSample(
        name: "CloudTrail", kind: "cloud.activity", head: #"{"Records":["#, tail: "]}", divider: ","
    ) { number, random in
        let at = Instant(microseconds: 1_772_355_600_000_000 + Int64(number) * 1_000_000)
        return """
            {"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA\(random.hex(16)):worker",\
            "arn":"arn:aws:sts::123456789012:assumed-role/worker/i-\(random.hex(8))","accountId":"123456789012",\
            "accessKeyId":"ASIA\(random.hex(16))","sessionContext":{"sessionIssuer":{"type":"Role","principalId":\
            "AROA\(random.hex(16))","arn":"arn:aws:iam::123456789012:role/worker","accountId":"123456789012",\
            "userName":"worker"},"webIdFederationData":{},"attributes":{"creationDate":"2026-03-01T07:52:11Z",\
            "mfaAuthenticated":"false"},"ec2RoleDelivery":"2.0"}},"eventTime":"\(at)","eventSource":\
            "kms.amazonaws.com","eventName":"Decrypt","awsRegion":"eu-west-3","sourceIPAddress":"10.0.\
            \(random.below(250)).\(random.below(250))","userAgent":"aws-sdk-java/2.20 Linux/5.10 OpenJDK_64-Bit/17",\
            "requestParameters":{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"aws:s3:arn":\
            "arn:aws:s3:::images"}},"responseElements":null,"requestID":"\(random.hex(32))","eventID":\
            "\(random.hex(32))-\(number)","readOnly":true,"resources":[{"accountId":"123456789012","type":"AWS::KMS::Key",\
            "ARN":"arn:aws:kms:eu-west-3:123456789012:key/\(random.hex(32))"}],"eventType":"AwsApiCall",\
            "managementEvent":true,"recipientAccountId":"123456789012","sharedEventID":"\(random.hex(32))",\
            "eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",\
            "clientProvidedHostHeader":"kms.eu-west-3.amazonaws.com"}}
            """
    }

    static let junit = ReportSample(
        name: "JUnit XML", kind: "test.result", isXML: true,
        head: #"<?xml version="1.0"?><testsuites><testsuite name="s" timestamp="2026-03-01T09:00:00Z">"#,
        tail: "</testsuite></testsuites>", divider: "\n"
    ) { number, random in
        number % 9 == 0
            ? """
            <testcase classname="tests.part_\(number / 500).TestIt" name="test_\(number)" time="0.0\(random.below(90))">\
            <failure message="AssertionError: 1 is not 2">def test_it():\n        value = compute(1)\n&gt;       assert \
            value == 2\nE       assert 1 == 2\n\ntests/part.py:12: AssertionError</failure></testcase>
            """
            : """
            <testcase classname="tests.part_\(number / 500).TestIt" name="test_\(number)" time="0.0\(random.below(90))" />
            """
    }

    static let xccdf = ReportSample(
        name: "XCCDF", kind: "config.finding", isXML: true,
        head: """
            <TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" id="t" end-time="2026-03-01T09:00:00Z"
            test-system="cpe:/a:redhat:openscap:1.3.7"><benchmark id="b"/><profile idref="x_profile_cis"/>
            <target>host-1</target>
            """, tail: "<score>88.7</score></TestResult>", divider: "\n"
    ) { number, random in
        """
        <rule-result idref="xccdf_org.example_rule_\(number)" role="full" time="2026-03-01T09:00:00+00:00" \
        severity="medium" weight="1.000000"><result>\(number % 5 == 0 ? "fail" : "pass")</result><ident \
        system="https://ids.example.org">CCE-\(random.below(99_999))-4</ident><check \
        system="http://oval.mitre.org/XMLSchema/oval-definitions-5"><check-export \
        export-name="oval:var:\(number)" value-id="xccdf_value_\(number)"/><check-content-ref \
        name="oval:def:\(number)" href="#oval0"/></check></rule-result>
        """
    }
}
