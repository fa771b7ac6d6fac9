import Formats

/// Addresses as text (RFC 3986), as far as requests need them.
package enum URLText {
    /// An address without its query and fragment, fit for messages.
    package static func withoutQuery(_ url: String) -> String {
        String(url.prefix { $0 != "?" && $0 != "#" })
    }

    /// Scheme, host with port, path and raw query of an absolute http or https address; nil for any other, and for one
    /// with user information, characters that do not belong in an address, or a port that is none.
    package static func parts(_ url: String) -> (scheme: String, host: String, path: String, query: String)? {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let scheme = ["https", "http"].first(where: { url.lowercased().hasPrefix($0 + "://") })
        else { return nil }
        let rest = url.dropFirst(scheme.count + 3)
        let host = rest.prefix { !"/?#".contains($0) }
        if host.contains("@") || !isPlace(host) { return nil }
        let tail = rest.dropFirst(host.count).prefix { $0 != "#" }
        let path = tail.prefix { $0 != "?" }
        return (
            scheme, String(host).lowercased(), path.isEmpty ? "/" : String(path),
            String(tail.dropFirst(path.count + 1))
        )
    }

    /// Whether this is a name or an IP address, alone or with a port from 1 to 65535.
    private static func isPlace(_ host: Substring) -> Bool {
        // An IPv6 address has colons of its own, and stands in brackets.
        let isBracketed = host.hasPrefix("[")
        guard !isBracketed || host.contains("]") else { return false }
        let name = isBracketed ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" }
        let rest = host.dropFirst(isBracketed ? name.count + 2 : name.count)
        if name.isEmpty { return false }
        if rest.isEmpty { return true }
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits)
        else { return false }
        return (1...65_535).contains(port)
    }

    /// Whether an address is on this machine by its own word: localhost, 127.0.0.0/8 or ::1.
    package static func isLoopback(_ url: String) -> Bool {
        guard let host = parts(url)?.host else { return false }
        if host == "[::1]" || host.hasPrefix("[::1]:") { return true }
        let name = host.prefix { $0 != ":" }
        return name == "localhost"
            || name.hasPrefix("127.") && name.split(separator: ".").count == 4
                && name.allSatisfy { $0.isNumber || $0 == "." }
    }

    /// Text with every byte escaped that is not unreserved (RFC 3986 section 2.3).
    package static func escape(_ text: String, keepingSlash: Bool = false) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/") where keepingSlash: result.append("/")
            default: result += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return result
    }

    /// `name=value&name=value`, both sides escaped.
    package static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// The names and values of a raw query, unescaped; `+` stands for itself.
    package static func items(_ query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (unescape(sides[0]), sides.count > 1 ? unescape(sides[1]) : "")
        }
    }

    /// Text with its escapes resolved; what is no escape stays as it is.
    package static func unescape(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self).lowercased()
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = Hex.decode(digits)?.first {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
