import Formats
import Ledger

/// Counts what passes through.
final class CountingStream {
    private let input: ByteStream
    private(set) var count = 0

    init(_ input: ByteStream) { self.input = input }

    var stream: ByteStream {
        ByteStream {
            let piece = try self.input.next()
            self.count += piece.count
            return piece
        }
    }
}

/// Takes the SHA-256 of what passes through, so that the record can name the very file.
final class DigestingStream {
    private let input: ByteStream
    private var digest = RunningDigest()
    /// Once everything has passed.
    private(set) var finished: String?

    init(_ input: ByteStream) { self.input = input }

    var stream: ByteStream {
        ByteStream {
            let piece = try self.input.next()
            if piece.isEmpty { self.finished = self.digest.finish().hex } else { self.digest.update(piece) }
            return piece
        }
    }
}
