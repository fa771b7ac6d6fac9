import Catalog
import Evidence
import Foundation
import Formats
import Ledger
import Storage
import StorageSQLite
import Testing

/// Hours since the start of 2026 in UTC.
func hour(_ count: Int) -> Instant {
    Instant(microseconds: (1_767_225_600 + Int64(count) * 3_600) * 1_000_000)
}

func hours(_ from: Int, _ to: Int) throws -> Interval {
    try #require(Interval(from: hour(from), to: hour(to)))
}

func object(_ fields: KeyValuePairs<String, JSON>) -> JSONObject {
    JSONObject(fields.map { .init(name: $0.key, value: $0.value) })
}

enum Sample {
    /// A catalogue with one kind of state, one of event, and one with a field of each type.
    static func kinds() throws -> KindCatalog {
        try KindCatalog(parsing: Array(catalogue.utf8), name: "sample")
    }

    private static let catalogue = """
        {"version":"sample","kinds":[
          {"kind":"account","title":"Account","mode":"state","fields":[
            {"name":"enabled","type":"bool","required":true},{"name":"owner","type":"string"}]},
          {"kind":"group","title":"Group","mode":"state","fields":[{"name":"size","type":"int"}]},
          {"kind":"change","title":"Change","mode":"event","fields":[{"name":"author","type":"string"}]}
        ]}
        """

    static let typed = Kind(
        name: "typed", title: "One field of each type", mode: .state,
        fields: [
            Field(name: "text", type: .text), Field(name: "flag", type: .flag),
            Field(name: "whole", type: .whole),
            Field(name: "decimal", type: .decimal), Field(name: "timestamp", type: .timestamp),
            Field(name: "duration", type: .duration), Field(name: "list", type: .list(.text)),
        ])
}
