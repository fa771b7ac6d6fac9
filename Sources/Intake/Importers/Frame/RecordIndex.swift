import Formats

/// Finds records of a list by their names without holding the names a second time: by their hashes, and the names where
/// the list has them.
struct RecordIndex {
    /// Of the last record with this hash.
    private var places: [Int: Int32] = [:]
    /// For each record, the one before it with the same hash; -1 for none.
    private var before: [Int32] = []

    /// - Parameter time: where records of one key are many, and differ in it.
    static func hash(of key: Identifier, at time: Instant? = nil) -> Int {
        var hasher = Hasher()
        // Records of one document differ in their keys, hardly ever in their kinds alone.
        hasher.combine(key)
        if let time { hasher.combine(time) }
        return hasher.finalize()
    }

    /// The place of the last record with this hash.
    func last(_ hash: Int) -> Int? { places[hash].map { Int($0) } }

    /// The place of the one before it with the same hash.
    func previous(_ place: Int) -> Int? { before[place] < 0 ? nil : Int(before[place]) }

    /// Notes the next record of the list.
    mutating func note(_ hash: Int) {
        let last = places.updateValue(Int32(before.count), forKey: hash)
        before.append(last ?? -1)
    }

    /// The place of a record; nil for one that is new, which is then noted as the next of the list.
    ///
    /// - Parameter isAt: whether the record at a place has this key, and what else makes the name.
    mutating func place(of key: Identifier, isAt: (Int) -> Bool) -> Int? {
        let hash = Self.hash(of: key)
        var place = last(hash)
        while let found = place {
            if isAt(found) { return found }
            place = previous(found)
        }
        note(hash)
        return nil
    }

    mutating func removeAll() {
        places.removeAll(keepingCapacity: true)
        before.removeAll(keepingCapacity: true)
    }
}
