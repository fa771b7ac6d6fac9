import Formats

/// Reads a tar archive (POSIX ustar and pax, GNU long names) from its beginning to its end.
struct Tar {
    private static let block = 512

    /// Whether a file that begins like this is one.
    static func recognises(_ head: ArraySlice<UInt8>) -> Bool {
        head.count >= 262 && head.dropFirst(257).prefix(5).elementsEqual("ustar".utf8)
    }

    /// Hands over each regular file. What the body leaves unread is passed over.
    /// - Returns: how many entries were passed over that may stand for files, by their sort.
    static func forEachFile(
        _ input: ByteStream, _ body: (_ name: String, _ content: ByteStream) throws -> Void
    ) throws -> [String: Int] {
        var longName: String?
        var passedOver: [String: Int] = [:]
        while true {
            let header = try input.take(block)
            // Blocks of zeros are the end: an archive without them may have been cut off between two entries.
            if header.isEmpty { throw ImportError("the archive is cut off: its end mark is missing") }
            if header.allSatisfy({ $0 == 0 }) { return passedOver }
            guard header.count == block, recognises(header[...]) else {
                throw ImportError("the archive is cut off or damaged: no header where one was expected")
            }
            guard let size = size(header[124..<136]) else {
                throw ImportError("the archive is damaged: an entry's size is no number")
            }
            let padding = (block - size % block) % block
            switch header[156] {
            case UInt8(ascii: "L"), UInt8(ascii: "x"):
                guard size <= 1 << 16 else { throw ImportError("the archive has a name longer than 64 KiB") }
                let content = try input.take(size + padding)
                guard content.count == size + padding else { throw cut }
                let isPAX = header[156] == UInt8(ascii: "x")
                let text = content.prefix(size)
                longName = isPAX ? paxPath(text) ?? longName : string(text)
            case UInt8(ascii: "0"), UInt8(ascii: "7"), 0:
                let prefix = string(header[345..<500])
                let plain = string(header[0..<100])
                let name = longName ?? (prefix.isEmpty ? plain : "\(prefix)/\(plain)")
                longName = nil
                var rest = size
                let content = ByteStream { try part(of: input, &rest) }
                try body(name, content)
                while !(try content.next()).isEmpty {}
                guard try input.take(padding).count == padding else { throw cut }
            default:
                // A long name is followed by the long target of a link before the link itself.
                if header[156] != UInt8(ascii: "K") { longName = nil }
                if let sort = sort(header[156]) { passedOver[sort, default: 0] += 1 }
                var rest = size + padding
                while rest > 0 { _ = try part(of: input, &rest) }
            }
        }
    }

    /// What an entry is called that is not read; nil for folders, and for what only speaks of other entries.
    private static func sort(_ type: UInt8) -> String? {
        switch type {
        case UInt8(ascii: "5"), UInt8(ascii: "D"): nil
        case UInt8(ascii: "g"), UInt8(ascii: "K"), UInt8(ascii: "V"): nil
        case UInt8(ascii: "1"): "hard links"
        case UInt8(ascii: "2"): "symbolic links"
        case UInt8(ascii: "S"): "sparse files"
        default: "of another type"
        }
    }

    private static let cut = ImportError("the archive is cut off in the middle of an entry")

    private static func part(of input: ByteStream, _ rest: inout Int) throws -> [UInt8] {
        if rest == 0 { return [] }
        let piece = try input.take(min(rest, 1 << 18))
        if piece.isEmpty { throw cut }
        rest -= piece.count
        return piece
    }

    private static func string(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func size(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = string(field).filter { $0 != " " }
        return digits.isEmpty ? 0 : Int(digits, radix: 8).flatMap { $0 < 1 << 40 ? $0 : nil }
    }

    /// The `path` record of a pax header: `LENGTH path=VALUE`, ended by LF.
    private static func paxPath(_ bytes: ArraySlice<UInt8>) -> String? {
        for line in bytes.split(separator: 0x0A) {
            let text = String(decoding: line, as: UTF8.self)
            if let space = text.firstIndex(of: " "), text[space...].hasPrefix(" path=") {
                return String(text[space...].dropFirst(6))
            }
        }
        return nil
    }
}
