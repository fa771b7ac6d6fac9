/// What the name of an entry says of it, in any sort of archive.
enum ArchiveEntry {
    /// What macOS puts beside a file: its attributes, and no file of anybody's.
    static func isOfMac(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        return parts.contains("__MACOSX") || parts.last?.hasPrefix("._") == true
    }
}
