import Evidence
import Formats
import Foundation
import Testing

@testable import Intake

/// A small document of one format, written from the format's public description, and what comes out of it.
struct ImportSample: Sendable, CustomTestStringConvertible {
    let format: String
    /// Of a format that has several.
    var encoding = ""
    let text: String
    /// Records by kind, coverage not counted.
    let facts: [String: Int]
    /// A word of the reason why the sample by itself covers nothing; nil when it covers its states.
    var gap: String?
    /// The end of the text can be seen from the text.
    var hasEnd = true

    var testDescription: String { format + encoding }
    var bytes: [UInt8] { Array(text.utf8) }
    var isXML: Bool { text.hasPrefix("<") }

    /// In each sample this word stands where a stranger may write anything.
    static let free = "FREETEXT"

    static let all: [ImportSample] = [
        ImportSample(
            format: "sarif",
            text: """
                {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Scan","version":"1","rules":[
                {"id":"R1","defaultConfiguration":{"level":"error"}},{"id":"R2"}]}},
                "invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-01T09:00:00Z"}],
                "results":[{"ruleId":"R1","message":{"text":"FREETEXT"},"locations":[{"physicalLocation":
                {"artifactLocation":{"uri":"FREETEXT.py"},"region":{"startLine":3}}}]},
                {"ruleId":"R2","level":"note","kind":"pass","message":{"text":"fine"}},
                {"ruleIndex":1,"level":"warning","message":{"text":"b"},"suppressions":[{"kind":"inSource"}]}]}]}
                """, facts: ["scan.finding": 1, "scan.run": 1]),
        ImportSample(
            format: "ocsf",
            text: """
                [{"class_uid":2004,"status_code":"FAIL","severity":"High","time":1772355600,
                "metadata":{"event_code":"s3_public","product":{"name":"Prowler","version":"5.0"}},
                "finding_info":{"uid":"u1"},"resources":[{"uid":"arn:FREETEXT","region":"eu-west-3"}],
                "cloud":{"account":{"uid":"1"}},"unmapped":{"compliance":{"CIS-3.0":["2.1"]}}},
                {"class_uid":2003,"status_code":"MANUAL","severity":"Low","time":1772355600000,
                "metadata":{"event_code":"root_use"},"finding_info":{"uid":"u2"},"cloud":{"account":{"uid":"1"}}},
                {"class_uid":6003,"time":1772355600}]
                """, facts: ["config.finding": 2]),
        ImportSample(
            format: "cyclonedx",
            text: """
                {"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-03-01T09:00:00Z",
                "tools":{"components":[{"name":"gen","version":"2"}]},"component":{"name":"viewer"}},
                "components":[{"name":"FREETEXT","bom-ref":"a","version":"1","purl":"pkg:pypi/a@1",
                "components":[{"name":"inner","version":"3"}]}],
                "vulnerabilities":[{"id":"CVE-2026-1","ratings":[{"severity":"high"}],"affects":[{"ref":"a"}]},
                {"id":"CVE-2026-2","affects":[{"ref":"a"}],"analysis":{"state":"not_affected",
                "justification":"code_not_reachable"}}]}
                """, facts: ["sbom.component": 2, "scan.finding": 1, "vex.statement": 1]),
        ImportSample(
            format: "cyclonedx", encoding: " in XML",
            text: """
                <?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><metadata>
                <timestamp>2026-03-01T09:00:00Z</timestamp><component type="application"><name>viewer</name></component>
                </metadata><components><component type="library" bom-ref="a"><name>FREETEXT</name><version>1</version></component>
                </components><vulnerabilities><vulnerability><id>CVE-2026-1</id><affects><target><ref>a</ref></target>
                </affects></vulnerability></vulnerabilities></bom>
                """, facts: ["sbom.component": 1, "scan.finding": 1]),
        ImportSample(
            format: "spdx",
            text: """
                {"spdxVersion":"SPDX-2.3","name":"viewer","creationInfo":{"created":"2026-03-01T09:00:00Z",
                "creators":["Tool: gen-1"]},"packages":[{"name":"FREETEXT","versionInfo":"1","licenseConcluded":"MIT",
                "externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]},{"name":"b"}]}
                """, facts: ["sbom.component": 2]),
        ImportSample(
            format: "spdx", encoding: " in tags",
            text: """
                ## Document Information
                SPDXVersion: SPDX-2.3
                SPDXID: SPDXRef-DOCUMENT
                DocumentName: viewer
                Creator: Tool: gen-1
                Created: 2026-03-01T09:00:00Z
                CreatorComment: <text>A value of
                PackageName: several lines.</text>

                PackageName: FREETEXT
                SPDXID: SPDXRef-a
                PackageVersion: 1
                PackageDownloadLocation: NOASSERTION
                PackageLicenseConcluded: MIT
                ExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1

                PackageName: b
                SPDXID: SPDXRef-b
                PackageDownloadLocation: NONE

                Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-viewer

                """, facts: ["sbom.component": 2], hasEnd: false),
        ImportSample(
            format: "junit",
            text: """
                <testsuites><testsuite name="s" tests="4" timestamp="2026-03-01T09:00:00Z">
                <testcase classname="c" name="FREETEXT"/><testcase classname="c" name="b"><failure>no</failure></testcase>
                <testcase classname="c" name="d"><error/></testcase><testcase classname="c" name="e"><skipped/></testcase>
                </testsuite></testsuites>
                """, facts: ["test.result": 4]),
        ImportSample(
            format: "trivy",
            text: """
                {"SchemaVersion":2,"ArtifactName":"image:1","CreatedAt":"2026-03-01T09:00:00Z","Results":[{"Target":
                "os","Class":"os-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"FREETEXT",
                "InstalledVersion":"1","Severity":"CRITICAL"}]},{"Target":"Dockerfile","Misconfigurations":[
                {"ID":"DS1","Severity":"HIGH","Status":"FAIL"},{"ID":"DS2","Severity":"LOW","Status":"PASS"}]}]}
                """, facts: ["scan.finding": 1, "config.finding": 2, "scan.run": 1]),
        ImportSample(
            format: "grype",
            text: """
                {"matches":[{"vulnerability":{"id":"CVE-2026-1","severity":"High"},"artifact":{"name":"a",
                "purl":"pkg:npm/FREETEXT@1"}}],"ignoredMatches":[{}],"source":{"target":"dir"},"descriptor":{
                "name":"grype","version":"0.9","timestamp":"2026-03-01T09:00:00Z",
                "db":{"status":{"built":"2026-02-28T09:00:00Z","valid":true}}}}
                """, facts: ["scan.finding": 1, "scan.run": 1]),
        ImportSample(
            format: "osv",
            text: """
                {"results":[{"source":{"path":"lock"},"packages":[{"package":{"name":"FREETEXT","version":"1"},
                "vulnerabilities":[{"id":"GHSA-1"},{"id":"GHSA-2","withdrawn":"2026-01-01T00:00:00Z"}],
                "groups":[{"ids":["GHSA-1"],"max_severity":"9.8"}]}]}],"experimental_config":{}}
                """, facts: ["scan.finding": 1, "scan.run": 1], gap: "--at"),
        ImportSample(
            format: "csaf",
            text: """
                {"document":{"csaf_version":"2.0","publisher":{"name":"Maker"},"tracking":{"id":"A-1","status":"final",
                "current_release_date":"2026-03-01T09:00:00Z"}},"product_tree":{"full_product_names":[
                {"product_id":"P1","name":"FREETEXT"}]},"vulnerabilities":[{"cve":"CVE-2026-1",
                "product_status":{"known_not_affected":["P1"],"fixed":["P9"]}}]}
                """, facts: ["vex.statement": 1], gap: "aside"),
        ImportSample(
            format: "oscal",
            text: """
                {"catalog":{"uuid":"u","metadata":{"title":"Small","last-modified":"2026-03-01T09:00:00Z",
                "oscal-version":"1.1.2"},"groups":[{"title":"Access","controls":[{"id":"ac-1","title":"FREETEXT",
                "controls":[{"id":"ac-1.1","title":"More"}]}]}]}}
                """, facts: ["framework.control": 2]),
        ImportSample(
            format: "cloudtrail",
            text: """
                {"Records":[{"eventVersion":"1.08","eventID":"e1","eventTime":"2026-03-01T09:00:00Z",
                "eventSource":"iam.amazonaws.com","eventName":"CreateUser","userIdentity":{"arn":"arn:FREETEXT"},
                "readOnly":false},{"eventVersion":"1.08","eventID":"e2","eventTime":"2026-03-01T09:01:00Z",
                "eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"arn":"arn:b"},
                "responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"No"},
                "errorCode":"x"}]}
                """, facts: ["cloud.activity": 2, "auth.event": 1]),
        ImportSample(
            format: "prometheus",
            text: """
                {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"web","instance":"FREETEXT"},
                "values":[[1772355600,"1"],[1772355660,"0"],[1772355900,"1"],[1772355960,"1"]]}]}}
                """, facts: ["uptime.probe": 4]),
        ImportSample(
            format: "fhir-audit",
            text: """
                {"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"AuditEvent","id":"a1",
                "type":{"code":"rest"},"action":"R","recorded":"2026-03-01T09:00:00Z","outcome":"0",
                "agent":[{"who":{"reference":"Practitioner/FREETEXT"},"requestor":true}],
                "source":{"observer":{"display":"ehr"}},"entity":[{"what":{"reference":"Patient/7"}}],
                "purposeOfEvent":[{"coding":[{"code":"BTG"}]}]}},{"resource":{"resourceType":"AuditEvent","id":"a2",
                "code":{"coding":[{"code":"110114"}]},"category":[{}],"recorded":"2026-03-01T09:01:00Z",
                "outcome":{"code":{"code":"8"}},"agent":[{"who":{"reference":"Practitioner/2"},"requestor":true}],
                "source":{"observer":{"display":"ehr"}}}}]}
                """, facts: ["phi.access": 1, "auth.event": 1]),
        ImportSample(
            format: "atna",
            text: """
                <AuditMessages><AuditMessage><EventIdentification EventActionCode="R"
                EventDateTime="2026-03-01T09:00:00Z" EventOutcomeIndicator="0"><EventID csd-code="110103"
                originalText="DICOM Instances Accessed"/></EventIdentification><ActiveParticipant UserID="FREETEXT"
                UserIsRequestor="true"/><AuditSourceIdentification AuditSourceID="pacs"/>
                <ParticipantObjectIdentification ParticipantObjectID="77" ParticipantObjectTypeCodeRole="1">
                <ParticipantObjectIDTypeCode csd-code="2"/></ParticipantObjectIdentification></AuditMessage>
                <AuditMessage><EventIdentification EventActionCode="E" EventDateTime="2026-03-01T09:02:00Z"
                EventOutcomeIndicator="4"><EventID code="110114" displayName="User Authentication"/>
                </EventIdentification><ActiveParticipant UserID="u2" UserIsRequestor="true"/>
                <AuditSourceIdentification AuditSourceID="pacs"/></AuditMessage></AuditMessages>
                """, facts: ["phi.access": 1, "auth.event": 1]),
        ImportSample(
            format: "nmap",
            text: """
                <?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap" version="7.93" start="1772355600">
                <host><status state="up"/><address addr="127.0.0.1" addrtype="ipv4"/><ports><port protocol="tcp"
                portid="443"><state state="open"/><service name="FREETEXT"/><script id="ssl-enum-ciphers"><table
                key="TLSv1.2"/><table key="TLSv1.3"/></script></port><port protocol="tcp" portid="22"><state
                state="closed"/></port></ports></host><runstats><finished time="1772355700" exit="success"/>
                <hosts up="1" down="2" total="3"/></runstats></nmaprun>
                """, facts: ["network.port": 1, "tls.endpoint": 1]),
        ImportSample(
            format: "xccdf",
            text: """
                <TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" id="t" end-time="2026-03-01T09:00:00Z"
                test-system="cpe:/a:redhat:openscap:1.3.7"><benchmark id="b"/><profile idref="x_profile_cis"/>
                <target>FREETEXT</target><rule-result idref="r1" severity="high"><result>pass</result></rule-result>
                <rule-result idref="r2" severity="high"><result>fail</result></rule-result>
                <rule-result idref="r3"><result>notchecked</result></rule-result>
                <rule-result idref="r4"><result>notapplicable</result></rule-result>
                <rule-result idref="r5"><result>notselected</result></rule-result><score>88.7</score></TestResult>
                """, facts: ["config.finding": 3]),
        ImportSample(
            format: "nessus",
            text: """
                <NessusClientData_v2><Report name="r"><ReportHost name="h1"><HostProperties>
                <tag name="HOST_END">Sun Mar  1 09:00:00 2026</tag><tag name="Credentialed_Scan">true</tag>
                </HostProperties><ReportItem pluginID="19506" port="0" protocol="tcp" severity="0"><plugin_output>
                Plugin feed version : 202602270203
                </plugin_output></ReportItem><ReportItem pluginID="1" port="0" protocol="tcp" severity="0" pluginName="info"/>
                <ReportItem pluginID="2" port="443" protocol="tcp" severity="4" pluginName="FREETEXT"><cve>CVE-2026-1</cve>
                </ReportItem></ReportHost></Report></NessusClientData_v2>
                """, facts: ["scan.finding": 1, "scan.run": 1]),
        ImportSample(
            format: "openvas",
            text: """
                <report format_id="a994b278" extension="xml"><report><task><name>weekly</name></task><results><result>
                <name>FREETEXT</name><host>10.0.0.1</host><port>443/tcp</port><nvt oid="1.2.3"><refs><ref type="cve"
                id="CVE-2026-1"/></refs></nvt><severity>9.8</severity></result></results><result_count><full>1</full>
                <filtered>1</filtered></result_count><host><ip>10.0.0.1</ip>
                <detail><name>Auth-SSH-Success</name></detail></host><scan_end>2026-03-01T09:00:00Z</scan_end></report></report>
                """, facts: ["scan.finding": 1, "scan.run": 1]),
        ImportSample(
            format: "aws-credential-report",
            text: """
                user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated
                FREETEXT,arn:aws:iam::1:user/a,2026-01-01T00:00:00+00:00,true,true,true,2026-02-01T00:00:00+00:00
                b,arn:aws:iam::1:user/b,2026-01-01T00:00:00+00:00,false,false,false,N/A
                <root_account>,arn:aws:iam::1:root,2025-01-01T00:00:00+00:00,not_supported,true,false,N/A
                """, facts: ["idp.account": 2, "cloud.key": 1, "cloud.account": 1], gap: "--at", hasEnd: false
        ),
    ]
}

