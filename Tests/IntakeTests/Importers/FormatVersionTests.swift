import Evidence
import Formats
import Testing

@testable import Intake

/// Documents of versions that are not known: they may mean something else by what they say.
@Suite struct FormatVersionTests {
    private static func sample(_ format: String, _ encoding: String = "") -> String {
        ImportSample.all.first { $0.format == format && $0.encoding == encoding }?.text ?? ""
    }

    private static let product = #""product":{"name":"Prowler""#

    /// What stands for a version in each sample, and what for one that is not known.
    private static let versions: [(text: String, old: String, new: String, told: String)] = [
        (sample("sarif"), #""2.1.0""#, #""2.2.0""#, "SARIF 2.2.0"),
        (sample("ocsf"), product, #""version":"2.0.0",\#(product)"#, "OCSF 2.0.0"),
        (sample("ocsf"), product, #""version":"10.1.0",\#(product)"#, "OCSF 10.1.0"),
        (sample("cyclonedx"), #""1.6""#, #""2.0""#, "CycloneDX 2.0"),
        (sample("cyclonedx", " in XML"), "schema/bom/1.5", "schema/bom/2.0", "CycloneDX 2.0"),
        (sample("spdx"), "SPDX-2.3", "SPDX-2.9", "SPDX-2.9"),
        (sample("spdx", " in tags"), "SPDX-2.3", "SPDX-2.1", "SPDX-2.1"),
        (sample("csaf"), #""csaf_version":"2.0""#, #""csaf_version":"3.0""#, "CSAF 3.0"),
        (sample("oscal"), #""1.1.2""#, #""2.0.0""#, "OSCAL 2.0.0"),
        (sample("trivy"), #""SchemaVersion":2"#, #""SchemaVersion":3"#, "schema version 3"),
        (sample("cloudtrail"), #""eventVersion":"1.08""#, #""eventVersion":"9.0""#, "CloudTrail 9.0"),
        (
            sample("nmap"), #"version="7.93""#, #"version="7.93" xmloutputversion="2.00""#,
            "nmap XML 2.00"
        ),
        (sample("xccdf"), "xccdf/1.2", "xccdf/1.3", "XCCDF 1.3"),
        (sample("nessus"), "NessusClientData_v2", "NessusClientData_v3", "NessusClientData_v3"),
    ]

    @Test(arguments: versions.indices) func `a version that is not known is a gap that names it`(
        _ index: Int
    ) throws {
        let (text, old, new, told) = Self.versions[index]
        try #require(text.contains(old))
        let whole = Interval(from: noon - .days(1), to: noon)
        let imported = try Imported.from(Array(text.replacing(old, with: new).utf8)) { $0.covers = whole }
        #expect(
            imported.reasons.contains {
                $0.contains(told) && $0.contains("understood") || $0.contains("not 2")
            })
        #expect(imported.covered.isEmpty, "\(imported.covered)")
    }

    @Test(arguments: [
        (sample("ocsf"), product, #""version":"1.5.0",\#(product)"#),
        (sample("ocsf"), product, #""version":"1",\#(product)"#),
        (sample("cloudtrail"), #""eventVersion":"1.08""#, #""eventVersion":"1.11""#),
        (sample("nmap"), #"version="7.93""#, #"version="7.93" xmloutputversion="1.05""#),
        (sample("xccdf"), "xccdf/1.2", "xccdf/1.1"),
    ]) func `a version that is known is none`(_ text: String, _ old: String, _ new: String) throws {
        try #require(text.contains(old))
        let imported = try Imported.from(Array(text.replacing(old, with: new).utf8))
        #expect(imported.isClean && !imported.counts.isEmpty, "\(imported.reasons)")
    }
}
