/// The rule for an entry's name: a relative path with `/` that means the same on every system.
enum ZIPName {
    /// Names longer than this are refused; the format itself ends at 65,535.
    static let longest = 1_024

    /// What is wrong with a name; nil when nothing is.
    static func fault(_ name: some Collection<UInt8>) -> String? {
        if name.isEmpty { return "it is empty" }
        if name.count > longest { return "it is longer than \(longest) bytes" }
        guard let text = String(validating: name, as: UTF8.self) else { return "it is not UTF-8" }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0: return "it holds a NUL"
            case 0..<0x20, 0x7F..<0xA0: return "it holds a control character"
            case 0x5C: return "it holds a backslash"
            case 0x3A: return "it holds a colon, which names a drive or a stream on some systems"
            default: break
            }
        }
        for segment in name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if segment.isEmpty { return "it is absolute, ends in a slash or holds two in a row" }
            if segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) {
                return "it holds \".\" or \"..\" as a folder"
            }
        }
        return nil
    }
}
