import Formats
import Ledger

/// Half a SHA-256, which costs no allocation to hold and compare.
struct HalfDigest: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64

    /// Nil unless they are 16 bytes.
    init?(_ bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes({ HalfDigest($0) }) else { return nil }
        self = digest
    }

    /// The same of bytes where they stand.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        first = bytes.loadUnaligned(as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    init(hashing bytes: ArraySlice<UInt8>) {
        self = bytes.withUnsafeBytes { HalfDigest(hashing: $0) }
    }

    /// The same of bytes where they stand.
    init(hashing bytes: UnsafeRawBufferPointer) {
        let digest = Digest.sha256(bytes)
        (first, second) = digest.withUnsafeBytes {
            ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self))
        }
    }

    /// Of the canonical JSON of a value.
    /// - Parameter scratch: room to encode it in, so that many values need no memory each.
    init(of value: JSONObject, scratch: inout [UInt8]) throws(CanonicalJSONError) {
        scratch.removeAll(keepingCapacity: true)
        try CanonicalJSON.append(value, to: &scratch)
        self.init(hashing: scratch[...])
    }

    /// All 16.
    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16)
        write(to: &bytes)
        return bytes
    }

    /// Into the first 16 of them.
    func write(to bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: first, as: UInt64.self)
            $0.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
        }
    }
}
