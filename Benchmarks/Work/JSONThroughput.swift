import Formats

/// JSON in, and canonical JSON out, on one text of evidence records.
enum JSONThroughput {
    static func run(_ setting: Setting) throws -> [Finding] {
        let text = text(setting.size(8 << 20, quick: 2 << 20))
        var taping = Rounds()
        var parsing = Rounds()
        var writing = Rounds()
        for _ in 0..<max(3, setting.rounds) {
            var tape: JSONTape?
            taping.add(ours: try Stopwatch.seconds { tape = try JSONTape(text) })
            taping.add(peer: try SQLiteJSON.seconds("json_valid", of: text).seconds)
            keep(tape)
            var value: JSON?
            let reading = try Stopwatch.seconds { value = try JSON(parsing: text) }
            parsing.add(ours: reading)
            guard let value else { throw WrongAnswer("no JSON") }
            var canonical: [UInt8] = []
            let canonizing = try Stopwatch.seconds { canonical = try CanonicalJSON.encode(value) }
            writing.add(ours: canonizing)
            let (seconds, length) = try SQLiteJSON.seconds("json", of: text)
            parsing.add(peer: seconds)
            writing.add(peer: Machine.hashing(canonical))
            // Canonical form changes the order of members and nothing else here, so the lengths are equal.
            try expect(canonical.count, is: length, "length of the canonical text")
            try expect(
                try JSON(parsing: canonical) == value, is: false, "order of members that is left as it was")
            try expect(
                try CanonicalJSON.encode(JSON(parsing: canonical)) == canonical, is: true, "fixed point")
        }
        let size = Double(text.count)
        return [
            Finding(
                "JSON, validate to a tape", Figure.bytes(size / taping.our),
                beside: "SQLite json_valid: \(Figure.bytes(size / taping.peers))", ratio: taping.share),
            Finding(
                "JSON, parse to values", Figure.bytes(size / parsing.our),
                beside: "SQLite json(): \(Figure.bytes(size / parsing.peers))", ratio: parsing.share),
            Finding(
                "canonical JSON, write values", Figure.bytes(size / writing.our),
                beside: "SHA-256 of it: \(Figure.bytes(size / writing.peers))", ratio: writing.share),
        ]
    }

    private static func text(_ size: Int) -> [UInt8] {
        let lines = Changes.lines(size / 400).split(separator: 0x0A)
        return [UInt8(ascii: "[")] + Array(lines.joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "]")]
    }
}
