import Catalog
import Evidence
import Formats
import Foundation
import Ledger
import Testing

/// A field can be left out, and a record be gone, and the population's leaf stays what it is.
@Suite struct DisclosureTests {
    private let key: [UInt8] = Array(repeating: 7, count: 32)
    private let fact = Fact.event(
        "lab.sample", "s-1", at: hour(2),
        object(["label": .string("blue"), "nurse": .string("ann"), "patient": .string("p-9 é")]))
    private let personal = PersonalFields([
        Kind(
            name: "lab.sample", title: "", mode: .event,
            fields: [
                Field(name: "label", type: .text), Field(name: "nurse", type: .text, isPersonal: true),
                Field(name: "patient", type: .text, isPHI: true),
            ])
    ])

    private func line(_ secret: UInt8 = 1) throws -> PayloadLine {
        try PayloadLine(
            fact, personal: personal.fields(of: "lab.sample"), salt: Array(key.prefix(16)),
            secret: { Array(repeating: secret, count: $0) })
    }

    @Test func `a line with digests is read back whole`() throws {
        let read = try PayloadLine(parsing: try line().bytes)
        #expect(read.fact == fact && read.extent == .whole)
        #expect(try read.leafHash == line().leafHash)
    }

    @Test func `the leaf is the item, and its digests are those of RFC 9901`() throws {
        let json = try JSON(parsing: try line().bytes)
        let item = try #require(json["item"])
        #expect(MerkleTree.leafHash(try CanonicalJSON.encode(item)) == (try line().leafHash))
        let disclosures = try #require(json["disclosures"]?.array).compactMap(\.string)
        let digests = disclosures.map { Base64URL.encode(Digest.sha256(Array($0.utf8)).bytes) }
        #expect(item["_sd"]?.array?.compactMap(\.string) == digests)
        // The worked example of RFC 9901 section 4.2.3.
        let example = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
        #expect(
            Base64URL.encode(Digest.sha256(Array(example.utf8)).bytes)
                == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY")
    }

    @Test func `withholding takes the personal fields, and no hash changes`() throws {
        let told = try line().withholding(personal)
        #expect(told.extent == .withoutFields(2) && told.fact?.value == object(["label": .string("blue")]))
        #expect(try told.leafHash == line().leafHash)
        #expect(try PayloadLine(parsing: told.bytes).leafHash == told.leafHash)
        #expect(try told.withholding(personal).bytes == told.bytes)
        let words = String(decoding: told.bytes, as: UTF8.self)
        for secret in ["ann", "p-9", "patient", "nurse"] { #expect(!words.contains(secret)) }
    }

    @Test func `what was recorded before its field was marked is withheld whole`() throws {
        let plain = try PayloadLine(fact, saltKey: key)
        let told = try plain.withholding(personal)
        #expect(told.extent == .withheld && told.fact == nil && told.leafHash == plain.leafHash)
        let unknown = PersonalFields([])
        #expect(try plain.withholding(unknown).extent == .withheld)
    }

    @Test(arguments: [PayloadLine.Extent.erased, .withheld])
    func `a line that hides its record keeps its place in the tree`(_ extent: PayloadLine.Extent) throws {
        let hidden = PayloadLine(hiding: extent, leafHash: try line().leafHash)
        let other = try PayloadLine(fact, saltKey: key)
        let root = MemoryTree([try line().leafHash, other.leafHash]).root
        let bytes = hidden.bytes + [0x0A] + other.bytes + [0x0A]
        let read = try Payload.open(bytes, Population(root: root, count: 2))
        #expect(read.map(\.extent) == [extent, .whole] && read[0].fact == nil)
    }

    @Test func `equal facts of two records cannot be told from their leaves`() throws {
        #expect(try line(1).leafHash != line(2).leafHash)
    }

    @Test func `no byte of a disclosure can be changed, none be added, moved or repeated`() throws {
        let bytes = try line().bytes
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            let read = try? PayloadLine(parsing: changed)
            #expect(try read == nil || read?.leafHash != line().leafHash, "byte \(place)")
        }
        let json = try JSON(parsing: bytes)
        let (item, all) = (try #require(json["item"]), try #require(json["disclosures"]?.array))
        let stranger = try #require(try JSON(parsing: line(3).bytes)["disclosures"]?.array)
        for list in [all.reversed(), all + all.prefix(1), all + stranger.prefix(1), [.string("x")], [.null]] {
            let forged = try CanonicalJSON.encode(.object([("disclosures", .array(list)), ("item", item)]))
            #expect(throws: PayloadError.self) { try PayloadLine(parsing: forged) }
        }
    }

    @Test func `payloads cut anywhere read the same`() throws {
        let lines = [try line(1), try PayloadLine(fact, saltKey: key), try line(2)]
        let bytes = lines.flatMap { (line: PayloadLine) -> [UInt8] in line.bytes + [0x0A] }
        let population = Population(root: MemoryTree(lines.map(\.leafHash)).root, count: 3)
        for size in [1, 7, 64, bytes.count] {
            var reading = PayloadReading()
            var found: [Digest] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                try reading.append(Array(bytes[start..<min(start + size, bytes.count)])) {
                    #expect($0 == found.count)
                    found += $1.map(\.leafHash)
                }
            }
            try reading.finish(population) {
                #expect($0 == found.count)
                found += $1.map(\.leafHash)
            }
            #expect(found == lines.map(\.leafHash))
        }
    }
}
