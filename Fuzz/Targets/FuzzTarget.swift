/// One parser of foreign bytes, with what must be true of it for every input.
package struct FuzzTarget: Sendable {
    /// All of them, in the order in which they are listed.
    package static let all = formats + ledger + answers + archives + documents + reports + streams

    /// As the command line names it.
    package let name: String
    /// Gives the parser an input. A trap, a precondition that fails or a slow run is a finding.
    package let run: @Sendable (_ input: [UInt8]) -> Void
    /// Inputs to begin with, made on the spot.
    package let seeds: @Sendable () -> [[UInt8]]

    init(
        _ name: String, seeds: @escaping @Sendable () -> [[UInt8]], run: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.run = run
        self.seeds = seeds
    }

    init(_ name: String, texts: [String], run: @escaping @Sendable ([UInt8]) -> Void) {
        self.init(name, seeds: { texts.map { Array($0.utf8) } }, run: run)
    }
}

/// The input as text, if it is any.
func text(_ input: [UInt8]) -> String? { String(validating: input, as: UTF8.self) }
