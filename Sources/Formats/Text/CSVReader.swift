/// Reads comma-separated text (RFC 4180) record by record, as the world writes it: any of `,` `;` TAB `|` between
/// fields, CR LF or LF behind records, line ends inside quotes.
package final class CSVReader {
    /// A record with the number of its first line.
    package enum Record: Sendable, Hashable {
        case fields([String], line: Int)
        /// The record cannot be taken; reading goes on behind it.
        case refused(String, line: Int)
    }

    private let input: ByteStream
    private let limit: Int
    private let separator: UInt8
    private var piece: [UInt8] = []
    private var at = 0
    private var line = 1

    /// - Parameters:
    ///   - separator: nil takes the character that stands most often in the first line.
    ///   - limit: longest record in bytes.
    package init(_ input: ByteStream, separator: UInt8? = nil, limit: Int = 1 << 20) throws {
        self.input = input
        self.limit = limit
        self.separator = try separator ?? Self.separator(of: input.head(1 << 14))
    }

    private static func separator(of head: ArraySlice<UInt8>) -> UInt8 {
        let first = head.prefix { $0 != 0x0A }
        let candidates: [Unicode.Scalar] = [",", ";", "\t", "|"]
        var best = (byte: UInt8(ascii: ","), count: 0)
        for candidate in candidates {
            let byte = UInt8(ascii: candidate)
            let count = first.count { $0 == byte }
            if count > best.count { best = (byte, count) }
        }
        return best.byte
    }

    /// The next record; nil at the end. Empty lines are passed over.
    /// - Throws: what the stream throws, and `CSVError` when the text ends within quotes.
    package func next() throws -> Record? {
        while true {
            guard let record = try read() else { return nil }
            if case .fields(let fields, _) = record, fields.count == 1, fields[0].isEmpty { continue }
            return record
        }
    }

    private func byte() throws -> UInt8? {
        if at == piece.count {
            piece = try input.next()
            at = 0
            if piece.isEmpty { return nil }
        }
        defer { at += 1 }
        return piece[at]
    }

    private func read() throws -> Record? {
        let start = line
        var fields: [[UInt8]] = []
        var field: [UInt8] = []
        var size = 0
        var isQuoted = false
        var wasQuoted = false
        var isFirst = true
        while let byte = try byte() {
            isFirst = false
            size += 1
            if byte == 0x0A { line += 1 }
            if isQuoted {
                if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                    wasQuoted = true
                } else if size <= limit {
                    field.append(byte)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where wasQuoted:
                // Two quotes within quotes are one.
                field.append(byte)
                isQuoted = true
            case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
            case separator:
                fields.append(field)
                field = []
                wasQuoted = false
            case 0x0A:
                if field.last == 0x0D { field.removeLast() }
                fields.append(field)
                return record(fields, size, start)
            default:
                if size <= limit { field.append(byte) }
            }
        }
        if isQuoted { throw CSVError(line: start) }
        if isFirst { return nil }
        fields.append(field)
        return record(fields, size, start)
    }

    private func record(_ fields: [[UInt8]], _ size: Int, _ start: Int) -> Record {
        if size > limit { return .refused("longer than \(limit) bytes", line: start) }
        var texts: [String] = []
        for field in fields {
            guard let text = String(validating: field, as: UTF8.self) else {
                return .refused("not valid UTF-8; save the file as UTF-8", line: start)
            }
            texts.append(text)
        }
        return .fields(texts, line: start)
    }
}

/// The text ends within quotes.
package struct CSVError: Error, Hashable, CustomStringConvertible {
    /// The line on which the unfinished record begins.
    package let line: Int

    package var description: String {
        "the file ends inside quotes (record on line \(line)): it is cut off, or a quote is missing"
    }
}
