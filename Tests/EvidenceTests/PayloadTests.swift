import Catalog
import Formats
import Ledger
import Testing

@testable import Evidence

@Suite struct PayloadTests {
    private let key: [UInt8] = Array(repeating: 7, count: 32)

    private func facts() throws -> [Fact] {
        [
            .coverage("account", try hours(0, 24)),
            .state(
                "account", "a", from: hour(0), object(["enabled": .bool(true), "owner": .string("é\n\"")])),
            .state("account", "b", from: hour(0), to: hour(3), object(["enabled": .bool(false)])),
            .state("account", "c", from: hour(5), nil),
            .event("change", "x", at: hour(2), object(["author": .string("ann")])),
        ]
    }

    private func payload(_ facts: [Fact]) throws -> (bytes: [[UInt8]], population: Population) {
        var tree = MerkleAccumulator()
        var lines: [[UInt8]] = []
        for fact in facts {
            let line = try PayloadLine(fact, saltKey: key)
            tree.append(line.leafHash)
            lines.append(line.bytes + [0x0A])
        }
        return (lines, Population(root: tree.root, count: lines.count))
    }

    @Test func `what was stored is read back`() throws {
        let facts = try facts()
        let (lines, population) = try payload(facts)
        let read = try Payload.open(lines.flatMap { $0 }, population)
        #expect(read.map(\.fact) == facts)
        #expect(read.map { $0.bytes + [0x0A] } == lines)
    }

    @Test func `a payload without items is empty`() throws {
        let population = Population(root: MerkleTree.emptyRoot, count: 0)
        #expect(try Payload.open([], population).isEmpty)
        #expect(throws: PayloadError.self) { try Payload.open([0x0A], population) }
    }

    @Test func `equal facts have equal salts and without the key nobody has them`() throws {
        let fact = try facts()[1]
        let other = try PayloadLine(fact, saltKey: Array(repeating: 8, count: 32))
        #expect(try PayloadLine(fact, saltKey: key).bytes == PayloadLine(fact, saltKey: key).bytes)
        #expect(try PayloadLine(fact, saltKey: key).bytes != other.bytes)
    }

