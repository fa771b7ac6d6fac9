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
        guard let data = FileManager.default.contents(atPath: trust) else {
            throw PackageError.cannotOpen(path: trust, "no such file, or it cannot be read")
        }
        do {
            return try TrustFile(parsing: Array(data))
        } catch {
            throw PackageError.cannotOpen(path: trust, "\(error)")
        }
    }

    func trusted() throws -> NoteVerifier? {
        guard let key else { return nil }
        guard let data = FileManager.default.contents(atPath: key) else {
            throw PackageError.cannotOpen(path: key, "no such file, or it cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return try NoteVerifier(vkey: text)
    }
}
