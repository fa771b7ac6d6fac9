/// Base64 with the alphabet for URLs and without padding (RFC 4648 §5), one spelling per value.
package enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let text = bytes.withContiguousStorageIfAvailable { encode(contiguous: $0) }
        return text ?? Array(bytes).withUnsafeBufferPointer { encode(contiguous: $0) }
    }

    /// Appends the digits of some bytes.
    package static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        let (start, length) = (text.count, length(of: bytes.count))
        text.append(contentsOf: repeatElement(0, count: length))
        text.withUnsafeMutableBufferPointer {
            encode(bytes, into: UnsafeMutableBufferPointer(rebasing: $0[start..<start + length]))
        }
    }

    private static func encode(contiguous bytes: UnsafeBufferPointer<UInt8>) -> String {
        let length = length(of: bytes.count)
        return String(unsafeUninitializedCapacity: length) { units in
            encode(UnsafeRawBufferPointer(bytes), into: units)
            return length
        }
    }

    /// Three bytes are four digits; one or two that are left over, two or three.
    private static func length(of count: Int) -> Int { (count * 4 + 2) / 3 }

    private static func encode(_ bytes: UnsafeRawBufferPointer, into units: UnsafeMutableBufferPointer<UInt8>)
    {
        alphabet.withUnsafeBufferPointer { alphabet in
            var (from, to) = (0, 0)
            func digit(_ group: Int, _ place: Int) -> UInt8 { alphabet[group >> (18 - 6 * place) & 63] }
            while from + 3 <= bytes.count {
                let group = Int(bytes[from]) << 16 | Int(bytes[from + 1]) << 8 | Int(bytes[from + 2])
                for place in 0..<4 { units[to + place] = digit(group, place) }
                from += 3
                to += 4
            }
            if from == bytes.count { return }
            let second = from + 1 < bytes.count ? Int(bytes[from + 1]) : 0
            let group = Int(bytes[from]) << 16 | second << 8
            for place in 0...(bytes.count - from) { units[to + place] = digit(group, place) }
        }
    }

    /// The bytes; nil for anything but the one canonical spelling.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    /// The same of digits that are no text yet.
    package static func decode(_ units: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        digits.decode(digits: units)
    }

    /// Appends the bytes; where there are none, false, and what was appended is of no use.
    package static func append(digits units: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Bool {
        digits.append(digits: units, to: &bytes)
    }

    private static let digits = Base64Digits(last: "-_")
}
