package import Ledger

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) under one key, which is taken in once: every fact has a salt and every record a
/// name.
package struct KeyedHash: Sendable {
    private static let block = 64
    private var inner = RunningDigest()
    private var outer = RunningDigest()

    package init(_ key: [UInt8]) {
        let key = key.count > Self.block ? Digest.sha256(key).bytes : key
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.block) { pad in
            for index in 0..<Self.block { pad[index] = (index < key.count ? key[index] : 0) ^ 0x36 }
            inner.update(UnsafeRawBufferPointer(pad))
            for index in 0..<Self.block { pad[index] ^= 0x36 ^ 0x5C }
            outer.update(UnsafeRawBufferPointer(pad))
        }
    }

    /// The whole code.
    package func code(of message: [UInt8]) -> Digest {
        message.withUnsafeBytes { code(of: $0) }
    }

    func code(of message: UnsafeRawBufferPointer) -> Digest {
        var (inner, outer) = (inner, outer)
        inner.update(message)
        outer.update(inner.finish())
        return outer.finish()
    }
}
