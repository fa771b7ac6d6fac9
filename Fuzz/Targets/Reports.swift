import Evidence
import Formats
import Intake

extension FuzzTarget {
    /// One target a family: the input is imported as each of its formats.
    static let reports = [
        family("import-scans", ["sarif", "ocsf", "trivy", "grype", "osv"], scans),
        family("import-scans-xml", ["junit", "nmap", "xccdf", "nessus", "openvas"], scansXML),
        family("import-components", ["cyclonedx", "spdx", "csaf", "oscal"], components),
        family("import-activity", ["cloudtrail", "prometheus", "fhir-audit", "atna"], activity),
        family("import-rosters", ["aws-credential-report", "csv"], rosters),
        // What is packed, and what no importer was asked for.
        family("import-any", [nil], scans + scansXML + components + activity + rosters + packed),
    ]

    private static func family(_ name: String, _ formats: [String?], _ texts: [String]) -> FuzzTarget {
        FuzzTarget(name, texts: texts) { input in
            for format in formats {
                // In one piece and in pieces of seven bytes the same comes out.
                let whole = imported(input, as: format, pieces: 1 << 18)
                precondition(!whole.isEmpty, "an import without a batch")
                if input.count < 4_096 {
                    precondition(
                        whole == imported(input, as: format, pieces: 7), "the cut of the pieces shows")
                }
            }
        }
    }

    private static let now = Instant(microseconds: 1_772_366_400_000_000)

    private static func imported(_ bytes: [UInt8], as format: String?, pieces: Int) -> [String] {
        let mapping = try? ColumnMapping(parsing: Array(Self.mapping.utf8))
        let setting = ImportSetting(
            format: format, at: now, mapping: format == "csv" ? mapping : nil,
            collector: .init(name: "fuzz", version: "0")
        ) { now }
        var batches: [String] = []
        do {
            try Importers.read(ByteStream(bytes, pieces: pieces), name: "fuzz", setting: setting) {
                delivery in
                let draft = delivery.draft
                for fact in draft.facts {
                    precondition(fact.fact.key.text.utf8.count <= 1_000, "a key without end")
                    precondition(
                        (try? CanonicalJSON.encode(fact.fact.json)) != nil, "a fact that cannot be sealed")
                }
                let isCovering = draft.facts.contains {
                    if case .coverage = $0.fact.shape { true } else { false }
                }
                precondition(!isCovering || draft.failures.isEmpty, "a gap, and covered")
                batches.append(
                    "\(draft.source) \(draft.mode) \(draft.facts.count) \(draft.setAside.count) \(draft.failures.count)"
                )
            }
        } catch {
            // Only the record's own errors may come out, and there is no record here.
            preconditionFailure("\(error)")
        }
        return batches
    }

    private static let scans = [
        #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"S","rules":[{"id":"R1"}]}},"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-01T09:00:00Z"}],"results":[{"ruleId":"R1","level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"},"region":{"startLine":3}}}]},{"ruleIndex":0,"kind":"pass"}]}]}"#,
        #"[{"class_uid":2004,"status_code":"FAIL","severity":"High","time":1772355600,"metadata":{"event_code":"r","product":{"name":"P"}},"resources":[{"uid":"u"}],"cloud":{"account":{"uid":"1"}}}]"#,
        #"{"SchemaVersion":2,"ArtifactName":"i","CreatedAt":"2026-03-01T09:00:00Z","Results":[{"Target":"os","Class":"os-pkgs","Vulnerabilities":[{"VulnerabilityID":"C","PkgName":"p","Severity":"LOW"}],"Misconfigurations":[{"ID":"D","Status":"PASS"}]}]}"#,
        #"{"matches":[{"vulnerability":{"id":"C","severity":"High"},"artifact":{"name":"a","purl":"p"}}],"descriptor":{"name":"grype","timestamp":"2026-03-01T09:00:00Z","db":{"status":{"built":"2026-02-28T09:00:00Z","valid":true}}}}"#,
        #"{"results":[{"source":{"path":"l"},"packages":[{"package":{"name":"n","version":"1"},"vulnerabilities":[{"id":"G"}],"groups":[{"ids":["G"],"max_severity":"9.8"}]}]}]}"#,
        #"{"dependencies":[{"name":"a","version":"1","vulns":[]},{"name":"b","skip_reason":"x"}],"fixes":[]}"#,
    ]

