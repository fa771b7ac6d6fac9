import Evidence
import Formats
import Testing

@testable import Intake

/// Reports whose times do not say their zone.
@Suite struct UnzonedTimeTests {
    private static let note = "times without zone"

    @Test(arguments: ["junit", "xccdf", "openvas"])
    func `a report without zones is taken for UTC, and says so once`(_ format: String) throws {
        let sample = try #require(ImportSample.all.first { $0.format == format })
        let zoned = try Imported.from(sample.bytes)
        #expect(zoned.drafts.allSatisfy { $0.parameters[Self.note] == nil })
        let text = sample.text.replacing("2026-03-01T09:00:00Z", with: "2026-03-01T09:00:00")
        try #require(text != sample.text)
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        #expect(imported.facts == zoned.facts)
        #expect(imported.drafts.last?.parameters[Self.note] == "taken for UTC")
    }

    @Test func `a finding of OCSF may have its time as a text`() throws {
        let sample = try #require(ImportSample.all.first { $0.format == "ocsf" })
        let times: [(String, String?)] = [
            ("2026-03-01T09:00:00", "taken for UTC"), ("2026-03-01T09:00:00Z", nil),
        ]
        for (written, noted) in times {
            let text = sample.text.replacing(
                #""severity":"High","time":1772355600"#, with: #""severity":"High","time_dt":"\#(written)""#)
            try #require(text != sample.text)
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.isClean, "\(imported.reasons)")
            #expect(imported.drafts.last?.parameters[Self.note] == noted)
        }
    }

    @Test func `the end of a host of Nessus has no zone, its timestamp needs none`() throws {
        let sample = try #require(ImportSample.all.first { $0.format == "nessus" })
        #expect(try Imported.from(sample.bytes).drafts.last?.parameters[Self.note] == "taken for UTC")
        let text = sample.text.replacing(
            "<HostProperties>", with: #"<HostProperties><tag name="HOST_END_TIMESTAMP">1772355600</tag>"#)
        #expect(try Imported.from(Array(text.utf8)).drafts.last?.parameters[Self.note] == nil)
    }
}
