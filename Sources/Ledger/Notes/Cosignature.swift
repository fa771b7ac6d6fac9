package import Formats

/// What a witness says of a checkpoint: that it has seen it at this time, and no other history of this log before
/// (C2SP tlog-cosignature, `cosignature/v1`).
package struct Cosignature: Sendable, Hashable {
    /// POSIX seconds by the witness's clock.
    package let time: UInt64
    /// 64 bytes, Ed25519.
    package let signature: [UInt8]

    /// Reads the bytes of a signature line behind the key's id: eight bytes of time, highest first, and the signature.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 72 else { return nil }
        time = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        signature = Array(bytes.dropFirst(8))
    }

    /// Signs a checkpoint's text as a witness.
    ///
    /// - Parameter time: POSIX seconds.
    package static func line(
        for text: [UInt8], at time: UInt64, by witness: NoteSigner
    ) throws(NoteError) -> SignedNote.Signature {
        guard witness.verifier.algorithm == .ed25519Cosignature else { throw .signing }
        let raw = try witness.key.sign(message(text, time: time))
        let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) }
        return SignedNote.Signature(
            name: witness.name, keyID: witness.verifier.keyID, bytes: stamp + raw)
    }

    /// What is signed for this text.
    func message(_ text: [UInt8]) -> [UInt8] { Self.message(text, time: time) }

    private static func message(_ text: [UInt8], time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }

    /// The time of the witness's clock.
    package var instant: Instant? {
        guard time <= 253_402_300_799 else { return nil }
        return Instant(microseconds: Int64(time) * 1_000_000)
    }
}
