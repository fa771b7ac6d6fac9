/// Base64 with the alphabet for URLs and without padding (RFC 4648 §5), one spelling per value.
package enum Base64URL {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var units: [UInt8] = []
        for unit in Base64.encode(bytes).utf8 {
            switch unit {
            case UInt8(ascii: "+"): units.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): units.append(UInt8(ascii: "_"))
            case UInt8(ascii: "="): break
            default: units.append(unit)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// The bytes; nil for anything but the one canonical spelling.
    package static func decode(_ text: String) -> [UInt8]? {
        var units: [UInt8] = []
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "-"): units.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): units.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: units.append(unit)
            }
        }
        while !units.count.isMultiple(of: 4) { units.append(UInt8(ascii: "=")) }
        return Base64.decode(String(decoding: units, as: UTF8.self))
    }
}
