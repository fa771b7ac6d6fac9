/// Where a link leads: a place in the page, or an address of a scheme that runs nothing.
package struct Link: Sendable, Hashable {
    let address: String

    /// A place in the same page.
    package init(toID id: String) {
        address = "#" + Self.fragment(id)
    }

    /// An address on the web or of mail; nil for every other scheme, such as `javascript:` or `data:`, and for what is
    /// no absolute address.
    package init?(_ address: String) {
        let schemes = ["https://", "http://", "mailto:"]
        guard schemes.contains(where: { address.lowercased().hasPrefix($0) }),
            address.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return nil }
        self.address = address
    }

    /// An id as a fragment can hold it: letters, digits, `-`, `.` and `_`; other bytes as `_xx`, so that two ids stay
    /// two.
    static func fragment(_ id: String) -> String {
        var result = ""
        for byte in id.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16)
                result += "_" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