/// What came out of one import.
struct Imported: Sendable {
    let drafts: [BatchDraft]
    let summaries: [ImportSummary]

    /// Imports a file of these bytes.
    static func from(
        _ bytes: [UInt8], name: String = "sample", as format: String? = nil,
        beside others: ImportedFiles = ImportedFiles(),
        _ change: (inout ImportSetting) -> Void = { _ in }
    ) throws -> Imported {
        let folder = try Folder()
        try folder.write(name, bytes)
        return try Imported.path(folder.path + "/" + name, as: format, beside: others, change)
    }

    static func path(
        _ path: String, as format: String? = nil, beside others: ImportedFiles = ImportedFiles(),
        _ change: (inout ImportSetting) -> Void = { _ in }
    ) throws -> Imported {
        var setting = ImportSetting(format: format, collector: .init(name: "import", version: "1")) { noon }
        change(&setting)
        var drafts: [BatchDraft] = []
        let run = ImportRun(setting: setting, beside: others) { drafts.append($0.draft) }
        try run.path(path)
        drafts += others.coverage(setting).map(\.draft)
        return Imported(drafts: drafts, summaries: run.summaries)
    }

    var facts: [Fact] { drafts.flatMap { $0.facts.map(\.fact) } }
    var reasons: [String] { drafts.flatMap { $0.failures.map(\.reason) } }
    var setAside: [String] { drafts.flatMap { $0.setAside.map(\.reason) } }
    /// Nothing is known to be missing.
    var isClean: Bool { reasons.isEmpty && setAside.isEmpty }
    var covered: [Fact] { facts.filter { if case .coverage = $0.shape { true } else { false } } }

    var counts: [String: Int] {
        facts.reduce(into: [:]) { counts, fact in
            if fact.value != nil { counts[fact.kind.text, default: 0] += 1 }
        }
    }

    func values(_ kind: String) -> [JSONObject] { facts.filter { $0.kind.text == kind }.compactMap(\.value) }
}

extension Folder {
    func write(_ name: String, _ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path + "/" + name)) }
    }
}
