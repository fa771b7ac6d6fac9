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
        guard let who, holdsAddress(who) else { return }
        throw ValidationError(
            "\(option): \(stays); give a role, such as privacy-officer, or the id of a person in the program's register"
        )
    }

    /// Refuses an e-mail address in what is said of a matter, for the same reason.
    ///
    /// - Parameter option: by which it is given, as the message names it.
    static func requireNoAddress(_ words: String?, _ option: String) throws {
        guard let words, holdsAddress(words) else { return }
        throw ValidationError(
            "\(option): \(stays); say it without, with the id of a person in the program's register, or the number of a "
                + "case")
    }

    private static let stays =
        "an e-mail address would stand in the log for good, where nothing can be erased"

    /// The sign of an address, also as it is written among wide or small letters.
    private static let signs: [Unicode.Scalar] = ["@", "\u{FF20}", "\u{FE6B}"]

    /// Whether something stands on both sides of the sign: `@team` is no address.
    private static func holdsAddress(_ words: String) -> Bool {
        let scalars = Array(words.unicodeScalars)
        return scalars.indices.dropFirst().dropLast().contains { place in
            signs.contains(scalars[place]) && !scalars[place - 1].properties.isWhitespace
                && !scalars[place + 1].properties.isWhitespace
        }
    }
}
