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

    /// Refuses an e-mail address where somebody is named: no erasure reaches what an entry says in clear.
    ///
    /// - Parameter option: by which it is given, as the message names it.
    static func requireRole(_ who: String?, _ option: String) throws {
        guard let who, who.contains("@") else { return }
        throw ValidationError(
            "\(option): an e-mail address would stand in the log for good, where nothing can be erased; give a role, such as "
                + "privacy-officer, or the id of a person in the program's register")
    }
}
