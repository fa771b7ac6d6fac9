import Crypto
import Formats

/// A SHA-256 value: the name of some bytes, and of nothing else.
///
/// Ordered by its bytes, first byte first.
package struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Length in bytes.
    package static let length = 32

    // Four words in memory order: hashing and comparing digests is hot, and an array would allocate each time.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    private init() {}

    /// The digest with these 32 bytes; nil for any other length.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// The digest with these 32 bytes in a row; nil for any other length.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    /// The digest written as 64 lower-case hexadecimal digits; nil for every other spelling.
    package init?(hex: String) {
        guard hex.utf8.count == 2 * Self.length, let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    init(_ result: SHA256Digest) {
        result.withUnsafeBytes { source in
            withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: source) }
        }
    }

    /// The SHA-256 of some bytes; arrays and their slices are read in place.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> Digest {
        var hasher = RunningDigest()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The same of bytes in a row: asking a sequence of unknown type costs half as much as hashing a short one.
    package static func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = RunningDigest()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The same of an array.
    package static func sha256(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { sha256($0) }
    }

    /// The first eight bytes as a number, which orders digests as far as it goes.
    package var beginning: UInt64 { words.0.bigEndian }

    package var bytes: [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    /// 64 lower-case digits.
    package var hex: String {
        Hex.encode(bytes)
    }

    package var description: String { hex }

    /// Lends the 32 bytes without copying them.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: words, body)
    }

    package static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    package static func < (left: Digest, right: Digest) -> Bool {
        let (a, b) = (left.words, right.words)
        // Two digests differ in their first words, or hardly ever.
        if a.0 != b.0 { return a.0.bigEndian < b.0.bigEndian }
        return (a.0.bigEndian, a.1.bigEndian, a.2.bigEndian, a.3.bigEndian)
            < (b.0.bigEndian, b.1.bigEndian, b.2.bigEndian, b.3.bigEndian)
    }

    package func hash(into hasher: inout Hasher) {
        // The bytes are already evenly spread, so one word is enough to pick a bucket.
        hasher.combine(words.0)
    }
}

/// A SHA-256 fed piece by piece, for content that is never in memory as a whole.
package struct RunningDigest: Sendable {
    private var state = SHA256()

    package init() {}

    /// Adds the next bytes.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { state.update(bufferPointer: .init($0)) }
        if done == nil {
            Array(bytes).withUnsafeBytes { state.update(bufferPointer: $0) }
        }
    }

    /// Adds the next bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state.update(bufferPointer: bytes)
    }

    /// Adds the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { state.update(bufferPointer: $0) }
    }

    /// Adds the 32 bytes of a digest.
    package mutating func update(_ digest: Digest) {
        digest.withUnsafeBytes { state.update(bufferPointer: $0) }
    }

    mutating func update(_ byte: UInt8) {
        withUnsafeBytes(of: byte) { state.update(bufferPointer: $0) }
    }

    /// The digest of everything added so far; more may follow.
    package func finish() -> Digest {
        Digest(state.finalize())
    }
}
