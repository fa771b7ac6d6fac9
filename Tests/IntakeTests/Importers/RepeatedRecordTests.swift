import Evidence
import Formats
import Foundation
import Testing

@testable import Intake

/// The same id twice in one document: said twice it is one record, said otherwise the first one stands and the second
/// is set aside by name. Only test cases that ended otherwise are results of their own (`JUnitTests`), and audit
/// messages, which have no id and are known by all that they say (`AuditMessageTests`).
@Suite struct RepeatedRecordTests {
    /// One record of a sample: where it begins and ends in the text, what stands between two, and a change that leaves
    /// the id as it is.
    private struct Place {
        let from: String
        let to: String
        let divider: String
        let change: (from: String, to: String)

        init(_ from: String, _ to: String, _ divider: String = ",", change old: String, _ new: String) {
            (self.from, self.to, self.divider, change) = (from, to, divider, (old, new))
        }
    }

    private static let places: [String: Place] = [
        "sarif": Place(
            #"{"ruleId":"R1","message""#, #"{"startLine":3}}}]}"#, change: #""message""#,
            #""level":"note","message""#),
        "ocsf": Place(#"{"class_uid":2004"#, #"["2.1"]}}}"#, change: "FAIL", "PASS"),
        "cyclonedx": Place(
            #"{"name":"FREETEXT""#, #""version":"3"}]}"#, change: #""purl""#,
            #""licenses":[{"license":{"id":"MIT"}}],"purl""#),
        "cyclonedx in XML": Place(
            #"<component type="library""#, "</component>", "", change: "</version>",
            "</version><licenses><license><id>MIT</id></license></licenses>"),
        "spdx": Place(#"{"name":"FREETEXT""#, #""pkg:npm/a@1"}]}"#, change: "MIT", "Apache-2.0"),
        "spdx in tags": Place("PackageName: FREETEXT", "pkg:npm/a@1\n", "", change: "MIT", "Apache-2.0"),
        "junit": Place(
            #"<testcase classname="c" name="FREETEXT""#, "/>", "", change: "/>", "><failure/></testcase>"),
        "trivy": Place(#"{"VulnerabilityID""#, #""CRITICAL"}"#, change: "CRITICAL", "LOW"),
        "grype": Place(#"{"vulnerability""#, #"FREETEXT@1"}}"#, change: "High", "Low"),
        "osv": Place(#"{"package":"#, #""max_severity":"9.8"}]}"#, change: "9.8", "2.0"),
        "csaf": Place(#"{"cve""#, #"["P9"]}}"#, change: "known_not_affected", "known_affected"),
        "oscal": Place(#"{"id":"ac-1","#, #""title":"More"}]}"#, change: "FREETEXT", "Else"),
        "cloudtrail": Place(
            #"{"eventVersion":"1.08","eventID":"e1""#, #""readOnly":false}"#, change: "CreateUser",
            "DeleteUser"),
        "prometheus": Place(#"[1772355660,"0"]"#, "]", change: #""0""#, #""1""#),
        "fhir-audit": Place(
            #"{"resource":{"resourceType":"AuditEvent","id":"a1""#, #""BTG"}]}]}}"#,
            change: #""action":"R""#, #""action":"U""#),
        "atna": Place(
            #"<AuditMessage><EventIdentification EventActionCode="R""#, "</AuditMessage>", "",
            change: #"Accessed"/>"#, #"Accessed"/><EventTypeCode csd-code="110127"/>"#),
        "nmap": Place(#"<port protocol="tcp""#, "</port>", "", change: "FREETEXT", "else"),
        "xccdf": Place(#"<rule-result idref="r1""#, "</rule-result>", "", change: ">pass<", ">fail<"),
        "nessus": Place(
            #"<ReportItem pluginID="2""#, "</ReportItem>", "", change: #"severity="4""#, #"severity="1""#),
        "openvas": Place("<result>", "</result>", "", change: "9.8", "2.0"),
        "aws-credential-report": Place(
            "FREETEXT,", "N/A\n", "", change: ",true,true,true,", ",true,false,true,"),
    ]

    /// The sample with one record twice.
    private static func twice(_ sample: ImportSample, changed: Bool) throws -> [UInt8] {
        let place = try #require(
            places[sample.testDescription], "say where a record of \(sample.testDescription) stands")
        let start = try #require(sample.text.range(of: place.from)).lowerBound
        // The rows of a table end with the line.
        let last = sample.format == "aws-credential-report" ? "\n" : place.to
        let end = try #require(sample.text[start...].range(of: last)).upperBound
        let record = sample.text[start..<end]
        let other = record.replacing(place.change.from, with: place.change.to)
        try #require(other != record, "\(sample.format): the change must show")
        let again = changed ? String(other) : String(record)
        return Array((sample.text[..<end] + place.divider + again + sample.text[end...]).utf8)
    }

    @Test(arguments: ImportSample.all) func `what is said twice counts once`(_ sample: ImportSample) throws {
        let once = try Imported.from(sample.bytes)
        let twice = try Imported.from(try Self.twice(sample, changed: false))
        #expect(twice.counts == sample.facts, "\(twice.reasons) \(twice.setAside)")
        #expect(Set(twice.setAside) == Set(once.setAside))
    }

    @Test(arguments: ImportSample.all.filter { !["junit", "atna"].contains($0.format) })
    func `of two records with one id the first stands, the second is told`(
        _ sample: ImportSample
    ) throws {
        let once = try Imported.from(sample.bytes)
        let twice = try Imported.from(try Self.twice(sample, changed: true))
        #expect(twice.counts == sample.facts, "\(twice.reasons) \(twice.setAside)")
        #expect(
            twice.setAside.count > once.setAside.count && twice.setAside.contains { $0.contains("again") })
    }

    @Test
    func `a record that contradicts an earlier one makes its snapshot incomplete, an equal one does not`()
        throws
    {
        for format in ["sarif", "trivy", "cloudtrail"] {
            let sample = try #require(ImportSample.all.first { $0.testDescription == format })
            let equal = try Imported.from(try Self.twice(sample, changed: false))
            #expect(!equal.drafts.contains { $0.setAside.contains(where: \.mayHideRecord) }, "\(format)")
            let other = try Imported.from(try Self.twice(sample, changed: true))
            #expect(
                other.drafts.contains { draft in
                    draft.setAside.contains { $0.mayHideRecord && $0.reason.contains("again") }
                }, "\(format): \(other.setAside)")
        }
    }

    @Test func `an event that contradicts an earlier one takes the asserted coverage away`() throws {
        let sample = try #require(ImportSample.all.first { $0.format == "cloudtrail" })
        let day = Interval(from: noon - .days(1), to: noon)
        let equal = try Imported.from(try Self.twice(sample, changed: false)) { $0.covers = day }
        #expect(!equal.covered.isEmpty)
        let other = try Imported.from(try Self.twice(sample, changed: true)) { $0.covers = day }
        #expect(other.covered.isEmpty, "\(other.setAside)")
    }
}
