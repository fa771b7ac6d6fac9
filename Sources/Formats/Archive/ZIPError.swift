/// Why an archive is refused: what is wrong, in which entry, and at which byte.
package struct ZIPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the archive.
    package enum Reason: Hashable, Sendable {
        /// No end record in the last 22 bytes: cut off, something behind it, or no archive at all.
        case noEnd
        case truncated
        /// A record says something this reader does not accept, such as a comment or a second disk.
        case malformed(String)
        case tooManyEntries(limit: Int)
        /// The name is hostile or unusual; the text says what about it.
        case badName(String)
        case duplicateName
        /// Names must rise byte by byte.
        case outOfOrder
        case compressed, encrypted
        /// A folder, a symbolic link or a device.
        case notAFile
        case overlap
        /// The header before the data and the directory at the end disagree, or something lies between.
        case headersDiffer
        /// The data does not match its checksum.
        case damaged
        /// A byte is not what `ZIPWriter` would have written for these entries.
        case notCanonical(String)
        /// The two passes over an entry that is being written gave different bytes.
        case passesDiffer
        /// The archive was finished already.
        case finished
    }

    package let reason: Reason
    /// The entry's name; nil when no single entry is at fault. A hostile name is shown with its odd bytes escaped.
    package let entry: String?
    /// Byte offset in the archive, counted from 0.
    package let offset: UInt64

    init(_ reason: Reason, entry: String? = nil, at offset: UInt64) {
        self.reason = reason
        self.entry = entry.map { name in
            name.unicodeScalars.map { $0.value < 0x20 ? $0.escaped(asASCII: true) : String($0) }.joined()
        }
        self.offset = offset
    }

    package var description: String {
        let what =
            switch reason {
            case .noEnd:
                "no ZIP end record in the last 22 bytes: cut off, something follows it, or no archive"
            case .truncated: "the file ends too early"
            case .malformed(let what): what
            case .tooManyEntries(let limit): "more than \(limit) entries"
            case .badName(let what): "the name is refused: \(what)"
            case .duplicateName: "the name occurs twice"
            case .outOfOrder: "the names are not in rising order of their bytes"
            case .compressed: "compressed; only stored entries are accepted"
            case .encrypted: "encrypted"
            case .notAFile: "not a regular file"
            case .overlap: "shares bytes with something else"
            case .headersDiffer: "the entry's header does not match the directory"
            case .damaged: "the data does not match its checksum"
            case .notCanonical(let what): "not as this program writes it: \(what)"
            case .passesDiffer: "the data changed between its two passes"
            case .finished: "the archive was finished already"
            }
        return (entry.map { "entry \"\($0)\": " } ?? "archive: ") + what + " (offset \(offset))"
    }
}
