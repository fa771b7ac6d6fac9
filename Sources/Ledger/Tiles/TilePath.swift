/// The name of one file of a published log (C2SP tlog-tiles).
///
/// `tile/0/x001/x234/067` is the full tile 1,234,067 of leaf hashes, `tile/entries/000.p/5` the first five entries.
package struct TilePath: Sendable, Hashable, CustomStringConvertible {
    /// What the file holds.
    package enum Content: Sendable, Hashable {
        /// Hashes of complete subtrees of 256^level leaves.
        case hashes(level: Int)
        case entries
    }

    package let content: Content
    /// Position among the tiles of its kind, from the left.
    package let index: Int
    /// Hashes or entries in it: 256, or fewer at the right edge of the log.
    package let width: Int

    package init(_ content: Content, index: Int, width: Int) {
        self.content = content
        self.index = index
        self.width = width
    }

    /// The path below the log's folder, with slashes.
    package var text: String {
        let kind =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        let part = width == TileLayout.width ? "" : ".p/\(width)"
        return "tile/\(kind)/\(Self.number(index))\(part)"
    }

    package var description: String { text }

    /// Reads a path; nil for anything but the one spelling of a tile that can exist.
    package init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.count < 16, parts[0].elementsEqual("tile".utf8) else { return nil }
        if parts[1].elementsEqual("entries".utf8) {
            content = .entries
        } else {
            guard let level = Int(plainDecimal: parts[1]), level < 8 else { return nil }
            content = .hashes(level: level)
        }
        var groups = parts[2...]
        var width = TileLayout.width
        if let last = groups.dropLast().last, last.suffix(2).elementsEqual(".p".utf8) {
            guard let part = Int(plainDecimal: parts[parts.count - 1]), (1..<TileLayout.width).contains(part)
            else {
                return nil
            }
            width = part
            groups = groups.dropLast(2) + [last.dropLast(2)]
        }
        self.width = width
        var index = 0
        for group in groups {
            guard let digits = Int(paddedGroup: group.suffix(3)), index <= Int.max / 1000 - 1 else {
                return nil
            }
            index = index * 1000 + digits
        }
        self.index = index
        // Whatever else is wrong (a missing x, needless leading groups) shows in the spelling.
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }

    /// A tile number in groups of three digits, all but the last marked by an x.
    private static func number(_ index: Int) -> String {
        var groups = [group(index % 1000)]
        var rest = index / 1000
        while rest > 0 {
            groups.append("x" + group(rest % 1000))
            rest /= 1000
        }
        return groups.reversed().joined(separator: "/")
    }

    private static func group(_ value: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}

extension Int {
    /// Exactly three digits, zeroes in front allowed.
    fileprivate init?(paddedGroup units: some Collection<UInt8>) {
        guard units.count == 3 else { return nil }
        var value = 0
        for unit in units {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) else { return nil }
            value = value * 10 + Int(unit - UInt8(ascii: "0"))
        }
        self = value
    }
}
