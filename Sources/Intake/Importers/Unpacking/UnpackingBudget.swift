import Formats

/// How much may come out of one packed file: beyond an allowance, no more than so many times its size.
///
/// There is one for a file, whatever is packed within it and however often: many small bombs are one large one.
final class UnpackingBudget {
    /// In bytes.
    static let allowance = 256 << 20
    private static let ratio = 200

    private let allowance: Int
    /// What has been read of the file.
    private let packed: CountingStream
    /// What it holds, where it is not read from end to end.
    private var size = 0
    /// Of what holds it.
    private let outer: UnpackingBudget?
    private var unpacked = 0
    /// More came out than may: whatever would come behind it is not asked for.
    private(set) var isSpent = false

    init(_ packed: CountingStream, allowance: Int, within outer: UnpackingBudget? = nil) {
        self.packed = packed
        self.allowance = allowance
        self.outer = outer
    }

    /// The file is so long, in bytes.
    func knows(_ size: Int) { self.size = size }

    /// What is unpacked, as long as it is within the budget.
    func bounded(_ content: ByteStream) -> ByteStream {
        ByteStream {
            let piece = try content.next()
            try self.take(piece.count)
            return piece
        }
    }

    private func take(_ count: Int) throws(ImportError) {
        unpacked += count
        if unpacked > allowance, unpacked / Self.ratio > max(packed.count, size) {
            isSpent = true
            throw ImportError(
                "unpacks to more than \(allowance >> 20) MiB and \(Self.ratio) times its size: refused as a bomb; "
                    + "if it is none, unpack it first")
        }
        try outer?.take(count)
    }
}
