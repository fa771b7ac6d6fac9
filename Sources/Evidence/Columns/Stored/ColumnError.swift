/// Why stored columns cannot be used. Never a loss: whatever they held is read again from the payloads.
package enum ColumnError: Error, Hashable, CustomStringConvertible {
    /// None have been written, or they were deleted.
    case missing
    /// Bytes are not what they were when they were written.
    case damaged(file: String, String)
    /// They belong to another log, another version of the format or other kinds.
    case foreign(String)

    /// What is said where damage was found and mended; nil for what is no damage.
    package var mended: String? {
        guard case .damaged(let file, let what) = self else { return nil }
        return "columns, \(file): \(what); the payloads are read instead, and the columns written anew"
    }

    package var description: String {
        switch self {
        case .missing: "columns: none are written; run \"assay index\""
        case .damaged(let file, let what):
            "columns, \(file): \(what); no evidence is lost: run \"assay index\" to write them anew"
        case .foreign(let what): "columns: \(what); run \"assay index\" to write them anew"
        }
    }
}
