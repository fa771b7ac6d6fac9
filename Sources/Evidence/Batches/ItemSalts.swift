import Ledger

/// The salts of one batch's items by their places in it, 16 bytes each, expanded from one secret: SHA-256 of a counter
/// and the secret (the one-step key derivation of NIST SP 800-56C section 4.1), and each hash is two salts.
///
/// The secret is forgotten with the batch: whoever loses a line loses its salt, and nobody can compute it again.
package struct ItemSalts: Sendable {
    package static let length = 16

    private let secret: [UInt8]
    private var pair: Int?
    private var bytes = Digest.sha256([])

    /// - Parameter secret: 32 bytes that nobody can guess, drawn for this batch alone.
    package init(secret: [UInt8]) {
        self.secret = secret
    }

    /// The salt of an item, counted from 0; cheapest in rising order.
    package mutating func withSalt<Result>(
        of item: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        if pair != item >> 1 {
            pair = item >> 1
            bytes = hash(UInt32(truncatingIfNeeded: item >> 1 + 1))
        }
        let start = item & 1 * Self.length
        return bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[start..<start + Self.length]))
        }
    }

    private func hash(_ counter: UInt32) -> Digest {
        var hash = RunningDigest()
        withUnsafeBytes(of: counter.bigEndian) { hash.update($0) }
        hash.update(secret)
        return hash.finish()
    }
}
