/// How a program that was run as a child of this one ended.
package enum ChildEnd: Sendable, Hashable {
    case answered(String)
    /// The program, or a package that it needs, is not on this machine.
    case notInstalled
    /// It ended in any other way, with its last words: an oracle that breaks must not pass for one that is missing.
    case failed(String)

    /// The status by which the programs of `Benchmarks/Oracles` say that what they need is not installed.
    private static let missing: Int32 = 3
    /// The status by which env(1) says that there is no such program.
    private static let unknown: Int32 = 127
    private static let lastLines = 5

    /// - Parameter isExit: whether it ended by itself rather than by a signal.
    package init(status: Int32, isExit: Bool, output: String, errors: String) {
        switch (isExit, status) {
        case (true, 0): self = .answered(output)
        case (true, Self.missing), (true, Self.unknown): self = .notInstalled
        default:
            let words = errors.split(separator: "\n").suffix(Self.lastLines).joined(separator: "\n")
            self = .failed(
                "\(isExit ? "exit status" : "signal") \(status)" + (words.isEmpty ? "" : ": \(words)"))
        }
    }
}