    @Test func `no byte can be changed`() throws {
        let (lines, population) = try payload(try facts())
        let bytes = lines.flatMap { $0 }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: PayloadError.self, "byte \(index)") { try Payload.open(changed, population) }
        }
    }

    @Test func `no line can be removed, added, repeated or moved`() throws {
        let (lines, population) = try payload(try facts())
        let extra = try PayloadLine(.state("account", "z", from: hour(0), nil), saltKey: key).bytes + [0x0A]
        for index in lines.indices {
            var removed = lines
            removed.remove(at: index)
            #expect(throws: PayloadError.count(found: 4, stated: 5)) {
                try Payload.open(removed.flatMap { $0 }, population)
            }
            var replaced = lines
            replaced[index] = extra
            #expect(throws: PayloadError.root) { try Payload.open(replaced.flatMap { $0 }, population) }
            var added = lines
            added.insert(extra, at: index)
            #expect(throws: PayloadError.count(found: 6, stated: 5)) {
                try Payload.open(added.flatMap { $0 }, population)
            }
            var moved = lines
            moved.swapAt(index, (index + 1) % lines.count)
            #expect(throws: PayloadError.root) { try Payload.open(moved.flatMap { $0 }, population) }
        }
    }

    @Test func `a last line without an end, and a count that cannot be, are refused`() throws {
        let (lines, population) = try payload(try facts())
        let bytes = lines.flatMap { $0 }
        #expect(throws: PayloadError.unterminated) { try Payload.open(Array(bytes.dropLast()), population) }
        let boundless = Population(root: population.root, count: .max)
        #expect(throws: PayloadError.count(found: 5, stated: .max)) { try Payload.open(bytes, boundless) }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"fact":{},"salt":""}"#,
        #"{"fact":{"at":"2026-01-01T00:00:00Z","key":"a","kind":"k","value":{}},"salt":"00"}"#,
        #"{"fact":{"at":"2026-01-01T00:00:00Z","key":"a","kind":"k","value":{}}}"#,
        #"{"fact":{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z","value":{}},"salt":"00000000000000000000000000000000"}"#,
        #"{"fact":{"at":"2026-01-01T00:00:00Z","key":"a","kind":"k","source":"s","value":{}},"salt":"00000000000000000000000000000000"}"#,
        #"{"fact":{"batch":{}},"salt":"00000000000000000000000000000000"}"#,
        #"{"fact":{"at":"2026-01-01T00:00:00Z","key":"a","kind":"k","value":{}},"more":1,"salt":"00000000000000000000000000000000"}"#,
    ])
    func `a line in any other form is refused`(_ line: String) {
        #expect(throws: PayloadError.self) { try PayloadLine(parsing: Array(line.utf8)) }
    }

    /// Lines of facts with personal fields: told, told in part, and withheld.
    private func disclosedLines() throws -> [[UInt8]] {
        let fact = Fact.event(
            "lab", "s-1", at: hour(2),
            object([
                "count": .integer(3), "label": .string("b"), "nurse": .string("ann"), "patient": .string("é"),
            ]))
        let kind = Kind(
            name: "lab", title: "", mode: .event,
            fields: ["nurse", "patient", "count"].map { Field(name: $0, type: .text, isPersonal: true) })
        let line = try PayloadLine(
            fact, personal: ["count", "nurse", "patient"], salt: Array(key.prefix(16)),
            secret: { Array(repeating: 5, count: $0) })
        let partly = PersonalFields([kind]) { $0.name == "nurse" }
        let state = try PayloadLine(
            .state("staff", "p-1", from: hour(2), object(["a": .bool(true), "name": .string("\"ann\"")])),
            personal: ["name"], salt: Array(key.prefix(16)), secret: { Array(repeating: 6, count: $0) })
        return try [line, line.withholding(partly), line.withholding(PersonalFields([kind])), state]
            .map(\.bytes)
    }

    @Test func `a disclosure must be one of the item, in order and told once`() throws {
        let json = try JSON(parsing: disclosedLines()[0])
        let (told, item) = (try #require(json["disclosures"]?.array), try #require(json["item"]))
        let other = JSON.string(
            Base64URL.encode(Array(#"["0123456789012345678901","nurse","bea"]"#.utf8)))
        for disclosures in [
            told, Array(told.dropFirst()), told.reversed(), told + [told[2]], told + [other], [other],
            [.string("W10")], [.string("!")], [.string("")], [],
        ] {
            expectAgreement(
                try CanonicalJSON.encode(
                    .object([("disclosures", .array(disclosures)), ("item", item)])))
        }
        // A field that is told in the open as well.
        let text = String(decoding: try CanonicalJSON.encode(json), as: UTF8.self)
        expectAgreement(Array(text.replacing(#""label":"b""#, with: #""nurse":"b""#).utf8))
    }

    @Test func `a field must not be told by two disclosures`() throws {
        let json = try JSON(parsing: disclosedLines()[0])
        let item = try #require(json["item"]?.object)
        for (names, isGood) in [(["nurse", "nurse"], false), (["nurse", "porter"], true)] {
            let told = zip(["0123456789012345678901", "1123456789012345678901"], names).map { salt, name in
                Base64URL.encode(Array(#"["\#(salt)","\#(name)","ann"]"#.utf8))
            }
            let sorted = told.map {
                (text: $0, digest: Base64URL.encode(Digest.sha256(Array($0.utf8)).bytes))
            }
            .sorted { $0.digest < $1.digest }
            let members = item.members.map { member in
                (member.name, member.name == "_sd" ? .array(sorted.map { .string($0.digest) }) : member.value)
            }
            let line = try CanonicalJSON.encode(
                .object([
                    ("disclosures", .array(sorted.map { .string($0.text) })), ("item", .object(members)),
                ]))
            expectAgreement(line)
            #expect(((try? PayloadLine(parsing: line)) != nil) == isGood)
        }
    }

    @Test func `a payload read at once is judged as one that is read in pieces`() throws {
        let (lines, population) = try payload(try facts())
        let bytes = lines.flatMap { $0 }
        let bad = Array(#"{"fact":{}}"#.utf8) + [0x0A]
        for bytes in [bytes, [], Array(bytes.dropLast()), bytes + bad, bad + bytes, lines[0], [0x0A]] {
            for population in [population, Population(root: MerkleTree.emptyRoot, count: 0)] {
                let pieces = Result {
                    var reading = PayloadReading { $0.map(\.fact) }
                    var found: [Fact?] = []
                    for byte in bytes { try reading.append([byte]) { found += $1 } }
                    try reading.finish(population) { found += $1 }
                    return found
                }
                let once = Result {
                    let (found, fault) = try PayloadReading.short(bytes, population, as: .lines) {
                        $0.map(\.fact)
                    }
                    if let fault { throw fault }
                    return found
                }
                #expect("\(once)" == "\(pieces)")
            }
        }
    }

    /// What the quick readings of a line make of it, and what the whole grammar does.
    private func expectAgreement(_ line: [UInt8]) {
        func reading(_ read: () throws(PayloadError) -> PayloadLine) -> Result<PayloadLine, PayloadError> {
            Result { () throws(PayloadError) in try read() }
        }
        let quick = reading { () throws(PayloadError) in try PayloadLine(parsing: line) }
        let whole = reading { () throws(PayloadError) in try PayloadLine(byGrammar: line) }
        switch (quick, whole) {
        case (.success(let left), .success(let right)):
            #expect(
                left.fact == right.fact && left.extent == right.extent && left.leafHash == right.leafHash
                    && left.bytes == right.bytes, "\(String(decoding: line, as: UTF8.self))")
        case (.failure(let left), .failure(let right)): #expect(left == right)
        default: Issue.record("only one of them takes \(String(decoding: line, as: UTF8.self))")
        }
        let outline = Result { () throws(PayloadError) in
            try line.withUnsafeBufferPointer { bytes throws(PayloadError) in try LineOutline(parsing: bytes) }
        }
        #expect(outline == whole.map { LineOutline($0) }, "\(String(decoding: line, as: UTF8.self))")
        let indexed = try? line.withUnsafeBufferPointer { try IndexedLine(parsing: $0) }
        #expect(
            indexed == (try? whole.get()).flatMap { try? IndexedLine($0) },
            "\(String(decoding: line, as: UTF8.self))")
    }

    @Test func `the quick reading of a line agrees with the whole grammar, whatever is changed in it`() throws
    {
        var lines = try facts().map { try PayloadLine($0, saltKey: key).bytes }
        lines.append(
            Array(
                #"{"fact":{"from":"2026-01-02T00:00:00Z","key":"a","kind":"k","to":"2026-01-01T00:00:00Z","value":{}},"salt":"00000000000000000000000000000000"}"#
                    .utf8))
        lines.append(
            Array(
                #"{"fact":{"at":"2026-01-01T00:00:00Z","id":"a","kind":"k","value":null},"salt":"00000000000000000000000000000000"}"#
                    .utf8))
        lines.append(
            Array(
                #"{"fact":{"at":"2026-01-01T00:00:00Z","key":"","kind":"k","value":{}},"salt":"00000000000000000000000000000000"}"#
                    .utf8))
        lines += try disclosedLines()
        for line in lines {
            expectAgreement(line)
            for place in line.indices {
                expectAgreement(Array(line[..<place]))
                for byte: UInt8 in [0x00, 0x20, 0x22, 0x2C, 0x30, 0x5C, 0x61, 0x7B, 0x7D, 0x80, 0xC3] {
                    var changed = line
                    changed[place] = byte
                    expectAgreement(changed)
                    changed.remove(at: place)
                    expectAgreement(changed)
                }
            }
        }
    }

    @Test func `a bad line is told by its number, wherever the stretches end`() throws {
        let count = 9_000
        var bytes: [UInt8] = []
        for number in 0..<count {
            let fact = Fact.event("change", Identifier("x-\(number)"), at: hour(2), object([:]))
            bytes += try PayloadLine(fact, saltKey: key).bytes + [0x0A]
            if number == 8_000 { bytes[bytes.count - 3] = UInt8(ascii: "x") }
        }
        for size in [1 << 12, 1 << 18, bytes.count] {
            var reading = PayloadReading()
            var seen = 0
            let error = #expect(throws: PayloadError.self) {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try reading.append(Array(bytes[start..<min(start + size, bytes.count)])) { first, lines in
                        #expect(first == seen)
                        seen += lines.count
                    }
                }
                try reading.finish(Population(root: MerkleTree.emptyRoot, count: count)) { seen += $1.count }
            }
            guard case .line(8_001, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(seen <= 8_000)
        }
    }
}
