import Catalog
import Evidence
import Formats
import Testing

@testable import Reports

/// What a report must not name: the texts of personal and protected fields, wherever they were met.
@Suite struct PersonalTextTests {
    @Test func `texts of personal fields are known from records, from events and from lists`() throws {
        let fields = [
            Field(name: "owner", type: .text, isPersonal: true),
            Field(name: "patients", type: .list(.text), isPHI: true), Field(name: "room", type: .text),
        ]
        let reference = FactReference(leaf: 0, item: 0)
        func value(_ owner: String, _ patient: String) -> JSONObject {
            JSONObject([
                .init(name: "owner", value: .string(owner)),
                .init(name: "patients", value: .array([.string(patient)])),
                .init(name: "room", value: .string("west")),
            ])
        }
        var records = SourceHistory()
        records.states["r-1"] = [
            StateVersion(interval: .always, value: value("p-1", "q-1"), reference: reference)
        ]
        var events = SourceHistory()
        events.events = [
            EventRecord(
                id: "e-1", at: Instant(microseconds: 0), value: value("p-2", "q-2"), reference: reference)
        ]
        let kinds = [
            Kind(name: "record", title: "", mode: .state, fields: fields),
            Kind(name: "visit", title: "", mode: .event, fields: fields),
        ]
        let history = History(kinds: [
            "record": KindHistory(kind: kinds[0], sources: ["s": records]),
            "visit": KindHistory(kind: kinds[1], sources: ["s": events]),
        ])
        let columns = ColumnHistory(history)
        let catalog = try KindCatalog(version: "1", kinds)
        #expect(try columns.personalTexts(by: catalog) == ["p-1", "q-1", "p-2", "q-2"])
        // A mark that was given after the evidence was known.
        let room = Kind(
            name: "visit", title: "", mode: .event,
            fields: [Field(name: "room", type: .text, isPersonal: true)])
        #expect(
            try columns.personalTexts(by: catalog.marked(as: [room])) == ["p-1", "q-1", "p-2", "q-2", "west"])
    }
}
