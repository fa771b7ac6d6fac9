/// Bytes that come in pieces, pulled one after the other by one reader.
package final class ByteStream {
    private let pull: () throws -> [UInt8]
    /// Looked at, not yet handed out.
    private var ahead: [UInt8] = []
    private var isAtEnd = false
    /// It is UTF-8, as a byte order mark has said that stood before it.
    package internal(set) var isUTF8ByMark = false

    /// - Parameter pull: gives the next piece; an empty one is the end.
    package init(_ pull: @escaping () throws -> [UInt8]) {
        self.pull = pull
    }

    /// Bytes that are in memory already, in pieces of this size.
    package convenience init(_ bytes: [UInt8], pieces size: Int = 1 << 18) {
        var rest = bytes[...]
        self.init {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            return Array(piece)
        }
    }

    /// The next piece; empty at the end.
    package func next() throws -> [UInt8] {
        if !ahead.isEmpty {
            defer { ahead = [] }
            return ahead
        }
        return try more()
    }

    /// The first bytes, which stay to be read; fewer only where the stream is shorter.
    package func head(_ count: Int) throws -> ArraySlice<UInt8> {
        while ahead.count < count {
            let piece = try more()
            if piece.isEmpty { break }
            ahead += piece
        }
        return ahead.prefix(count)
    }

    /// Exactly this many bytes, or what is left.
    package func take(_ count: Int) throws -> [UInt8] {
        let found = Array(try head(count))
        ahead.removeFirst(found.count)
        return found
    }

    private func more() throws -> [UInt8] {
        if isAtEnd { return [] }
        let piece = try pull()
        isAtEnd = piece.isEmpty
        return piece
    }
}
