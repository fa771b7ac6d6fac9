/// Guesses what a misspelt word was meant to be.
package enum Spelling {
    /// Nobody misspells a longer word into something recognisable, and the comparison is quadratic.
    private static let longest = 64

    /// The known word that is nearest, when it is near: about a third of its letters may be wrong, added, missing or swapped.
    package static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let letters = Array(word.utf8.prefix(longest + 1))
        guard !letters.isEmpty, letters.count <= longest else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in known {
            let other = Array(candidate.utf8)
            guard other.count <= longest else { continue }
            let limit = max(1, (max(other.count, letters.count) + 1) / 3)
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(lower(letters), lower(other))
            guard distance <= limit, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// A remedy in words; empty when nothing is near.
    package static func advice(for word: String, among known: some Sequence<String>) -> String {
        nearest(to: word, among: known).map { "did you mean \"\($0)\"?" } ?? ""
    }

    private static func lower(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
