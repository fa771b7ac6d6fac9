import Formats
import Glibc

/// Where a secret is to be found; programs and logs hold this, never the secret.
///
///     env:GITHUB_TOKEN    file:/run/secrets/token    exec:/usr/local/bin/vault-read token
package enum SecretReference: Sendable, Hashable, CustomStringConvertible {
    /// A variable of our own environment.
    case environment(String)
    /// A file that nobody but its owner may read; a line end at its end is not part of the secret.
    case file(String)
    /// What a program prints; its arguments are split at spaces, there is no shell.
    case program([String])

    package init?(_ text: String) {
        let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard sides.count == 2, !sides[1].isEmpty else { return nil }
        switch sides[0] {
        case "env": self = .environment(sides[1])
        case "file": self = .file(sides[1])
        case "exec":
            let words = sides[1].split(separator: " ").map(String.init)
            if words.isEmpty { return nil }
            self = .program(words)
        default: return nil
        }
    }

    /// The reference, without a program's arguments.
    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .program(let words): "exec:\(words.first ?? "")"
        }
    }
}

/// A secret in memory. It has no description: it cannot be printed by mistake.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// For the one place that needs it.
    let exposed: String

    var description: String { "(secret)" }
    var debugDescription: String { description }
}

/// Why a secret cannot be had.
struct SecretError: Error, CustomStringConvertible {
    let description: String
}

extension SecretReference {
    /// Longest secret, in bytes.
    private static let limit = 64 << 10

    /// Fetches the secret; errors name the reference only.
    func resolve() async throws(SecretError) -> Secret {
        var bytes: [UInt8]
        switch self {
        case .environment(let name):
            guard let value = getenv(name) else { throw SecretError(description: "\(self) is not set") }
            bytes = Array(String(cString: value).utf8)
        case .file(let path): bytes = try Self.read(path)
        case .program(let words):
            let run = await Program(
                executable: words[0], arguments: Array(words.dropFirst()), timeLimit: .seconds(30),
                outputLimit: Self.limit
            ).run()
            guard run.succeeded else { throw SecretError(description: "\(self) did not end well") }
            bytes = run.bytes
        }
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        if bytes.isEmpty { throw SecretError(description: "\(self) is empty") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretError(description: "\(self) is not text in UTF-8")
        }
        return Secret(exposed: text)
    }

    private static func read(_ path: String) throws(SecretError) -> [UInt8] {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SecretError(description: "file:\(path) cannot be found") }
        if status.st_mode & 0o077 != 0 {
            throw SecretError(description: "file:\(path) can be read by others; run: chmod 600 \(path)")
        }
        do {
            return try ByteFile(reading: path).contents(limit: limit)
        } catch {
            throw SecretError(description: "file:\(error.description)")
        }
    }
}