    private static let scansXML = [
        #"<testsuites><testsuite name="s" tests="2" timestamp="2026-03-01T09:00:00Z"><testcase classname="c" name="a"/><testcase name="b"><failure>x</failure></testcase></testsuite></testsuites>"#,
        #"<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap" start="1772355600"><host><status state="up"/><address addr="127.0.0.1"/><ports><port protocol="tcp" portid="443"><state state="open"/></port></ports></host><runstats><finished time="1772355700" exit="success"/><hosts up="1"/></runstats></nmaprun>"#,
        #"<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" end-time="2026-03-01T09:00:00Z"><target>t</target><rule-result idref="r"><result>pass</result></rule-result></TestResult>"#,
        #"<NessusClientData_v2><Report name="r"><ReportHost name="h"><HostProperties><tag name="HOST_END">Sun Mar  1 09:00:00 2026</tag></HostProperties><ReportItem pluginID="2" port="1" severity="4"/></ReportHost></Report></NessusClientData_v2>"#,
        #"<report><report><results><result><name>n</name><host>h</host><nvt oid="1"/><severity>9.8</severity></result></results><result_count><full>1</full><filtered>1</filtered></result_count><scan_end>2026-03-01T09:00:00Z</scan_end></report></report>"#,
    ]

    private static let components = [
        #"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-03-01T09:00:00Z"},"components":[{"bom-ref":"a","name":"a","version":"1","components":[{"name":"b"}]}],"vulnerabilities":[{"id":"C","ratings":[{"severity":"high"}],"affects":[{"ref":"a"}],"analysis":{"state":"not_affected"}}]}"#,
        #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><timestamp>2026-03-01T09:00:00Z</timestamp></metadata><components><component bom-ref="a"><name>a</name><components><component><name>b</name></component></components></component></components><vulnerabilities><vulnerability><id>C</id><affects><target><ref>a</ref></target></affects><analysis><state>not_affected</state></analysis></vulnerability></vulnerabilities></bom>"#,
        #"{"spdxVersion":"SPDX-2.3","name":"v","creationInfo":{"created":"2026-03-01T09:00:00Z","creators":["Tool: g"]},"packages":[{"name":"n","externalRefs":[{"referenceType":"purl","referenceLocator":"p"}]}]}"#,
        "SPDXVersion: SPDX-2.3\nDocumentName: v\nCreated: 2026-03-01T09:00:00Z\nComment: <text>a\nb</text>\nPackageName: n\nSPDXID: SPDXRef-n\nPackageVersion: 1\nPackageDownloadLocation: NONE\nExternalRef: PACKAGE-MANAGER purl p\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-n\n",
        #"{"document":{"csaf_version":"2.0","tracking":{"id":"A","status":"final","current_release_date":"2026-03-01T09:00:00Z"}},"product_tree":{"full_product_names":[{"product_id":"P1","name":"n"}]},"vulnerabilities":[{"cve":"C","product_status":{"fixed":["P1"]}}]}"#,
        #"{"catalog":{"uuid":"u","metadata":{"title":"S","last-modified":"2026-03-01T09:00:00Z","oscal-version":"1.1.2"},"groups":[{"controls":[{"id":"a","title":"t","controls":[{"id":"b"}]}]}]}}"#,
    ]

    private static let activity = [
        #"{"Records":[{"eventVersion":"1.08","eventID":"e","eventTime":"2026-03-01T09:00:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"arn":"a"},"responseElements":{"ConsoleLogin":"Failure"}}]}"#,
        #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"w"},"values":[[1772355600,"1"],[1772355660,"0"],[1772355720.5,"NaN"]]}]}}"#,
        #"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"AuditEvent","id":"a","type":{"code":"rest"},"action":"R","recorded":"2026-03-01T09:00:00Z","outcome":"0","agent":[{"who":{"reference":"P/1"},"requestor":true}],"entity":[{"what":{"reference":"Patient/7"}}]}}]}"#,
        #"<AuditMessage><EventIdentification EventActionCode="R" EventDateTime="2026-03-01T09:00:00Z" EventOutcomeIndicator="0"><EventID csd-code="110103"/></EventIdentification><ActiveParticipant UserID="u" UserIsRequestor="true"/><ParticipantObjectIdentification ParticipantObjectID="7" ParticipantObjectTypeCodeRole="1"/></AuditMessage>"#,
    ]

    private static let rosters = [
        "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated\na,arn:aws:iam::1:user/a,2026-01-01T00:00:00+00:00,true,true,true,2026-02-01T00:00:00+00:00\n<root_account>,arn:aws:iam::1:root,2025-01-01T00:00:00+00:00,not_supported,true,false,N/A\n"
    ]

    private static let mapping = """
        {"kind":"hr.employment","key":"user","complete":true,"fields":{"person_id":"arn","started_at":{"column":
        "user_creation_time","type":"date"},"involuntary":{"column":"mfa_active","true":["true"],"false":["false"]}}}
        """

    private static let packed = ["SPDXVersion: SPDX-2.3\n", "PK\u{3}\u{4}", "BZh9", "\u{FEFF}{}"]
}
