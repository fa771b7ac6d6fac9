import Formats

/// How the bytes of a document stand for characters, as its declaration says.
enum XMLEncoding: Sendable, Hashable {
    case utf8
    /// ISO-8859-1: each byte is the character of its number.
    case latin1
    /// What Windows writes in Western Europe and America: the same but for 27 characters.
    case windows1252
    /// Any other, by its name. It is read as UTF-8, which holds where the document has ASCII only.
    case other(String)

    init(declared name: String) {
        switch name.lowercased() {
        case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be": self = .utf8
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1": self = .latin1
        case "windows-1252", "cp1252", "cp-1252": self = .windows1252
        default: self = .other(Fields.clean(name))
        }
    }

    /// What a declaration such as `<?xml version="1.0" encoding="ISO-8859-1"?>` says; UTF-8 where there is none.
    init(declaredIn head: some Sequence<UInt8>) {
        let text = String(decoding: Array(head.prefix(256)), as: UTF8.self)
        self = .utf8
        guard text.hasPrefix("<?xml"), let end = text.firstRange(of: "?>"),
            let word = text[..<end.lowerBound].firstRange(of: "encoding")
        else { return }
        let rest = text[word.upperBound..<end.lowerBound].drop(while: { $0.isWhitespace || $0 == "=" })
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return }
        self.init(declared: String(rest.dropFirst().prefix { $0 != quote }))
    }

    /// The same text in UTF-8; nil when that cannot be told.
    func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        switch self {
        case .utf8, .other: return String(validating: bytes, as: UTF8.self) == nil ? nil : bytes
        case .latin1, .windows1252:
            if bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
            var text: [UInt8] = []
            text.reserveCapacity(bytes.count + bytes.count / 8)
            for byte in bytes {
                if byte < 0x80 {
                    text.append(byte)
                } else {
                    text.append(contentsOf: scalar(byte).utf8)
                }
            }
            return text
        }
    }

    private func scalar(_ byte: UInt8) -> Unicode.Scalar {
        if self == .windows1252, (0x80..<0xA0).contains(byte) { return Self.windows[Int(byte) - 0x80] }
        return Unicode.Scalar(byte)
    }

    /// What the bytes from 0x80 to 0x9F are in Windows; five of them are nothing.
    private static let windows = Array(
        """
        \u{20AC}\u{FFFD}\u{201A}\u{0192}\u{201E}\u{2026}\u{2020}\u{2021}\u{02C6}\u{2030}\u{0160}\u{2039}\u{0152}\u{FFFD}\
        \u{017D}\u{FFFD}\u{FFFD}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{02DC}\u{2122}\u{0161}\u{203A}\
        \u{0153}\u{FFFD}\u{017E}\u{0178}
        """.unicodeScalars)
}

/// The text of a document in UTF-8, cut between characters. What is not valid is refused: a parser tells only some of it.
struct XMLText {
    private let input: ByteStream
    private var encoding: XMLEncoding?
    /// The beginning of a character whose end stands in the next piece.
    private var cut: [UInt8] = []

    init(_ input: ByteStream) {
        self.input = input
        // A mark at the beginning says more than the declaration, which a program may have left behind in another encoding.
        if input.isUTF8ByMark { encoding = .utf8 }
    }

    /// The next bytes; empty at the end.
    mutating func next() throws -> [UInt8] {
        let encoding = try encoding ?? XMLEncoding(declaredIn: input.head(256))
        self.encoding = encoding
        while true {
            let more = try input.next()
            var bytes = cut.isEmpty ? more : cut + more
            cut = []
            if !more.isEmpty, encoding != .latin1, encoding != .windows1252 { cutCharacter(from: &bytes) }
            guard let text = encoding.utf8(bytes) else { throw Self.refusal(of: encoding) }
            if !text.isEmpty || more.isEmpty { return text }
        }
    }

    private mutating func cutCharacter(from bytes: inout [UInt8]) {
        // A character has at most three bytes behind its first one.
        for back in 1...3 where back <= bytes.count && bytes[bytes.count - back] >= 0xC0 {
            cut = Array(bytes.suffix(back))
            bytes.removeLast(back)
            return
        }
    }

    private static func refusal(of encoding: XMLEncoding) -> ImportError {
        switch encoding {
        case .other(let name):
            ImportError("written in \(name), which is not read here; write the document in UTF-8")
        default: ImportError("not valid UTF-8, as which it is declared; write the document in UTF-8")
        }
    }
}
