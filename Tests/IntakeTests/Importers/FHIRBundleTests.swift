import Evidence
import Formats
import Testing

@testable import Intake

/// Bundles of FHIR's audit events that stand in one document.
@Suite struct FHIRBundleTests {
    /// A bundle of one event, with these members.
    private static func page(_ id: String, _ members: String) -> String {
        """
        {"resourceType":"Bundle","type":"searchset"\(members),"entry":[{"resource":{"resourceType":"AuditEvent",
        "id":"\(id)","type":{"code":"rest"},"recorded":"2026-03-01T09:00:00Z","outcome":"0",
        "agent":[{"who":{"reference":"Practitioner/2"}}],"source":{"observer":{"display":"ehr"}}}}]}
        """
    }

    /// Pages of one search of three, by what each says of itself and of the next one.
    @Test(
        arguments: [
            ([("1", "2"), ("2", "3"), ("3", nil)], nil),
            ([("1", "2"), ("2", "3")], ["next page", "holds 2 of 3 entries"]),
            ([("1", "2"), ("3", nil)], ["next page", "holds 1 of 3 entries"]),
            ([(nil, ""), (nil, nil), (nil, nil)], ["next page", "holds 1 of 3 entries"]),
        ] as [([(String?, String?)], [String]?)])
    func `pages that follow each other are one search`(
        _ pages: [(String?, String?)], _ reasons: [String]?
    ) throws {
        let texts = pages.enumerated().map { number, page in
            let links = [("self", page.0), ("next", page.1)].compactMap { relation, url in
                url.map { #"{"relation":"\#(relation)","url":"\#($0)"}"# }
            }
            return Self.page("a\(number)", #","total":3,"link":[\#(links.joined(separator: ","))]"#)
        }
        for text in ["[" + texts.joined(separator: ",") + "]", texts.joined(separator: "\n")] {
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.counts == ["phi.access": pages.count], "\(imported.setAside)")
            #expect(imported.reasons.count == (reasons?.count ?? 0), "\(imported.reasons)")
            for reason in reasons ?? [] {
                #expect(imported.reasons.contains { $0.contains(reason) }, "\(imported.reasons)")
            }
        }
    }

    @Test func `an event that comes again stands for no other, and no page follows itself`() throws {
        func page(_ links: String) -> String { Self.page("a1", #","total":2,"link":[\#(links)]"#) }
        let next = #"{"relation":"self","url":"1"},{"relation":"next","url":"2"}"#
        let again = try Imported.from(
            Array("[\(page(next)),\(page(#"{"relation":"self","url":"2"}"#))]".utf8))
        #expect(again.reasons.count == 1, "\(again.reasons)")
        #expect(again.reasons.allSatisfy { $0.contains("holds 1 of 2 entries") })
        let own = page(#"{"relation":"self","url":"1"},{"relation":"next","url":"1"}"#)
        let circle = try Imported.from(Array("[\(own),\(own)]".utf8))
        #expect(circle.reasons.contains { $0.contains("next page") }, "\(circle.reasons)")
    }

    @Test func `totals beyond all counting end nothing`() throws {
        let page = Self.page("a1", #","total":9223372036854775807"#)
        let imported = try Imported.from(Array("[\(page),\(page)]".utf8))
        #expect(imported.reasons.contains { $0.contains("holds 1 of 9223372036854775807") })
    }

    @Test func `totals of bundles that are no pages of each other add up`() throws {
        let text = "[" + ["a1", "a2"].map { Self.page($0, #","total":1"#) }.joined(separator: ",") + "]"
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean && imported.drafts.compactMap(\.sourceTotal) == [2])
    }

    private static let empty = #"{"resourceType":"Bundle","type":"searchset","total":0}"#
    private static let patient =
        #"{"resource":{"resourceType":"Patient","id":"7"},"search":{"mode":"match"}}"#

    @Test(
        arguments: [
            #"{"resourceType":"Bundle","type":"searchset"}"#, empty,
            #"{"resourceType":"Bundle","type":"searchset","total":0,"entry":[]}"#,
            #"{"resourceType":"Bundle","type":"searchset","total":1,"entry":[\#(patient)]}"#,
            "[\(empty),\(empty)]",
        ], [nil, Interval(from: noon - .days(1), to: noon)] as [Interval?])
    func `a document without any audit event shows nothing`(_ text: String, _ covers: Interval?) throws {
        let imported = try Imported.from(Array(text.utf8)) { $0.covers = covers }
        #expect(imported.reasons.count == 1 && imported.covered.isEmpty, "\(imported.reasons)")
        #expect(imported.reasons.allSatisfy { $0.contains("no audit event") })
    }

    @Test(arguments: ["AuditEvent", "Bundle"]) func `XML is refused by name, and told what to ask for`(
        _ name: String
    ) throws {
        let text = #"<?xml version="1.0"?><\#(name) xmlns="http://hl7.org/fhir"><id value="1"/></\#(name)>"#
        for format in [nil, "fhir-audit"] {
            let imported = try Imported.from(Array(text.utf8), as: format)
            #expect(imported.reasons.count == 1 && imported.facts.isEmpty)
            #expect(imported.reasons.allSatisfy { $0.contains("application/fhir+json") })
        }
        #expect(try Imported.from(Array("<Bundle/>".utf8)).reasons.first?.contains("no format") == true)
    }

    @Test func `an empty search beside one that found events is no gap`() throws {
        let imported = try Imported.from(Array("[\(Self.page("a1", "")),\(Self.empty)]".utf8))
        #expect(imported.isClean && imported.counts == ["phi.access": 1], "\(imported.reasons)")
    }
}
