import Catalog
import TestSupport
import Testing

@testable import Evidence

@Suite struct PackedIntegersTests {
    private func packed(_ values: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        PackedIntegers.write(values, into: &bytes)
        return bytes
    }

    private func unpacked(_ bytes: [UInt8], _ count: Int) throws -> [Int64] {
        var rest = ColumnBytes(bytes, file: "test")
        return try PackedIntegers.read(&rest, count: count)
    }

    @Test(
        arguments: [
            ([], 0), ([7], 0), ([7, 7, 7], 0), ([0, 255], 0), ([0, 254, 255], 1),
            ([-1_000_000, -2_000_000, 0], 1),
            ([0, 1, 256], 2), ([5, 6, 70_000], 4), ([0, 1, 1 << 40], 8), ([.min, .max], 0),
            ([.min, 0, .max], 8), ([.max, .max - 3], 0),
        ] as [([Int64], Int)]) func `numbers come back, in as few bytes as they need`(
            _ values: [Int64], _ width: Int
        ) throws
    {
        let bytes = packed(values)
        #expect(try unpacked(bytes, values.count) == values)
        // A unit of the whole span makes of two values 0 and 1, one byte each.
        let least = Set(values).count == 2 ? 1 : width
        #expect(bytes.count == 21 + values.count * least)
    }

    @Test(arguments: 0..<100) func `numbers of any size come back`(_ seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let unit = Int64(1) << Int64(generator.below(20))
        let shift = generator.below(64)
        let values = (0..<generator.below(300)).map { _ in
            (Int64(bitPattern: generator.next()) >> Int64(shift)) &* unit
        }
        let bytes = packed(values)
        #expect(try unpacked(bytes, values.count) == values, "seed \(seed)")
        #expect(throws: ColumnError.self) { try unpacked(bytes, values.count + 1) }
        if !bytes.isEmpty {
            #expect(throws: ColumnError.self) { try unpacked(Array(bytes.dropLast()), values.count) }
        }
    }

    @Test(arguments: 0..<300) func `bytes of any kind give numbers or an error`(_ seed: Int) {
        var generator = Seeded(UInt64(seed))
        let bytes = (0..<generator.below(80)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let count = generator.below(40)
        if let found = try? unpacked(bytes, count) { #expect(found.count == count) }
        var texts = ColumnBytes(bytes, file: "test")
        if let found = try? TextRows.read(&texts, count: count) { #expect(found.ends.count == count) }
        for type in ["string", "bool", "int", "list(string)", "list(list(decimal))"] {
            guard let field = Field.sample(type) else { continue }
            var chunk = ColumnBytes(bytes, file: "test")
            if let found = try? StoredField(field, &chunk, count: count, texts: 3) {
                #expect(found.numbers.count == count, "seed \(seed)")
            }
        }
    }
}
