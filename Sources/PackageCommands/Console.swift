package import Formats
import Foundation
package import Reports

/// Where a command prints. Results go to standard output, progress and messages to standard error.
package enum Console {
    /// Colours only on a terminal, and never against NO_COLOR (no-color.org).
    package static var style: Style {
        let environment = ProcessInfo.processInfo.environment
        let refuses = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Style(isColoured: isatty(1) == 1 && !refuses && environment["TERM"] != "dumb")
    }

    package static func print(_ text: String, terminator: String = "\n") {
        write(Data((text + terminator).utf8))
    }

    package static func print(_ json: JSON) throws {
        print(canonical: try CanonicalJSON.encode(json))
    }

    /// JSON that is written already.
    package static func print(canonical json: [UInt8]) {
        write(Data(json) + [0x0A])
    }

    /// JSON that is written in pieces.
    package static func print(
        canonical json: (_ sink: ([UInt8]) throws -> Void) throws -> Void
    ) rethrows {
        try json { write(Data($0)) }
        write(Data([0x0A]))
    }

    private static func write(_ data: Data) {
        do {
            try FileHandle.standardOutput.write(contentsOf: data)
        } catch {
            // Nothing else that this program could do would reach the reader.
            say("standard output cannot be written; is the disk full?")
            exit(ExitStatus.couldNotRun)
        }
    }

    package static func say(_ message: String) {
        try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
    }

    /// Shows how far a long job is, on a terminal only.
    package static func progress(_ what: String, _ done: Int, _ all: Int) {
        guard isatty(2) == 1 else { return }
        let text = done < all ? "\r\(what) \(done) of \(all)\u{1B}[K" : "\r\u{1B}[K"
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
