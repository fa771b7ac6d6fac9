import Evidence
import Formats
import Testing

@testable import Intake

/// What a range of Prometheus may hold that does not say whether a service is up.
@Suite struct PrometheusRangeTests {
    /// What comes of one series with these labels, and a sample a minute of these values.
    private static func imported(_ labels: String = "", _ values: String...) throws -> Imported {
        let samples = values.enumerated().map { "[\(1_772_280_000 + $0 * 60),\"\($1)\"]" }
        let series =
            #"{"metric":{"job":"web","instance":"a"\#(labels)},"values":[\#(samples.joined(separator: ","))]}"#
        let text = #"{"status":"success","data":{"resultType":"matrix","result":[\#(series)]}}"#
        return try Imported.from(Array(text.utf8))
    }

    @Test func `a service is up at 1 alone`() throws {
        let imported = try Self.imported("", "1", "0", "0.5", "1")
        #expect(imported.isClean && imported.covered.count == 1, "\(imported.reasons)")
        let isUp = imported.values("uptime.probe").map { $0["up"] }
        #expect(isUp == [.bool(true), .bool(false), .bool(false), .bool(true)])
    }

    @Test(arguments: ["2", "1.01", "-1", "1772280000"])
    func `a sum or another measure is set aside, and nothing is covered`(_ value: String) throws {
        let imported = try Self.imported("", "1", "1", value, "1")
        #expect(imported.counts == ["uptime.probe": 3] && imported.covered.isEmpty)
        #expect(imported.setAside.count == 1, "\(imported.setAside)")
        #expect(imported.setAside.allSatisfy { $0.contains("between 0 (down) and 1 (up)") })
    }

    @Test(arguments: ["ALERTS", "ALERTS_FOR_STATE"])
    func `a series of alerts does not say that a service is up`(_ name: String) throws {
        let imported = try Self.imported(#","__name__":"\#(name)","alertname":"Down""#, "1", "1", "1")
        #expect(imported.counts.isEmpty && imported.covered.isEmpty)
        #expect(imported.reasons.contains { $0.contains("of alerts") }, "\(imported.reasons)")
        let up = try Self.imported(#","__name__":"up""#, "1", "1", "1")
        #expect(up.isClean && up.counts == ["uptime.probe": 3], "\(up.reasons)")
    }
}
