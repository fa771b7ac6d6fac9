/// The name of a blob: the SHA-256 of its bytes as 64 lower-case hexadecimal digits.
package struct BlobName: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let text: String

    /// Nil for anything but 64 digits of `0-9a-f`.
    package init?(_ text: String) {
        let digits = text.utf8
        guard digits.count == 64,
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.text = text
    }

    /// The name that a digest spells; nil unless it has 32 bytes.
    package init?(digest: some Collection<UInt8>) {
        guard digest.count == 32 else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var units: [UInt8] = []
        units.reserveCapacity(64)
        for byte in digest {
            units.append(digits[Int(byte >> 4)])
            units.append(digits[Int(byte & 15)])
        }
        text = String(decoding: units, as: UTF8.self)
    }

    package static func < (left: BlobName, right: BlobName) -> Bool {
        left.text < right.text
    }

    package var description: String { text }
}

/// Bytes on their way into a store.
package protocol StagedBlob {
    var name: BlobName { get }
    /// Stores them; durable when it returns.
    func keep() throws
}

/// Where payloads and attachments live: byte strings named by their own hash, never changed.
package protocol BlobStore: Sendable {
    /// Takes bytes in pieces, so that they need never be in memory as a whole, and gives them their name. They are stored
    /// once they are kept, and gone if they are not.
    func stage(_ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void) throws -> any StagedBlob

    /// The bytes, checked against the name. Throws when the blob is missing or damaged.
    func get(_ name: BlobName) throws -> [UInt8]

    /// Hands over the bytes in pieces, so that a large blob never sits in memory.
    ///
    /// The hash is known only at the end: what was handed over is proven only once this returns without error.
    func read(_ name: BlobName, _ chunk: ([UInt8]) throws -> Void) throws

    /// The same for who pulls: each call gives the next piece, and an empty one is the end, before which nothing is proven.
    func pieces(of name: BlobName) throws -> () throws -> [UInt8]

    /// Whether a blob of this name is there; its bytes are not checked.
    func contains(_ name: BlobName) throws -> Bool

    /// Removes a blob for good; nothing happens when it is not there.
    func remove(_ name: BlobName) throws

    /// The names of all blobs, sorted.
    func all() throws -> [BlobName]

    /// Removes what killed processes left of blobs that were never kept, and says how many there were.
    @discardableResult
    func removeLeftovers() throws -> Int
}

extension BlobStore {
    /// None, where nothing is left behind.
    @discardableResult
    package func removeLeftovers() throws -> Int { 0 }

    /// Stores bytes and gives their name. Durable when it returns; storing them again changes nothing.
    package func put(_ bytes: [UInt8]) throws -> BlobName { try put { try $0(bytes) } }

    /// The same for bytes that come in pieces.
    package func put(_ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void) throws -> BlobName {
        let staged = try stage(write)
        try staged.keep()
        return staged.name
    }

    /// The whole blob as one piece, for stores that have nothing better.
    package func pieces(of name: BlobName) throws -> () throws -> [UInt8] {
        var rest = try get(name)
        return {
            defer { rest = [] }
            return rest
        }
    }
}
