package import Formats

/// What is wrong with a signed note, or with a key for one.
package enum NoteError: Error, Hashable, CustomStringConvertible {
    case tooLong(limit: Int)
    case tooManySignatures(limit: Int)
    case notUTF8
    /// A control character other than the end of a line.
    case controlCharacter(UInt8)
    /// The text is empty or its last line has no end.
    case unendedText
    /// No empty line with signature lines behind it.
    case noSignatures
    /// Counted from 1 among the signature lines.
    case malformedSignature(line: Int)
    /// A name of a key that is empty, or holds a space or a plus sign.
    case badKeyName(String)
    case badKey(reason: String)
    /// Two of the given keys share name and id, so it cannot be said which of them is meant.
    case ambiguousKey(Identifier)
    /// The signature of a known key does not belong to this text.
    case badSignature(by: Identifier)
    /// Nobody of those who are trusted has signed.
    case notSignedByKnownKey
    case signing

    package var description: String {
        switch self {
        case .tooLong(let limit): "the note is longer than \(limit) bytes"
        case .tooManySignatures(let limit): "the note has more than \(limit) signature lines"
        case .notUTF8: "the note is not valid UTF-8"
        case .controlCharacter(let code):
            "the note holds the control character \(code); only line ends are allowed"
        case .unendedText: "the text of a note must not be empty and must end with a line end"
        case .noSignatures: "the note has no signature lines behind an empty line; it may have been cut off"
        case .malformedSignature(let line):
            "signature line \(line) of the note is not \"— name base64\""
        case .badKeyName(let name):
            "\"\(name)\" cannot name a key: use a name without spaces, control characters and plus signs"
        case .badKey(let reason): "not a key of a signed note: \(reason)"
        case .ambiguousKey(let name):
            "two different keys named \(name) have the same id; trust only one of them"
        case .badSignature(let name):
            "the signature by \(name) does not fit the text: the text or the signature was changed"
        case .notSignedByKnownKey: "the note is not signed by any of the keys that are trusted here"
        case .signing: "the signature could not be made"
        }
    }
}
