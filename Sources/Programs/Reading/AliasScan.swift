/// Looks for aliases before the parser does.
///
/// The parser compares mapping keys by walking through them, aliases followed, so a few lines of nested aliases used as
/// a key would keep it busy for ever. This scan knows nothing of quotes or blocks and errs on the safe side: a name
/// that stands behind an ampersand and later behind an asterisk counts as anchor and alias. In prose and in
/// expressions that does not happen, because `&&` is not counted.
enum AliasScan {
    /// Line (from 0) and column (from 1) of the first alias whose anchor stands before it.
    static func firstAlias(in lines: some Collection<Substring.UTF8View>) -> (line: Int, column: Int)? {
        var anchors: Set<[UInt8]> = []
        for (number, line) in lines.enumerated() {
            var column = 0
            var before: UInt8 = 0
            var index = line.startIndex
            while index < line.endIndex {
                let byte = line[index]
                index = line.index(after: index)
                if byte & 0xC0 != 0x80 { column += 1 }
                defer { before = byte }
                guard byte == UInt8(ascii: "&") && before != byte || byte == UInt8(ascii: "*") else {
                    continue
                }
                let name = Array(line[index...].prefix(while: isNameByte))
                if name.isEmpty { continue }
                if byte == UInt8(ascii: "&") {
                    anchors.insert(name)
                } else if anchors.contains(name) {
                    return (number, column)
                }
            }
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
