/// Whole numbers as multiples of a unit above a base, in as few bytes each as the largest needs:
///
///     base i64   unit u64   count u32   width u8: 0, 1, 2, 4 or 8   count × width bytes
///
/// The base is the smallest number and the unit the greatest common divisor of what lies above it, so that a column
/// of one value takes no bytes and times in whole seconds take half of theirs.
enum PackedIntegers {
    static func write(_ values: [Int64], into bytes: inout [UInt8]) {
        let (base, top) = bounds(values)
        let unit = unit(values, above: base)
        let width = width(UInt64(bitPattern: top &- base) / unit)
        bytes.append(number: base)
        bytes.append(number: unit)
        bytes.append(number: UInt32(values.count))
        bytes.append(width)
        switch width {
        case 1: bytes += packed(values, base, unit, as: UInt8.self)
        case 2: bytes += packed(values, base, unit, as: UInt16.self)
        case 4: bytes += packed(values, base, unit, as: UInt32.self)
        case 8: bytes += packed(values, base, unit, as: UInt64.self)
        default: break
        }
    }

    /// - Parameter count: how many there must be.
    static func read<Number: FixedWidthInteger>(
        _ bytes: inout ColumnBytes, count: Int, as: Number.Type = Number.self
    ) throws(ColumnError) -> [Number] {
        let base = try bytes.number(Int64.self)
        let unit = try bytes.number(UInt64.self)
        guard Int(try bytes.number(UInt32.self)) == count else {
            throw bytes.damage("a column has another length")
        }
        switch try bytes.number(UInt8.self) {
        case 0: return [Number](repeating: Number(truncatingIfNeeded: base), count: count)
        case 1: return try unpacked(&bytes, count, base, unit, of: UInt8.self)
        case 2: return try unpacked(&bytes, count, base, unit, of: UInt16.self)
        case 4: return try unpacked(&bytes, count, base, unit, of: UInt32.self)
        case 8: return try unpacked(&bytes, count, base, unit, of: UInt64.self)
        default: throw bytes.damage("a column has a width that is not known")
        }
    }

    private static func bounds(_ values: [Int64]) -> (Int64, Int64) {
        guard var low = values.first else { return (0, 0) }
        var high = low
        for value in values {
            low = min(low, value)
            high = max(high, value)
        }
        return (low, high)
    }

    private static func unit(_ values: [Int64], above base: Int64) -> UInt64 {
        var unit: UInt64 = 0
        for value in values {
            var (a, b) = (UInt64(bitPattern: value &- base), unit)
            if b != 0, a % b == 0 { continue }
            while b != 0 { (a, b) = (b, a % b) }
            unit = a
            if unit == 1 { break }
        }
        return max(unit, 1)
    }

    private static func width(_ top: UInt64) -> UInt8 {
        switch top {
        case 0: 0
        case ...UInt64(UInt8.max): 1
        case ...UInt64(UInt16.max): 2
        case ...UInt64(UInt32.max): 4
        default: 8
        }
    }

    private static func packed<Narrow: FixedWidthInteger>(
        _ values: [Int64], _ base: Int64, _ unit: UInt64, as: Narrow.Type
    ) -> [UInt8] {
        let size = Narrow.bitWidth / 8
        return [UInt8](unsafeUninitializedCapacity: values.count * size) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for (index, value) in values.enumerated() {
                let above = UInt64(bitPattern: value &- base)
                let narrow = Narrow(truncatingIfNeeded: unit == 1 ? above : above / unit)
                raw.storeBytes(of: narrow.littleEndian, toByteOffset: index * size, as: Narrow.self)
            }
            initialized = values.count * size
        }
    }

    /// Wraps around on numbers that no writer makes; what must lie in bounds is checked by whoever knows them.
    private static func unpacked<Narrow: FixedWidthInteger, Number: FixedWidthInteger>(
        _ bytes: inout ColumnBytes, _ count: Int, _ base: Int64, _ unit: UInt64, of: Narrow.Type
    ) throws(ColumnError) -> [Number] {
        let size = Narrow.bitWidth / 8
        let start = try bytes.skip(count * size).lowerBound
        return bytes.withBytes { raw in
            [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
                for index in 0..<count {
                    let narrow = Narrow(
                        littleEndian: raw.loadUnaligned(fromByteOffset: start + index * size, as: Narrow.self)
                    )
                    let above = UInt64(truncatingIfNeeded: narrow) &* unit
                    buffer.initializeElement(
                        at: index, to: Number(truncatingIfNeeded: base &+ Int64(bitPattern: above)))
                }
                initialized = count
            }
        }
    }
}
