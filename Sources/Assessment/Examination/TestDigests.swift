package import Formats
package import Ledger

extension AssessmentResult {
    /// Of each test in order, the digest of what the result's canonical form says of it.
    package var testDigests: [Digest] {
        get throws {
            try Parallel.map(tests) { test in
                var running = RunningDigest()
                var array = PiecewiseArray()
                for piece in ResultPiece.pieces(of: test) {
                    try array.take(piece.written) { running.update($0) }
                }
                try array.finish { running.update($0) }
                return running.finish()
            }
        }
    }

    /// The same of a result in its canonical form, of which one piece is in memory at a time. Empty when it is no result.
    package static func testDigests(of result: ByteStream) throws -> [Digest] {
        let stream = JSONStream(result)
        var digests: [Digest] = []
        try stream.object { name in
            guard name.hasSameBytes(as: "tests") else { return }
            try stream.array {
                var running = RunningDigest()
                try stream.bytes { running.update($0) }
                digests.append(running.finish())
            }
        }
        try stream.end()
        return digests
    }
}
