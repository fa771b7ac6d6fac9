extension ByteStream {
    /// The same text as UTF-8 without a byte order mark: many tools on Windows write UTF-16, and say so by its mark.
    ///
    /// Half a surrogate pair becomes U+FFFD, as Unicode recommends.
    package func asUTF8() throws -> ByteStream {
        let mark = try head(3)
        if mark.elementsEqual([0xEF, 0xBB, 0xBF]) {
            _ = try take(3)
            isUTF8ByMark = true
            return self
        }
        let isLittle = mark.starts(with: [0xFF, 0xFE])
        guard isLittle || mark.starts(with: [0xFE, 0xFF]) else { return self }
        _ = try take(2)
        var rest: [UInt8] = []
        let converted = ByteStream {
            var text: [UInt8] = []
            while text.isEmpty {
                let piece = try self.next()
                let isLast = piece.isEmpty
                rest += piece
                if rest.isEmpty { return [] }
                var count = rest.count / 2
                // A pair is not cut in two.
                if !isLast, count > 0, Self.unit(rest, count - 1, isLittle) & 0xFC00 == 0xD800 { count -= 1 }
                let units = (0..<count).map { Self.unit(rest, $0, isLittle) }
                text = Array(String(decoding: units, as: UTF16.self).utf8)
                rest.removeFirst(count * 2)
                if isLast {
                    if !rest.isEmpty { text += [0xEF, 0xBF, 0xBD] }
                    rest = []
                    return text
                }
            }
            return text
        }
        converted.isUTF8ByMark = true
        return converted
    }

    private static func unit(_ bytes: [UInt8], _ index: Int, _ isLittle: Bool) -> UInt16 {
        let (first, second) = (UInt16(bytes[2 * index]), UInt16(bytes[2 * index + 1]))
        return isLittle ? second << 8 | first : first << 8 | second
    }
}
