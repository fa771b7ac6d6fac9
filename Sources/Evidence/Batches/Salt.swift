import Ledger

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) without a key object for each call: every fact has a salt.
enum Salt {
    private static let block = 64

    /// The whole code, 32 bytes.
    static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        let key = key.count > block ? Digest.sha256(key).bytes : key
        var inner = RunningDigest()
        var outer = RunningDigest()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: block) { pad in
            for index in 0..<block { pad[index] = (index < key.count ? key[index] : 0) ^ 0x36 }
            inner.update(UnsafeBufferPointer(pad))
            for index in 0..<block { pad[index] ^= 0x36 ^ 0x5C }
            outer.update(UnsafeBufferPointer(pad))
        }
        inner.update(message)
        outer.update(inner.finish().bytes)
        return outer.finish().bytes
    }
}
