import Formats
import Testing

@testable import Intake

@Suite struct ScheduleTests {
    private static func instant(_ text: String) -> Instant { Instant(text) ?? .distantPast }

    @Test func `slots are of equal length and do not depend on when one looks`() {
        let schedule = Schedule("directory", every: .hours(6))
        let slot = schedule.slot(at: noon)
        #expect(slot <= noon && noon < slot + .hours(6) && schedule.offset < .minutes(10))
        #expect(schedule.slot(at: slot) == slot && schedule.slot(at: slot + .hours(5)) == slot)
        #expect(schedule.next(after: slot) == slot + .hours(6))
        #expect(schedule.next(after: slot + .hours(5)) == slot + .hours(6))
    }

    @Test func `sources do not come all at once`() {
        let offsets = ["a", "b", "c", "d"].map { Schedule(Identifier($0), every: .days(1)).offset }
        #expect(Set(offsets).count == 4)
    }

    @Test(arguments: [TimeSpan.minutes(1), .hours(1), .days(1)])
    func `what reads what others have brought comes behind all that are as frequent`(_ every: TimeSpan) {
        let last = Schedule("a", every: every, isLast: true)
        let others = (0..<200).map { Schedule(Identifier("source-\($0)"), every: every) }
        #expect(others.allSatisfy { $0.offset < last.offset } && last.offset <= .minutes(10))
        #expect(last.slot(at: noon) <= noon && noon < last.next(after: noon))
    }

    @Test func `only whole slots without a collection are missed`() {
        let schedule = Schedule("directory", every: .hours(1))
        let slot = schedule.slot(at: noon)
        #expect(schedule.missed(since: slot, now: slot + .minutes(59)) == nil)
        #expect(schedule.missed(since: slot, now: slot + .minutes(61)) == nil)
        let missed = schedule.missed(since: slot, now: slot + .minutes(185))
        #expect(missed?.count == 2 && missed?.from == slot + .hours(1) && missed?.to == slot + .hours(3))
    }

    @Test(arguments: [
        ("env:A", "env:A"), ("file:/a b", "file:/a b"), ("exec:/bin/echo hunter2", "exec:/bin/echo"),
        ("hunter2", nil), ("env:", nil), ("exec: ", nil), ("vault:a", nil),
    ])
    func `secrets are given by reference`(text: String, described: String?) {
        #expect(SecretReference(text)?.description == described)
    }
}
