import Formats

extension Fact {
    /// Whether it says of its record and time what another one says, in whatever order their fields stand.
    ///
    /// Who says the same again hides nothing; who says something else may be a record of its own under the key of another.
    package func saysTheSame(as other: Fact) -> Bool {
        if self == other { return true }
        guard let text = try? CanonicalJSON.encode(json) else { return false }
        return (try? CanonicalJSON.encode(other.json)) == text
    }
}
