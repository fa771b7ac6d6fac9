/// Addresses such as `https://user:password@host/path`, as reports hold them: often with what opens the door, which must
/// not get into the record.
enum NetworkAddress {
    private static let at = UInt8(ascii: "@")
    private static let colon = UInt8(ascii: ":")
    private static let slash = UInt8(ascii: "/")

    /// Whether a text may hold such an address with credentials in it. Nearly none does, and to see it costs little.
    static func mayHoldCredentials(_ units: UnsafeBufferPointer<UInt8>) -> Bool {
        var hasAt = false
        // Without a way out, so that several bytes are looked at together.
        for unit in units where unit == at { hasAt = true }
        guard hasAt else { return false }
        var (last, beforeLast): (UInt8, UInt8) = (0, 0)
        for unit in units {
            if unit == slash, last == slash, beforeLast == colon { return true }
            (beforeLast, last) = (last, unit)
        }
        return false
    }

    /// The text without what stands before the `@` of each `scheme://user:password@host` in it. Any other `@` stays: of
    /// e-mail addresses, of packages and their versions, in a path.
    static func withoutCredentials(_ text: String) -> String {
        let mayHold = text.utf8.withContiguousStorageIfAvailable { mayHoldCredentials($0) }
        if mayHold == false { return text }
        let units = Array(text.utf8)
        var kept: [UInt8] = []
        kept.reserveCapacity(units.count)
        var next = 0
        for range in credentials(in: units) {
            kept += units[next..<range.lowerBound]
            next = range.upperBound
        }
        kept += units[next...]
        return String(decoding: kept, as: UTF8.self)
    }

    /// In the order of the text, none over another.
    private static func credentials(in units: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for start in units.indices.dropFirst(3)
        where units[start - 1] == slash && units[start - 2] == slash && units[start - 3] == colon {
            // No divider stands in a host, so that what is looked through twice is short.
            let authority = units[start...].prefix { !ends($0) }
            guard let last = authority.lastIndex(of: at) else { continue }
            // An image by its digest, such as `docker://nginx@sha256:…`.
            let isDigest = ["sha256:", "sha512:"].contains { authority[(last + 1)...].starts(with: $0.utf8) }
            if !isDigest { found.append(start..<last + 1) }
        }
        return found
    }

    /// Where the part with the host is over: at the path, the query or the fragment, and wherever no address goes on.
    private static func ends(_ unit: UInt8) -> Bool {
        switch unit {
        case slash, UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "|"), UInt8(ascii: "\\"): true
        case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): true
        default: false
        }
    }

    /// What an address names, without the query and the fragment behind it, which may hold a token too. Any other text
    /// stays as it is.
    static func place(_ text: String) -> String {
        guard isAddress(text) else { return text }
        return String(
            decoding: text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }, as: UTF8.self)
    }

    /// Whether it begins with a scheme and two slashes.
    private static func isAddress(_ text: String) -> Bool {
        let units = text.utf8
        let scheme = units.prefix { $0 != colon }
        let isWord = scheme.allSatisfy { unit in
            switch unit | 0x20 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: unit == UInt8(ascii: "+") || unit == UInt8(ascii: "-") || unit == UInt8(ascii: ".")
            }
        }
        return !scheme.isEmpty && isWord && units.dropFirst(scheme.count).starts(with: [colon, slash, slash])
    }
}
