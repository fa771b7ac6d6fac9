import Formats

/// Finds records of a list by their names without holding the names a second time: by their hashes, and the names where
/// the list has them.
struct RecordIndex {
    /// Of the last record with this hash.
    private var places: [Int: Int32] = [:]
    /// For each record, the one before it with the same hash; -1 for none.
    private var before: [Int32] = []

    /// The place of a record; nil for one that is new, which is then noted as the next of the list.
    ///
    /// - Parameter isAt: whether the record at a place has this key, and what else makes the name.
    mutating func place(of key: Identifier, isAt: (Int) -> Bool) -> Int? {
        var hasher = Hasher()
        // Records of one document differ in their keys, hardly ever in their kinds alone.
        hasher.combine(key)
        let hash = hasher.finalize()
        let last = places[hash] ?? -1
        var place = last
        while place >= 0 {
            if isAt(Int(place)) { return Int(place) }
            place = before[Int(place)]
        }
        places[hash] = Int32(before.count)
        before.append(last)
        return nil
    }

    mutating func removeAll() {
        places.removeAll(keepingCapacity: true)
        before.removeAll(keepingCapacity: true)
    }
}
