import Formats
import Ledger

/// Reads a payload piece by piece, so that a large batch never sits in memory, and does on all cores what can be done
/// with some of its lines alone. What was handed over is proven only once `finish` returns.
package struct PayloadReading<Finding: Sendable> {
    /// Lines that stand together, and the number of the first.
    private struct Piece: Sendable {
        let bytes: [UInt8]
        let first: Int
        let count: Int
    }

    /// What came of lines that stand together.
    private struct Stretch: Sendable {
        let leaves: MerkleStretch
        let finding: Finding
    }

    /// So many bytes are given to a core at once; a stretch ends with a line.
    private static var stretchBytes: Int { 1 << 18 }

    private var work: OrderedWork<Piece, Result<Stretch, any Error>>
    private var tree = MerkleAccumulator()
    /// Lines that were given to a core, of which the tree may not have all yet.
    private var given = 0
    /// Of a line whose end has not come yet.
    private var rest: [UInt8] = []

    /// - Parameter examine: runs on all cores, with lines that stand together.
    package init(_ examine: @escaping @Sendable (_ lines: [PayloadLine]) throws -> Finding) {
        self.init(.lines, examine)
    }

    /// - Parameters:
    ///   - form: the form in which the lines are wanted.
    ///   - examine: runs on all cores, with lines that stand together.
    package init<Line>(
        _ form: PayloadForm<Line>, _ examine: @escaping @Sendable (_ lines: [Line]) throws -> Finding
    ) {
        work = OrderedWork { piece in
            Result {
                let (lines, hashes) = try form.read(piece.bytes, piece.count)
                return Stretch(
                    leaves: MerkleStretch(start: piece.first, hashes), finding: try examine(lines))
            }
        }
    }

    /// Reads a short payload here and now.
    ///
    /// - Returns: what was found, and what keeps it from being proven.
    package static func short<Line>(
        _ bytes: [UInt8], _ population: Population, as form: PayloadForm<Line>,
        _ examine: ([Line]) throws -> Finding
    ) throws -> (found: Finding, fault: PayloadError?) {
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let whole = end == bytes.count ? bytes : Array(bytes[..<end])
        let (lines, hashes): ([Line], [Digest])
        do {
            (lines, hashes) = try form.read(whole, PayloadLines.count(whole))
        } catch let error as PayloadLines.BadLine {
            throw PayloadError.line(error.index + 1, error.what)
        }
        var tree = MerkleAccumulator()
        tree.append(MerkleStretch(start: 0, hashes))
        let found = try examine(lines)
        return (found, end == bytes.count ? fault(tree, population) : .unterminated)
    }

    /// In what the lines that were read differ from what the log states.
    private static func fault(_ tree: MerkleAccumulator, _ population: Population) -> PayloadError? {
        if tree.size != population.count { return .count(found: tree.size, stated: population.count) }
        return tree.root == population.root ? nil : .root
    }

    /// Takes the next bytes, and hands over what was found in earlier ones.
    ///
    /// - Parameter body: gets the findings in the order of the lines, each with the number of its first item.
    package mutating func append(
        _ chunk: [UInt8], _ body: (_ first: Int, _ found: Finding) throws -> Void
    ) throws {
        var bytes = rest.isEmpty ? chunk : rest + chunk
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        rest = Array(bytes[end...])
        if rest.count > Payload.lineLimit {
            try drain(body)
            throw PayloadError.line(tree.size + 1, "it is longer than \(Payload.lineLimit) bytes")
        }
        bytes.removeLast(rest.count)
        if bytes.count <= 2 * Self.stretchBytes { return try give(bytes, body) }
        var start = 0
        while start < bytes.count {
            let last = min(start + Self.stretchBytes, bytes.count) - 1
            let end = bytes[last...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count - 1
            try give(Array(bytes[start...end]), body)
            start = end + 1
        }
    }

    private mutating func give(_ bytes: [UInt8], _ body: (Int, Finding) throws -> Void) throws {
        if bytes.isEmpty { return }
        let piece = Piece(bytes: bytes, first: given, count: PayloadLines.count(bytes))
        given += piece.count
        var tree = tree
        defer { self.tree = tree }
        try work.give(piece) { try Self.take($0, into: &tree, body) }
    }

    /// Hands over everything that is left of what came so far.
    package mutating func drain(_ body: (Int, Finding) throws -> Void) throws {
        var tree = tree
        defer { self.tree = tree }
        try work.finish { try Self.take($0, into: &tree, body) }
    }

    private static func take(
        _ found: Result<Stretch, any Error>, into tree: inout MerkleAccumulator,
        _ body: (Int, Finding) throws -> Void
    ) throws {
        let stretch: Stretch
        do {
            stretch = try found.get()
        } catch let error as PayloadLines.BadLine {
            throw PayloadError.line(tree.size + error.index + 1, error.what)
        }
        try body(tree.size, stretch.finding)
        tree.append(stretch.leaves)
    }

    /// Hands over what is left, and compares everything that was read with what the log states.
    package mutating func finish(
        _ population: Population, _ body: (_ first: Int, _ found: Finding) throws -> Void
    ) throws {
        try drain(body)
        if !rest.isEmpty { throw PayloadError.unterminated }
        if let fault = Self.fault(tree, population) { throw fault }
    }
}

extension PayloadReading where Finding == [PayloadLine] {
    /// Hands over the lines themselves.
    package init() { self.init { $0 } }
}
