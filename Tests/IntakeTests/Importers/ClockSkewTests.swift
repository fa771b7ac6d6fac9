import Evidence
import Formats
import Testing

@testable import Intake

/// Machines whose clocks differ from ours.
@Suite struct ClockSkewTests {
    /// What all samples are dated: those that end later end this much later.
    private static let made = noon - .hours(3)

    @Test(arguments: ImportSample.all.filter { $0.gap == nil })
    func `a clock a little ahead is no gap, and nothing is dated ahead of ours`(
        _ sample: ImportSample
    ) throws {
        let now = Self.made - .minutes(2)
        let imported = try Imported.from(sample.bytes) { $0.now = { now } }
        #expect(imported.reasons.isEmpty, "\(imported.reasons)")
        for fact in imported.facts {
            if case .state(let from, _, _) = fact.shape { #expect(from <= now) }
        }
    }

    @Test(arguments: ImportSample.all) func `a clock far ahead covers nothing and is told`(
        _ sample: ImportSample
    )
        throws
    {
        let imported = try Imported.from(sample.bytes) { $0.now = { Self.made - .hours(1) } }
        for fact in imported.covered { #expect(fact.kind == "uptime.probe") }
        let isDated = imported.facts.contains { if case .state = $0.shape { true } else { false } }
        if isDated, sample.gap != "--at" {
            #expect(imported.reasons.contains { $0.contains("set the clock right") }, "\(imported.reasons)")
        }
    }

    @Test func `a report from long ago says how it was then, not how it is`() throws {
        let sample = ImportSample.all[0]
        let later = Self.made + .days(400)
        let imported = try Imported.from(sample.bytes) { $0.now = { later } }
        for fact in imported.covered {
            guard case .coverage(let interval) = fact.shape else { continue }
            #expect(interval.end < later)
        }
        #expect(!imported.covered.isEmpty)
    }
}
