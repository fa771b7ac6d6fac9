package import ArgumentParser
import Foundation
import Ledger
import Reports

/// What the holder of a file trusts, as got from the organization another way than the file.
package struct TrustArguments: ParsableArguments {
    @Option(help: "File with the log's public key, as you got it from the organization itself.")
    package var key: String?

    @Option(
        help:
            "The trust file that you got from the organization: its keys with their terms, witnesses, clocks."
    )
    package var trust: String?

    package init() {}

    package func validate() throws {
        if key != nil, trust != nil { throw ValidationError("give --key or --trust, not both") }
    }

    func trustFile() throws -> TrustFile? {
        guard let trust else { return nil }
        let bytes = try GivenFile.bytes(trust)
        do {
            return try TrustFile(parsing: bytes)
        } catch {
            throw PackageError.cannotOpen(path: trust, "\(error)")
        }
    }

    func trusted() throws -> NoteVerifier? {
        guard let key else { return nil }
        let text = String(decoding: try GivenFile.bytes(key), as: UTF8.self)
        return try NoteVerifier(vkey: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
