import Crypto
import CryptoExtras
import Formats
import FoundationEssentials

/// Why a sealed key does not open.
package enum SealedKeyError: Error, Hashable, CustomStringConvertible {
    case malformed
    /// Parameters that would cost more memory or time than a key of ours does.
    case costly
    case wrongPassphrase
    case emptyPassphrase
    case failed

    package var description: String {
        switch self {
        case .malformed: "not a sealed key: it is cut off or was changed; restore it from a backup"
        case .costly: "the sealed key asks for more work than any that this program makes; do not open it"
        case .wrongPassphrase: "the passphrase does not open the key, or the file was changed"
        case .emptyPassphrase: "the passphrase is empty"
        case .failed: "the key could not be sealed"
        }
    }
}

/// A private key under a passphrase: scrypt (RFC 7914) and AES-256-GCM.
///
///     assay-sealed-key/1
///     vkey acme.example/evidence+1a2b3c4d+AbCd…
///     scrypt 15 8 1 <salt>
///     aes-256-gcm <nonce ‖ ciphertext ‖ tag>
///
/// Everything above the last line is bound to it, so that the public key can be read without the passphrase.
package struct SealedKey: Sendable, Hashable {
    static let heading = "assay-sealed-key/1"

    /// The public half.
    package let verifier: NoteVerifier
    private let cost: Int
    private let blockSize: Int
    private let parallelism: Int
    private let salt: [UInt8]
    private let box: [UInt8]

    /// Seals a key.
    ///
    /// - Parameter cost: logarithm of scrypt's rounds; 15 takes about a tenth of a second and 32 MiB.
    package init(
        _ signer: NoteSigner, passphrase: [UInt8], cost: Int = 15,
        using generator: inout some RandomNumberGenerator
    ) throws(SealedKeyError) {
        guard !passphrase.isEmpty else { throw .emptyPassphrase }
        verifier = signer.verifier
        self.cost = cost
        blockSize = 8
        parallelism = 1
        salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let nonce = (0..<12).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let head = Self.head(verifier, cost, blockSize, parallelism, salt)
        do {
            let key = try Self.derive(passphrase, cost, blockSize, parallelism, salt)
            let sealed = try AES.GCM.seal(
                Array(signer.privateText.utf8), using: key, nonce: AES.GCM.Nonce(data: nonce),
                authenticating: Array(head.utf8))
            box = nonce + Array(sealed.ciphertext) + Array(sealed.tag)
        } catch {
            throw .failed
        }
    }

    /// Reads a sealed key; its parameters are bounded before anything is computed with them.
    package init(parsing text: String) throws(SealedKeyError) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        guard text.utf8.count < 8192, lines.count == 5, lines[4].isEmpty, lines[0] == Self.heading else {
            throw .malformed
        }
        let parts = lines.map { $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init) }
        guard parts[1].count == 2, parts[1][0] == "vkey", let verifier = try? NoteVerifier(vkey: parts[1][1]),
            parts[2].count == 5, parts[2][0] == "scrypt", parts[3].count == 2, parts[3][0] == "aes-256-gcm",
            let cost = Int(plainDecimal: parts[2][1].utf8), let block = Int(plainDecimal: parts[2][2].utf8),
            let parallel = Int(plainDecimal: parts[2][3].utf8), let salt = Base64.decode(parts[2][4]),
            let box = Base64.decode(parts[3][1]), salt.count == 16, box.count > 28
        else { throw .malformed }
        guard (10...20).contains(cost), (1...8).contains(block), (1...4).contains(parallel) else {
            throw .costly
        }
        self.verifier = verifier
        self.cost = cost
        blockSize = block
        parallelism = parallel
        self.salt = salt
        self.box = box
    }

    package static func isSealed(_ text: String) -> Bool { text.utf8.starts(with: heading.utf8) }

    package var text: String {
        Self.head(verifier, cost, blockSize, parallelism, salt) + "aes-256-gcm \(Base64.encode(box))\n"
    }

    /// The private key, which must be the one whose public half is shown.
    package func opened(passphrase: [UInt8]) throws(SealedKeyError) -> NoteSigner {
        let head = Self.head(verifier, cost, blockSize, parallelism, salt)
        let signer: NoteSigner
        do {
            let key = try Self.derive(passphrase, cost, blockSize, parallelism, salt)
            let sealed = try AES.GCM.SealedBox(combined: box)
            let plain = try AES.GCM.open(sealed, using: key, authenticating: Array(head.utf8))
            signer = try NoteSigner(privateText: String(decoding: plain, as: UTF8.self))
        } catch {
            throw .wrongPassphrase
        }
        guard signer.verifier == verifier else { throw .malformed }
        return signer
    }

    private static func head(
        _ verifier: NoteVerifier, _ cost: Int, _ block: Int, _ parallel: Int, _ salt: [UInt8]
    ) -> String {
        "\(heading)\nvkey \(verifier.vkey)\nscrypt \(cost) \(block) \(parallel) \(Base64.encode(salt))\n"
    }

    private static func derive(
        _ passphrase: [UInt8], _ cost: Int, _ block: Int, _ parallel: Int, _ salt: [UInt8]
    ) throws -> SymmetricKey {
        try KDF.Scrypt.deriveKey(
            from: passphrase, salt: salt, outputByteCount: 32, rounds: 1 << cost, blockSize: block,
            parallelism: parallel)
    }
}
