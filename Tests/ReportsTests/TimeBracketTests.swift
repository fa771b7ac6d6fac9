import Formats
import Ledger
import Reports
import Testing

/// Entry 9 is the last one in the checkpoint that was stamped at noon, entry 11 put the stamp on record.
@Suite struct TimeBracketTests {
    private static func at(_ clock: String) throws -> Instant {
        try #require(Instant("2026-03-01T\(clock)Z"))
    }

    private static func fault(_ before: String, _ behind: String, _ stamps: [String] = ["12:00:00"]) throws
        -> String?
    {
        let bracket = TimeBracket(size: 10, leaf: 11, times: try stamps.map(at))
        return try bracket.fault { leaf in
            switch leaf {
            case 9: try at(before)
            case 11: try at(behind)
            default: nil
            }
        }
    }

    @Test(arguments: [
        ("11:00:00", "12:00:01"), ("12:05:00", "12:05:00"), ("11:00:00", "11:55:00"),
        ("00:00:00", "23:59:59"),
    ])
    func `times that agree with the stamp, but for five minutes, are let be`(before: String, behind: String)
        throws
    {
        #expect(try Self.fault(before, behind) == nil)
    }

    @Test func `an entry that existed before the time it states is told`() throws {
        let said = try #require(try Self.fault("12:05:01", "12:06:00"))
        #expect(said.contains("log entry 9") && said.contains("stamped at 2026-03-01T12:00:00Z"))
        // Of several stamps the earliest says when it existed.
        #expect(try Self.fault("12:04:00", "12:06:00", ["12:00:00", "11:58:00"]) != nil)
    }

    @Test func `a clock may have been behind by as much as it states`() throws {
        let time = try Self.at("12:00:00")
        let recorded = try Self.at("12:05:30")
        for (accuracy, isFault) in [(TimeSpan.seconds(29), true), (.seconds(30), false)] {
            let bracket = TimeBracket(size: 10, leaf: 11, times: [time], latest: [time + accuracy])
            let found = bracket.fault { leaf in leaf == 9 ? recorded : nil }
            #expect((found != nil) == isFault)
        }
    }

    @Test func `an entry behind a stamp that states an earlier time is told`() throws {
        let said = try #require(try Self.fault("11:00:00", "11:54:59"))
        #expect(said.contains("log entry 11") && said.contains("2026-03-01T12:00:00Z"))
        #expect(try Self.fault("11:00:00", "11:56:00", ["12:00:00", "12:02:00"]) != nil)
    }

    @Test func `of a witness it is said that it signed`() throws {
        let time = try Self.at("12:00:00")
        let bracket = TimeBracket(size: 10, leaf: 11, times: [time], isWitnessed: true)
        let behind = bracket.fault { _ in time - .minutes(6) }
        #expect(behind?.hasSuffix("but the signature in it is of \(time)") == true)
        let before = bracket.fault { _ in time + .minutes(6) }
        #expect(before?.hasSuffix("but it was signed at \(time) at the latest") == true)
    }

    @Test func `a checkpoint of a retired key that was first stamped later is told`() throws {
        let seed = try #require(SigningKey(seed: Array(repeating: 3, count: 32)))
        let key = try NoteSigner(name: "tiny.example/evidence", key: seed).verifier
        let ended = try Self.at("12:00:00")
        #expect(
            TimeBracket.fault(ofCheckpointBy: key, retired: ended, stamped: try Self.at("12:05:00")) == nil)
        let late = TimeBracket.fault(ofCheckpointBy: key, retired: ended, stamped: try Self.at("12:05:01"))
        #expect(late?.contains("was retired at 2026-03-01T12:00:00Z") == true)
    }
}
