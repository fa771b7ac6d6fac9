import Catalog
import Expressions
import Formats
import Ledger

/// The stored form of a list: its length (u32), then its elements. A text is its length and UTF-8, a flag one byte,
/// a list a list, everything else eight bytes.
struct ListBytes {
    let bytes: [UInt8]
    /// The list as expressions see it.
    let value: Value

    /// - Parameter stored: a JSON list; elements of another type are left out, as they are for expressions. Nil for
    ///   anything but a list.
    init?(_ stored: JSON, _ element: FieldType) {
        guard let bytes = Self.encode(stored, element), let list = try? Self(bytes, element) else {
            return nil
        }
        self = list
    }

    init(_ bytes: [UInt8], _ element: FieldType) throws(ColumnError) {
        var rest = ColumnBytes(bytes, file: "a list")
        value = try Self.value(&rest, .list(element))
        if rest.rest != 0 { throw rest.damage("it is longer than its elements") }
        self.bytes = bytes
    }

    private static func encode(_ stored: JSON, _ element: FieldType) -> [UInt8]? {
        guard case .array(let items) = stored else { return nil }
        let encoded = items.compactMap { item($0, element) }
        var bytes: [UInt8] = []
        bytes.append(number: UInt32(encoded.count))
        for item in encoded { bytes += item }
        return bytes
    }

    private static func item(_ item: JSON, _ type: FieldType) -> [UInt8]? {
        var bytes: [UInt8] = []
        switch (type, item) {
        case (.text, .string(let text)): bytes.append(text: text)
        case (.flag, .bool(let flag)): bytes.append(flag ? 1 : 0)
        case (.list(let element), _): return encode(item, element)
        default:
            guard let number = type.number(of: item) else { return nil }
            bytes.append(number: number)
        }
        return bytes
    }

    private static func value(_ bytes: inout ColumnBytes, _ type: FieldType) throws(ColumnError) -> Value {
        switch type {
        case .text: return .string(try bytes.text())
        case .flag: return .bool(try bytes.number(UInt8.self) != 0)
        case .whole: return .int(try bytes.number(Int64.self))
        case .decimal: return .double(Double(bitPattern: try bytes.number(UInt64.self)))
        case .timestamp:
            return .timestamp(Value.Timestamp(Instant(microseconds: try bytes.number(Int64.self))))
        case .duration:
            return .duration(Value.Duration(TimeSpan(microseconds: try bytes.number(Int64.self))))
        case .list(let element):
            var items: [Value] = []
            for _ in 0..<(try bytes.count(each: 1)) { items.append(try value(&bytes, element)) }
            return .list(items)
        }
    }
}
