import Formats
import Testing

@testable import Catalog

@Suite struct OfficialTextTests {
    /// Built like the catalogs that NIST publishes: groups, nested controls, parameters, withdrawn ones.
    private static let oscal = """
        {"catalog":{"uuid":"u","metadata":{"title":"T","oscal-version":"1.1.2"},"groups":[{"id":"PR","title":"PROTECT",
        "props":[{"name":"label","value":"PROTECT (PR)"}],
        "controls":[{"id":"PR.AA","title":"Access","parts":[{"name":"statement","prose":"Category text"}],
        "controls":[{"id":"pr.aa-01","title":"One","props":[{"name":"label","value":"PR.AA-01"}],
        "params":[{"id":"p1","label":"a time"}],
        "parts":[{"name":"statement","prose":"Renew within {{ insert: param, p1 }}:","parts":[
        {"name":"item","props":[{"name":"label","value":"a."}],"prose":"keys"}]},{"name":"example","prose":"x"}]},
        {"id":"PR.AA-02","title":"Gone","props":[{"name":"status","value":"Withdrawn"}],
        "parts":[{"name":"statement","prose":"old"}]}]}]}]}}
        """

    @Test func `an OSCAL catalog gives its statements at every depth`() throws {
        let texts = try OfficialTexts(oscal: Array(Self.oscal.utf8), name: "c.json")
        #expect(texts.ids == ["PR.AA", "PR.AA-01"])
        #expect(texts["PR.AA-01"] == .init(title: "One", text: "Renew within [a time]:\na. keys"))
    }

    @Test func `a text takes the place of our paraphrase`() throws {
        let texts = try OfficialTexts(oscal: Array(Self.oscal.utf8), name: "c.json")
        let library = try Library.builtin(official: texts)
        let item = try #require(library.item("PR.AA-01"))
        #expect(item.isOfficial && item.text.hasPrefix("Renew within") && item.title == "One")
        #expect(library.item("PR.AA-03")?.isOfficial == false)
    }

    @Test func `texts survive the workspace`() throws {
        let texts = try OfficialTexts(oscal: Array(Self.oscal.utf8), name: "c.json")
        let bytes = try CanonicalJSON.encode(texts.json)
        #expect(try OfficialTexts(parsing: Array(bytes), name: "official.json") == texts)
    }

    @Test func `a table is read with quotes, commas and line ends`() throws {
        let csv = "\u{FEFF}ID,Title,Text\r\nCC6.1,Access,\"One, \"\"two\"\"\r\nthree\"\r\n\r\nCC6.2,,Plain"
        let texts = try OfficialTexts(csv: Array(csv.utf8), name: "t.csv")
        #expect(texts["CC6.1"] == .init(title: "Access", text: "One, \"two\"\r\nthree"))
        #expect(texts["CC6.2"] == .init(title: "", text: "Plain"))
    }

    @Test(arguments: [
        ("", "t.csv: the table is empty"),
        ("a,b\n", "t.csv:1: the first line must name the columns id and text"),
        ("id,text\nCC6.1\n", "t.csv:2: expected 2 fields, found 1"),
        ("id,text\nCC6.1,\n", "t.csv:2: the id or the text is empty"),
        ("id,text\nCC6.1,x\nCC6.2,\"y\n", "t.csv:3: the text ends within quotes"),
    ])
    func `a table that cannot be read says why`(csv: String, expected: String) {
        let error = #expect(throws: OfficialTextError.self) {
            try OfficialTexts(csv: Array(csv.utf8), name: "t.csv")
        }
        #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("{", "not JSON"), (#"{"profile":{}}"#, "not an OSCAL catalog"),
        (#"{"catalog":{}}"#, "holds no control"),
    ])
    func `what is not a catalog is refused`(text: String, expected: String) {
        let error = #expect(throws: OfficialTextError.self) {
            try OfficialTexts(oscal: Array(text.utf8), name: "c.json")
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test func `deep nesting is refused and not followed`() {
        let open = String(repeating: #"{"groups":["#, count: 40)
        let text = #"{"catalog":"# + open + String(repeating: "]}", count: 40) + "}"
        #expect(throws: OfficialTextError.self) { try OfficialTexts(oscal: Array(text.utf8), name: "c.json") }
    }
}
