import Formats

/// The sockets that wait for others to connect.
enum HostSockets {
    static let reading = HostReading(
        kind: "host.socket",
        query: "listening TCP and unconnected UDP sockets of /proc/net, this network name space"
    ) { scope async throws(HostFailure) in try read(scope) }

    private static func read(_ scope: HostScope) throws(HostFailure) -> HostRecords {
        var result = HostRecords()
        for (protocolName, state) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
            let path = "/proc/net/\(protocolName)"
            let text: String
            do {
                text = try scope.machine.text(path)
            } catch {
                // A kernel without IPv6 has no such files, and no such sockets.
                if error.reason == .absent, protocolName.hasSuffix("6") {
                    result.notes.append("no \(path) here")
                    continue
                }
                throw HostFailure(error, path)
            }
            for line in text.utf8.split(separator: 0x0A).dropFirst() {
                let words = String(decoding: line, as: UTF8.self).split(separator: " ")
                guard words.count > 3 else { throw HostFailure(path, "a line is too short") }
                guard words[3] == state else { continue }
                guard let local = endpoint(words[1]), let remote = endpoint(words[2]) else {
                    throw HostFailure(path, "an address is not understood")
                }
                if remote.port != 0 { continue }
                result.add(
                    scope, [protocolName, local.address.text, String(local.port)],
                    [
                        ("protocol", .string(protocolName)), ("address", .string(local.address.text)),
                        ("port", .integer(Int64(local.port))), ("loopback", .bool(local.address.isLoopback)),
                    ])
            }
        }
        return result
    }

    /// `0100007F:0016`: the address as 32-bit words of this machine's byte order, the port as a number.
    private static func endpoint(_ text: Substring) -> (address: InternetAddress, port: Int)? {
        let sides = text.split(separator: ":")
        guard sides.count == 2, let port = Int(sides[1], radix: 16),
            let bytes = Hex.decode(sides[0].lowercased()), bytes.count == 4 || bytes.count == 16
        else { return nil }
        var ordered: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 4) {
            let word = bytes[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            withUnsafeBytes(of: word) { ordered.append(contentsOf: $0) }
        }
        return (InternetAddress(ordered), port)
    }
}

/// An IPv4 or IPv6 address in network order.
struct InternetAddress: Sendable, Hashable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Also for an IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2).
    var isLoopback: Bool {
        if bytes.count == 4 { return bytes[0] == 127 }
        if isMapped { return bytes[12] == 127 }
        return bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    private var isMapped: Bool { bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]) }

    /// As people write it; IPv6 by RFC 5952.
    var text: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        if isMapped { return "::ffff:" + bytes[12...].map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        guard let gap = Self.longestZeros(groups) else { return Self.joined(groups[...]) }
        return Self.joined(groups[..<gap.lowerBound]) + "::" + Self.joined(groups[gap.upperBound...])
    }

    private static func joined(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of at least two zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > max(1, best?.count ?? 0) { best = start..<end }
            start = end + 1
        }
        return best
    }
}
