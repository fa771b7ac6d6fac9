package import Catalog
import Evidence
package import Formats
package import Ledger
package import Programs

extension AssessmentInput {
    /// The input for a period of a program's history.
    ///
    /// - Parameters:
    ///   - tolerance: what the engagement accepts.
    ///   - criteria: the catalogue; criteria that the program excludes with a reason are left out.
    package init(
        _ history: ProgramHistory, criteria: CriteriaCatalog, period: Interval, knownAt: Instant,
        tolerance: Tolerance, programDigest: Digest, timeZoneData: String = CalendarWindows.timeZoneData
    ) throws(CompilationError) {
        let program = history.current
        let excluded = Set(program.exclusions.map(\.id))
        self.init(
            tests: try Self.tests(history, program.zone, period),
            controls: program.controls.map(ControlRule.init),
            criteria: criteria.criteria.filter { !excluded.contains($0.id) }, tolerance: tolerance,
            period: period,
            knownAt: knownAt, programDigest: programDigest, retirements: Retirements(history),
            timeZoneData: timeZoneData)
    }

    /// The tests that were in force at some time of the period, with all their versions.
    private static func tests(
        _ history: ProgramHistory, _ zone: Zone, _ period: Interval
    ) throws(CompilationError) -> [ControlTest] {
        let compiler = TestCompiler(zone: zone)
        let waivers = waivers(history, zone)
        var found: [ControlTest] = []
        for id in history.ids(of: .test) {
            var versions: [RequirementVersion] = []
            var title = ""
            for version in history.versions(.test, id, in: zone) {
                guard case .test(let test) = version.document.body else { continue }
                title = test.title ?? id.text
                versions.append(
                    RequirementVersion(
                        requirement: try compiler.requirement(test), inForce: version.inForce,
                        digest: try compiler.digest(test, in: version.document),
                        continuity: try compiler.continuity(test, at: version.document.place),
                        recorded: version.recorded))
            }
            guard versions.contains(where: { $0.inForce.clipped(to: period) != nil }) else { continue }
            found.append(
                ControlTest(
                    id: id, title: title, versions: versions, waivers: waivers.filter { $0.test == id }))
        }
        return found
    }

    /// Each version of a waiver works from its own recording on, until the next one or its removal.
    private static func waivers(_ history: ProgramHistory, _ zone: Zone) -> [WaiverRule] {
        history.ids(of: .waiver).flatMap { id in
            history.versions(.waiver, id, in: zone).compactMap { version -> WaiverRule? in
                guard case .waiver(let waiver) = version.document.body,
                    let interval = Interval(
                        from: waiver.from.instant(in: zone), to: waiver.to.instant(in: zone)),
                    let standing = interval.clipped(to: version.inForce)
                else { return nil }
                return WaiverRule(
                    id: id, test: waiver.test.id, keys: waiver.keys.map { Set($0.map { Identifier($0) }) },
                    source: waiver.source.map { Identifier($0) }, interval: standing,
                    recorded: max(version.recorded, waiver.approved))
            }
        }
    }
}

extension ControlRule {
    init(_ control: Control) {
        self.init(
            id: control.id, title: control.title, criteria: control.criteria.map(\.id),
            tests: control.tests.map(\.id), isKey: control.isKey,
            combination: control.combination == .any ? .any : .all,
            compensating: control.compensating.map(\.id))
    }
}

extension Program {
    /// The interval of a named period, or of the only one when none is named.
    package func interval(ofPeriod id: Identifier?) throws(CompilationError) -> (
        period: Period, interval: Interval
    ) {
        let known = periods.map(\.id)
        guard let period = id.map({ self.period($0) }) ?? (periods.count == 1 ? periods.first : nil) else {
            if id == nil, !known.isEmpty { throw .severalPeriods(known) }
            throw .noSuchPeriod(id ?? "", known: known)
        }
        guard let interval = period.interval(in: zone) else { throw .emptyPeriod(period.id) }
        guard interval.length <= AssessmentInput.longestPeriod else { throw .longPeriod(period.id) }
        return (period, interval)
    }
}

extension Tolerance {
    /// What a period document states.
    package init(_ period: Period) {
        self.init(
            deviations: Int(period.tolerable.partsPerMillion), coverage: Int(period.coverage.partsPerMillion))
    }
}
