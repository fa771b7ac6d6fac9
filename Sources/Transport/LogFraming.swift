/// Cuts a stream into messages: counted (`83 <34>1 …`, RFC 5425 section 4.3, RFC 6587 section 3.4.1), or by line ends where a
/// message begins without a count (RFC 6587 section 3.4.2).
package struct LogFraming: Sendable {
    private struct Broken: Error {}

    private let longest: Int
    private var buffer: [UInt8] = []
    /// Bytes of a message that is too long and passes by unread.
    private var skipping = 0
    /// In the middle of a line that is too long.
    private var isSkippingLine = false
    /// Messages that were too long, since the last look.
    package private(set) var tooLong = 0
    /// The stream holds something else: nothing behind it can be read.
    package private(set) var isBroken = false

    package init(longest: Int) {
        self.longest = longest
    }

    /// Whether the stream ends in the middle of a message.
    package var isUnfinished: Bool { !buffer.isEmpty || skipping > 0 || isSkippingLine }

    /// The messages that are whole with these bytes; those before the place where a stream breaks are among them.
    package mutating func append(_ bytes: some Collection<UInt8>) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        if isBroken { return messages }
        buffer += bytes
        var rest = buffer[...]
        do {
            while let message = try next(&rest) {
                if !message.isEmpty { messages.append(message) }
            }
            buffer = Array(rest)
        } catch {
            isBroken = true
            buffer = []
        }
        return messages
    }

    /// How many were too long since this was last asked.
    package mutating func takeTooLong() -> Int {
        defer { tooLong = 0 }
        return tooLong
    }

    /// The next message, an empty one for what is passed over; nil when more bytes are needed.
    private mutating func next(_ rest: inout ArraySlice<UInt8>) throws(Broken) -> [UInt8]? {
        if skipping > 0 {
            let count = min(skipping, rest.count)
            skipping -= count
            rest = rest.dropFirst(count)
            return skipping > 0 || rest.isEmpty ? nil : []
        }
        guard let first = rest.first else { return nil }
        if isSkippingLine || first == UInt8(ascii: "<") { return line(&rest) }
        // Some senders end a counted message with a line end as well.
        if first == 0x0A || first == 0x0D {
            rest = rest.dropFirst()
            return []
        }
        let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard !digits.isEmpty, digits.count <= 9 else { throw Broken() }
        guard digits.count < rest.count else { return nil }
        guard rest[digits.endIndex] == UInt8(ascii: " "),
            let length = Int(String(decoding: digits, as: UTF8.self)), length > 0
        else { throw Broken() }
        let body = rest[(digits.endIndex + 1)...]
        if length > longest {
            tooLong += 1
            skipping = length
            rest = body
            return []
        }
        if body.count < length { return nil }
        rest = body.dropFirst(length)
        return Array(body.prefix(length))
    }

    private mutating func line(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let end = rest.firstIndex(of: 0x0A) else {
            if rest.count > longest || isSkippingLine {
                if !isSkippingLine { tooLong += 1 }
                isSkippingLine = true
                rest = rest[rest.endIndex...]
            }
            return nil
        }
        let line = Array(rest[..<end])
        rest = rest[(end + 1)...]
        if isSkippingLine {
            isSkippingLine = false
            return []
        }
        if line.count > longest {
            tooLong += 1
            return []
        }
        return line
    }
}
