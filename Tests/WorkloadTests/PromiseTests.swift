import Catalog
import Evidence
import Formats
import Programs
import Testing
import Workload

/// What the description of the workload promises about its rows.
struct PromiseTests {
    private let evidence = SeededEvidence(.small)

    @Test func `nobody sees a patient before being hired`() throws {
        let roster = evidence.table(.employment)
        var hired: [UInt32: Int64] = [:]
        for row in 0..<roster.count where hired[roster.keys[row]] == nil {
            hired[roster.keys[row]] = roster.starts[row]
        }
        let accesses = evidence.table(.access)
        let users = accesses.columns[0].codes
        var early = 0
        for row in 0..<accesses.count where accesses.superseded[row] == FactTable.open {
            if accesses.starts[row] < hired[users[row]] ?? .max { early += 1 }
        }
        #expect(early == 0)
    }

    @Test func `one fact in a hundred is late and one in five hundred corrected`() throws {
        let accesses = evidence.table(.access)
        let final = (0..<accesses.count).filter { accesses.superseded[$0] == FactTable.open }
        let corrected = accesses.count - final.count
        let late = final.filter { accesses.known[$0] - accesses.starts[$0] > 86_400_000_000 }.count
        #expect(final.count == WorkloadSize.small.accesses)
        #expect((150..<250).contains(corrected))
        #expect((900..<1_500).contains(late))
    }

    @Test func `every collector is down now and then, never before the period`() throws {
        for kind in WorkloadKind.all.prefix(WorkloadSize.small.gaps) {
            let coverage = evidence.coverage(kind)
            #expect(coverage.intervals.count >= 2)
            #expect(coverage.intervals.last?.end.microseconds == evidence.calendar.end)
        }
    }

    @Test func `a day of the period has 23 hours`() throws {
        let year = SeededEvidence(.medium).calendar
        let lengths = (0..<365).map { (year.midnight($0 + 1) - year.midnight($0)) / 3_600_000_000 }
        #expect(lengths.filter { $0 == 23 }.count == 1)
        #expect(lengths.filter { $0 == 25 }.count == 1)
        #expect(year.midnight(68) - year.midnight(67) == 23 * 3_600_000_000)
    }

    @Test(arguments: WorkloadSize.all)
    func `the program reads cleanly and has the published mix`(size: WorkloadSize) throws {
        let program = WorkloadProgram(size)
        let history = try program.history()
        let tests = history.current.tests
        #expect(tests.count == program.mix.map(\.count).reduce(0, +))
        #expect(tests.count == ["XS": 40, "S": 40, "M": 120, "L": 300][size.name])
        #expect(history.ids(of: .waiver).count == 20)
        let changed = history.ids(of: .test).filter { id in
            Set(history.versions(.test, id, in: .utc).map(\.document)).count > 1
        }
        #expect(changed.count == 5)
        let ids = Set(tests.map(\.id))
        for query in PublishedQuery.allCases { #expect(ids.isSuperset(of: query.tests(size))) }
    }
}
