import Crypto
import FoundationEssentials

/// An Ed25519 private key. It never shows itself in print, dumps or messages.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: Curve25519.Signing.PrivateKey

    /// The key of this 32-byte seed; nil for any other length.
    package init?(seed: [UInt8]) {
        guard seed.count == 32, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            return nil
        }
        self.key = key
    }

    /// A new key. The generator must be the system's, unless a test wants the same key again.
    package static func generate(using generator: inout some RandomNumberGenerator) throws(NoteError)
        -> SigningKey
    {
        let words = (0..<4).map { _ in generator.next() as UInt64 }
        let seed = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        guard let key = SigningKey(seed: seed) else { throw .badKey(reason: "the seed was refused") }
        return key
    }

    /// The 32 secret bytes.
    package var seed: [UInt8] { Array(key.rawRepresentation) }

    package var publicKey: PublicKey { PublicKey(key.publicKey) }

    /// The 64-byte signature over these bytes.
    package func sign(_ message: [UInt8]) throws(NoteError) -> [UInt8] {
        do {
            return Array(try key.signature(for: message))
        } catch {
            throw .signing
        }
    }

    package var description: String { "Ed25519 private key, not shown" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// An Ed25519 public key.
package struct PublicKey: Sendable, Hashable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// The key of these 32 bytes; nil for any other length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32, (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil else {
            return nil
        }
        self.bytes = bytes
    }

    init(_ key: Curve25519.Signing.PublicKey) {
        bytes = Array(key.rawRepresentation)
    }

    /// Whether this key made the signature over these bytes.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
