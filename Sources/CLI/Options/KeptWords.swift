import ArgumentParser

/// Who asked for something and why, which the log keeps for ever.
enum KeptWords {
    /// Refuses what is missing or blank.
    ///
    /// - Parameter options: by which they are given, as the message names them.
    static func require(_ words: [String?], _ options: String) throws {
        for given in words where given?.allSatisfy(\.isWhitespace) ?? true {
            throw ValidationError("give \(options): the log keeps them for ever")
        }
    }
}
