package import Formats
package import Ledger
package import Programs

/// What is wrong with a logged program application.
package enum ProgramRecordError: Error, Hashable, CustomStringConvertible {
    case notAProgram(leaf: Int)
    case payload(leaf: Int)
    case unreadable(leaf: Int, String)

    package var description: String {
        switch self {
        case .notAProgram(let leaf): "log entry \(leaf) is not an application of the program"
        case .payload(let leaf): "the program changes of log entry \(leaf) do not match the digest in the log"
        case .unreadable(let leaf, let what):
            "the program changes of log entry \(leaf) cannot be read: \(what)"
        }
    }
}

/// Gathers logged program applications, in log order, into a history and the digest that identifies it.
package struct ProgramCollector {
    private var history = ProgramHistory()
    private var digest = RunningDigest()
    private var isEmpty = true
    private let knownAt: Instant

    /// - Parameter knownAt: later applications are left out; the first one always counts, so that a program can judge
    ///   with the knowledge of a time before it was written.
    package init(knownAt: Instant = .distantFuture) {
        self.knownAt = knownAt
    }

    /// Adds one application, its payload proven against the log entry.
    ///
    /// - Returns: what it changes; nothing where it is left out.
    @discardableResult
    package mutating func add(
        leaf: Int, entry: LogEntry, payload: [UInt8]
    ) throws(ProgramRecordError) -> [ProgramChange] {
        guard let statement = ProgramStatement(entry.statement) else { throw .notAProgram(leaf: leaf) }
        guard Digest.sha256(payload) == statement.payload else { throw .payload(leaf: leaf) }
        guard isEmpty || statement.recorded <= knownAt else { return [] }
        isEmpty = false
        let changes: [ProgramChange]
        do {
            changes = try ProgramPayload.decode(payload)
        } catch {
            throw .unreadable(leaf: leaf, "\(error)")
        }
        history.add(changes, recorded: statement.recorded)
        digest.update(entry.leafHash.bytes)
        return changes
    }

    package func finish() -> (history: ProgramHistory, digest: Digest) {
        (history, digest.finish())
    }
}
