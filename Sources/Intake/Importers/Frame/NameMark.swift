import Ledger

/// What stands on record for a name that may be a patient's: who has the name can tell by this which it is.
enum NameMark {
    /// `object 2d329a27395d1353`
    static func of(_ name: String, _ sort: String) -> String {
        "\(sort) \(Digest.sha256(Array(name.utf8)).hex.prefix(16))"
    }

    /// What is kept of the name: files of lines that no format claims are known by their ending.
    static func ending(of name: String) -> String {
        [".jsonl", ".ndjson"].first { name.hasSuffix($0) } ?? ""
    }
}
