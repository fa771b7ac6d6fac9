import Evidence
import Formats
import TestSupport
import Testing

@testable import Intake

/// A bill of materials says the same in both of its encodings, and in whatever order its members stand.
@Suite struct CycloneDXTests {
    /// A document in JSON and in XML.
    struct Twin: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let json: String
        let xml: String
    }

    private static func json(_ members: String, version: String = "1.6") -> String {
        #"{"bomFormat":"CycloneDX","specVersion":"\#(version)",\#(members)}"#
    }

    private static func xml(_ elements: String, version: String = "1.6") -> String {
        #"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/\#(version)" version="1">\#(elements)</bom>"#
    }

    private static let made = "2026-03-01T09:00:00Z"

    static let twins = [
        Twin(
            testDescription: "tools as a list, nested components, licences of three forms",
            json: json(
                """
                "metadata":{"timestamp":"\(made)","tools":[{"vendor":"v","name":"gen","version":"2"}],
                "component":{"type":"application","name":"viewer"}},"components":[
                {"type":"library","name":"a","version":"1","purl":"pkg:pypi/a@1","licenses":[{"license":{"id":"MIT"}},
                {"license":{"name":"Own <words> & more"}}],"components":[{"type":"library","name":"b"}]},
                {"type":"library","name":"c","licenses":[{"expression":"MIT OR Apache-2.0"}]}]
                """, version: "1.4"),
            xml: xml(
                """
                <metadata><timestamp>\(made)</timestamp><tools><tool><vendor>v</vendor><name>gen</name>
                <version>2</version></tool></tools><component type="application"><name>viewer</name></component>
                </metadata><components><component type="library"><name>a</name><version>1</version><licenses>
                <license><id>MIT</id></license><license><name>Own &lt;words&gt; &amp; more</name></license></licenses>
                <purl>pkg:pypi/a@1</purl><components><component type="library"><name>b</name></component></components>
                </component><component type="library"><name><![CDATA[c]]></name><licenses>
                <expression>MIT OR Apache-2.0</expression></licenses></component></components>
                """, version: "1.4")),
        Twin(
            testDescription: "tools as components, vulnerabilities with and without an analysis",
            json: json(
                """
                "metadata":{"timestamp":"\(made)","tools":{"components":[{"type":"application","name":"gen",
                "version":"3"}]},"component":{"type":"application","name":"viewer"}},"vulnerabilities":[
                {"id":"CVE-1","ratings":[{"severity":"high"}],"affects":[{"ref":"a"},{"ref":"b"}]},
                {"id":"CVE-2","ratings":[{"score":9.8,"method":"CVSSv31"}],"affects":[{"ref":"a"}]},
                {"id":"CVE-3","affects":[{"ref":"a"}],"analysis":{"state":"not_affected",
                "justification":"code_not_reachable","response":["will_not_fix","update"]}},
                {"id":"CVE-4","analysis":{"state":"resolved"}},{"ratings":[{"severity":"low"}]}]
                """),
            xml: xml(
                """
                <metadata><timestamp>\(made)</timestamp><tools><components><component type="application">
                <name>gen</name><version>3</version></component></components></tools>
                <component type="application"><name>viewer</name></component></metadata><vulnerabilities>
                <vulnerability><id>CVE-1</id><ratings><rating><severity>high</severity></rating></ratings>
                <affects><target><ref>a</ref></target><target><ref>b</ref></target></affects></vulnerability>
                <vulnerability><id>CVE-2</id><ratings><rating><score>9.8</score><method>CVSSv31</method></rating>
                </ratings><affects><target><ref>a</ref></target></affects></vulnerability>
                <vulnerability><id>CVE-3</id><analysis><state>not_affected</state>
                <justification>code_not_reachable</justification><responses><response>will_not_fix</response>
                <response>update</response></responses></analysis><affects><target><ref>a</ref></target></affects>
                </vulnerability><vulnerability><id>CVE-4</id><analysis><state>resolved</state></analysis>
                </vulnerability><vulnerability><ratings><rating><severity>low</severity></rating></ratings>
                </vulnerability></vulnerabilities>
                """)),
        Twin(
            testDescription: "a list that says of itself that it is incomplete",
            json: json(
                """
                "metadata":{"timestamp":"\(made)"},"components":[{"type":"library","name":"a"}],
                "compositions":[{"aggregate":"incomplete_first_party_only"}]
                """),
            xml: xml(
                """
                <metadata><timestamp>\(made)</timestamp></metadata><components><component type="library">
                <name>a</name></component></components><compositions><composition>
                <aggregate>incomplete_first_party_only</aggregate></composition></compositions>
                """)),
        Twin(
            testDescription: "an empty list, and a component without name",
            json: json(#""components":[{"type":"library"}]"#),
            xml: xml(#"<components><component type="library"/></components>"#)),
    ]

    @Test(arguments: twins) func `both encodings give the same facts, gaps and records set aside`(
        _ twin: Twin
    ) throws {
        let (json, xml) = (
            try Imported.from(Array(twin.json.utf8)), try Imported.from(Array(twin.xml.utf8))
        )
        #expect(!json.facts.isEmpty || !json.reasons.isEmpty)
        #expect(xml.facts == json.facts)
        #expect(xml.reasons == json.reasons && xml.setAside == json.setAside)
        #expect(xml.drafts.map(\.source) == json.drafts.map(\.source))
    }

    @Test func `components of one name and several groups are as many, and others keep their keys`() throws {
        let json = Self.json(
            """
            "metadata":{"timestamp":"\(Self.made)","component":{"name":"viewer"}},"components":[
            {"group":"org.one","name":"core","version":"1"},{"group":"org.two","name":"core","version":"1","purl":""},
            {"group":"","name":"core","version":"1"},
            {"group":"org.one","name":"util","version":"1","purl":"pkg:maven/org.one/util@1"}]
            """)
        let xml = Self.xml(
            """
            <metadata><timestamp>\(Self.made)</timestamp><component type="application"><name>viewer</name></component>
            </metadata><components><component type="library"><group>org.one</group><name>core</name><version>1</version>
            </component><component type="library"><group>org.two</group><name>core</name><version>1</version></component>
            <component type="library"><group></group><name>core</name><version>1</version></component>
            <component type="library"><group>org.one</group><name>util</name><version>1</version>
            <purl>pkg:maven/org.one/util@1</purl></component></components>
            """)
        for text in [json, xml] {
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
            let keys = imported.facts.filter { $0.value != nil }.map(\.key.text)
            #expect(
                keys == [
                    "viewer|org.one/core|1", "viewer|org.two/core|1", "viewer|core|1",
                    "viewer|pkg:maven/org.one/util@1|1",
                ])
        }
    }

    @Test func `components bear the product's name, also where it comes behind them`() throws {
        let parts = [
            #""metadata":{"timestamp":"\#(Self.made)","component":{"name":"viewer"}}"#,
            #""components":[{"bom-ref":"a","name":"a","version":"1"}]"#,
            #""vulnerabilities":[{"id":"C","ratings":[{"severity":"low"}],"affects":[{"ref":"a"}]}]"#,
        ]
        let first = try Imported.from(Array(Self.json(parts.joined(separator: ",")).utf8))
        let last = try Imported.from(
            Array(Self.json(parts.reversed().joined(separator: ",")).utf8), as: "cyclonedx")
        #expect(Set(last.facts) == Set(first.facts) && last.isClean)
        #expect(last.values("sbom.component").first?["service"] == .string("viewer"))
        #expect(last.values("scan.finding").first?["target"] == .string("viewer"))
    }

    /// Both encodings of a product with a part of a part, a service, and a vulnerability that concerns these.
    private static func referring(to references: [String], marks: [String]) -> [String] {
        [
            json(
                """
                "vulnerabilities":[{"id":"C","ratings":[{"severity":"critical"}],
                "affects":[\(references.map { "{\"ref\":\"\($0)\"}" }.joined(separator: ","))]},
                {"id":"D","affects":[{"ref":"\(references[0])"}],"analysis":{"state":"not_affected"}}],
                "services":[{"bom-ref":"\(marks[0])","group":"org","name":"api"}],
                "components":[{"bom-ref":"\(marks[1])","name":"a","version":"1","purl":"pkg:npm/a@1","components":[
                {"bom-ref":"\(marks[2])","group":"org","name":"b","version":"2"}]}],
                "metadata":{"timestamp":"\(made)","component":{"bom-ref":"\(marks[3])","name":"viewer","version":"9"}}
                """),
            xml(
                """
                <metadata><timestamp>\(made)</timestamp><component type="application" bom-ref="\(marks[3])">
                <name>viewer</name><version>9</version></component></metadata><components>
                <component type="library" bom-ref="\(marks[1])"><name>a</name><version>1</version>
                <purl>pkg:npm/a@1</purl><components><component type="library" bom-ref="\(marks[2])"><group>org</group>
                <name>b</name><version>2</version></component></components></component></components>
                <services><service bom-ref="\(marks[0])"><group>org</group><name>api</name></service></services>
                <vulnerabilities><vulnerability><id>C</id><ratings><rating><severity>critical</severity></rating>
                </ratings><affects>\(references.map { "<target><ref>\($0)</ref></target>" }.joined())</affects>
                </vulnerability><vulnerability><id>D</id><analysis><state>not_affected</state></analysis><affects>
                <target><ref>\(references[0])</ref></target></affects></vulnerability></vulnerabilities>
                """),
        ]
    }

    @Test func `what a vulnerability concerns is named alike in every document, whatever its references`()
        throws
    {
        let link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#"
        let documents = [["s", "a", "b", "v"], ["3 1", "3/2", "3:3", "3#4"]]
        for marks in documents {
            let named = [marks[0], marks[1], marks[1], marks[2], marks[3]]
            let linked = [link + marks[0].replacing(" ", with: "%20"), link + marks[1], link + marks[2]]
            for references in [named, linked + [marks[3]]] {
                for text in Self.referring(to: references, marks: marks) {
                    let imported = try Imported.from(Array(text.utf8), as: "cyclonedx")
                    #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
                    let found = imported.facts.filter { $0.kind == "scan.finding" && $0.value != nil }
                    #expect(
                        Set(found.map(\.key.text)) == [
                            "viewer|org/api|C", "viewer|pkg:npm/a@1|C", "viewer|org/b@2|C",
                            "viewer|viewer@9|C",
                        ])
                    let statements = imported.values("vex.statement")
                    #expect(statements.map { $0["product"] } == [.string("org/api")])
                }
            }
        }
    }

    @Test(
        arguments: [
            (["s", "a", "b", "v"], "pkg:npm/a@1"), (["s", "", "b", "v"], "pkg:npm/a@1"),
            (["s", "pkg:npm/a@1", "b", "v"], "pkg:npm/a@1"), (["s", "a", "pkg:npm/a@1", "v"], "org/b@2"),
        ] as [([String], String)])
    func `a reference may be the package URL of a component, unless another one bears it`(
        _ marks: [String], _ name: String
    ) throws {
        for reference in ["pkg:npm/a@1", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm%2Fa@1"] {
            for text in Self.referring(to: [reference], marks: marks) {
                let named = text.replacing(#""bom-ref":"","#, with: "").replacing(#" bom-ref="""#, with: "")
                let imported = try Imported.from(Array(named.utf8), as: "cyclonedx")
                #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
                #expect(imported.values("scan.finding").map { $0["component"] } == [.string(name)])
                #expect(imported.values("vex.statement").map { $0["product"] } == [.string(name)])
            }
        }
    }

    @Test(arguments: [["lost"], ["s", "urn:cdx:x/1#lost"], ["twice"]])
    func `a reference that leads nowhere is a gap`(_ references: [String]) throws {
        for text in Self.referring(to: references, marks: ["s", "twice", "twice", "v"]) {
            let imported = try Imported.from(Array(text.utf8), as: "cyclonedx")
            #expect(imported.reasons.contains { $0.contains("lead to no component") }, "\(imported.reasons)")
            #expect(imported.covered.isEmpty)
            #expect(imported.values("scan.finding").contains { $0["severity"] == .string("critical") })
        }
    }

    @Test func `vulnerabilities that wait for the end are kept where the document breaks off`() throws {
        for text in Self.referring(to: ["a"], marks: ["s", "a", "b", "v"]) {
            let imported = try Imported.from(Array(text.utf8.dropLast(2)), as: "cyclonedx")
            #expect(imported.values("scan.finding").count == 1)
            #expect(!imported.reasons.isEmpty && imported.covered.isEmpty)
        }
    }

    /// A product that is made of something, with further members of the document as JSON and as XML.
    private static func whole(_ json: String, _ xml: String) -> [String] {
        [
            Self.json(
                """
                "metadata":{"timestamp":"\(Self.made)","component":{"type":"application","name":"viewer","components":[
                {"type":"library","name":"inner","version":"2","bom-ref":"i","components":[{"type":"library","name":"core"}]}
                ]}}\(json)
                """),
            Self.xml(
                """
                <metadata><timestamp>\(Self.made)</timestamp><component type="application"><name>viewer</name><components>
                <component type="library" bom-ref="i"><name>inner</name><version>2</version><components>
                <component type="library"><name>core</name></component></components></component></components></component>
                </metadata>\(xml)
                """),
        ]
    }

    @Test(
        arguments: [
            ("", "", ["inner", "core"]),
            // What the list says of one of them counts, and is no other record.
            (
                #","components":[{"type":"library","name":"inner","version":"2","licenses":[{"expression":"MIT"}]}]"#,
                """
                <components><component type="library"><name>inner</name><version>2</version><licenses>
                <expression>MIT</expression></licenses></component></components>
                """, ["inner", "core"]
            ),
            // Vulnerabilities alone say what they are about, and not what the product is made of.
            (
                #","vulnerabilities":[{"id":"CVE-1","affects":[{"ref":"i"}]}]"#,
                """
                <vulnerabilities><vulnerability><id>CVE-1</id><affects><target><ref>i</ref></target></affects>
                </vulnerability></vulnerabilities>
                """, []
            ),
        ] as [(String, String, Set<String>)])
    func `components within the product are components`(
        _ json: String, _ xml: String, _ expected: Set<String>
    ) throws {
        for text in Self.whole(json, xml) {
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
            let names = imported.values("sbom.component").compactMap { $0["name"]?.string }
            #expect(Set(names) == expected && names.count == expected.count)
            #expect(imported.covered.contains { $0.kind == "sbom.component" } == !expected.isEmpty)
            let found = imported.values("scan.finding").map { $0["component"] }
            #expect(found == (expected.isEmpty ? [.string("inner@2")] : []))
        }
    }

    private static let metadata = #""metadata":{"timestamp":"\#(made)","component":{"name":"viewer"}}"#

    @Test func `an empty list of vulnerabilities is no proof that anybody looked`() throws {
        let json = Self.json(#"\#(Self.metadata),"components":[{"name":"a"}],"vulnerabilities":[]"#)
        let xml = Self.xml(
            """
            <metadata><timestamp>\(Self.made)</timestamp><component type="library"><name>viewer</name></component>
            </metadata><components><component type="library"><name>a</name></component></components>
            <vulnerabilities/>
            """)
        for text in [json, xml] {
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.isClean && imported.covered.map(\.kind) == ["sbom.component"])
            let passed = imported.summaries.flatMap(\.notTested).map(\.reason)
            #expect(passed.contains { $0.contains("empty list") }, "\(passed)")
        }
    }

    @Test(arguments: [metadata, #"\#(metadata),"components":null"#, #"\#(metadata),"vulnerabilities":[]"#])
    func `a document without components is a gap`(_ members: String) throws {
        let imported = try Imported.from(Array(Self.json(members).utf8))
        #expect(imported.reasons.contains { $0.contains("list of components") }, "\(imported.reasons)")
        #expect(imported.covered.isEmpty)
    }

    @Test func `of several ratings the highest counts`() throws {
        let json = Self.json(
            """
            \(Self.metadata),"vulnerabilities":[{"id":"C","ratings":[{"severity":"low"},
            {"score":9.8,"severity":"unknown"},{"severity":"high"}]}]
            """)
        let xml = Self.xml(
            """
            <metadata><timestamp>\(Self.made)</timestamp></metadata><vulnerabilities><vulnerability><id>C</id><ratings>
            <rating><severity>low</severity></rating><rating><score>9.8</score></rating></ratings></vulnerability>
            </vulnerabilities>
            """)
        for text in [json, xml] {
            let found = try Imported.from(Array(text.utf8)).values("scan.finding")
            #expect(found.map { $0["severity"] } == [.string("critical")])
        }
    }

    @Test func `components wait for the product's name only so long`() throws {
        let name = String(repeating: "n", count: 1_000)
        let parts = (0..<10_000).map { #"{"name":"\#(name)\#($0)"}"# }.joined(separator: ",")
        let text = Self.json(
            #""components":[\#(parts)],"metadata":{"timestamp":"\#(Self.made)","component":{"name":"viewer"}}"#
        )
        let services = try Imported.from(Array(text.utf8)).values("sbom.component").map { $0["service"] }
        #expect(services.count == 10_000 && Set(services) == [.string("cyclonedx")])
    }

    @Test func `only the product's own components count`() throws {
        let text = Self.xml(
            """
            <metadata><timestamp>\(Self.made)</timestamp><tools><components><component type="application">
            <name>gen</name></component></components></tools></metadata><components><component type="library">
            <name>a</name></component></components><annotations><annotation><annotator><component type="library">
            <name>no</name></component></annotator></annotation></annotations><formulation><formula><components>
            <component type="library"><name>no</name></component></components></formula></formulation>
            <x:components xmlns:x="urn:other"><x:component><x:name>no</x:name></x:component></x:components>
            """)
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.values("sbom.component").map { $0["name"] } == [.string("a")])
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
    }

    @Test(arguments: [
        ("<bom/>", "not CycloneDX"), (#"<bom xmlns="http://cyclonedx.org/schema/bom/9.9"/>"#, "1.0 to 1.7"),
        (
            #"<!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.6">&a;</bom>"#,
            "entities"
        ),
        (#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>"#, "cut off"),
    ]) func `what is no such document is refused`(_ text: String, _ reason: String) throws {
        let imported = try Imported.from(Array(text.utf8), as: "cyclonedx")
        #expect(imported.reasons.contains { $0.contains(reason) }, "\(imported.reasons)")
        #expect(imported.covered.isEmpty)
    }
}
