import Evidence
import Formats
import Ledger

extension KnownParts {
    private static let magic = Array("ASSAYPRT".utf8)
    private static let version: UInt32 = 2

    /// Hands over the parts as bytes, in the order of their digests:
    ///
    ///     "ASSAYPRT"   version u32   parts u32, for each: digest 32   length u32   the part
    package func write(_ sink: ([UInt8]) throws -> Void) rethrows {
        var bytes = Self.magic
        bytes.append(number: Self.version)
        bytes.append(number: UInt32(parts.count))
        try sink(bytes)
        for (key, known) in parts.sorted(by: { $0.key < $1.key }) {
            let part: ArraySlice<UInt8> =
                switch known {
                // Nothing can be read from no bytes: such a part will not be known.
                case .found(let part): (part.bytes ?? [])[...]
                case .stored(let bytes): bytes
                }
            var bytes: [UInt8] = []
            bytes.append(digest: key)
            bytes.append(number: UInt32(part.count))
            try sink(bytes + part)
        }
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write { bytes += $0 }
        return bytes
    }

    /// Nil when these are no such bytes.
    package init?(bytes: [UInt8]) {
        var reader = ColumnBytes(bytes, file: "parts")
        var found: [Digest: Known] = [:]
        do {
            guard try reader.take(8) == Self.magic[...], try reader.number(UInt32.self) == Self.version else {
                return nil
            }
            for _ in 0..<(try reader.count(each: 36)) {
                let key = try reader.digest()
                found[key] = .stored(try reader.take(try reader.count(each: 1)))
            }
        } catch { return nil }
        self.init(found)
    }
}

extension SweptPart {
    /// Nil for rows that no test over events makes.
    fileprivate var bytes: [UInt8]? {
        var bytes: [UInt8] = []
        switch self {
        case .events(let part):
            bytes.append(number: UInt8(0))
            guard part.write(into: &bytes) else { return nil }
        case .ratio(let part):
            bytes.append(number: UInt8(1))
            part.write(into: &bytes)
        }
        return bytes
    }

    /// Nil when the bytes are no part.
    init?(stored bytes: ArraySlice<UInt8>) {
        var reader = ColumnBytes(Array(bytes), file: "parts")
        do {
            switch try reader.number(UInt8.self) {
            case 0: self = .events(try EventPart(&reader))
            case 1: self = .ratio(try RatioPart(&reader))
            default: return nil
            }
        } catch { return nil }
        if reader.rest != 0 { return nil }
    }
}

// MARK: Events

extension EventPart {
    /// False when there is a row that cannot be written.
    fileprivate func write(into bytes: inout [UInt8]) -> Bool {
        bytes.append(number: UInt32(rows.count + passed.count))
        var isWhole = true
        forEach { row in
            guard row.isMoment, row.raw == nil, row.run == nil, let reason = Self.number(of: row.reason)
            else {
                isWhole = false
                return
            }
            bytes.append(number: UInt8(1))
            bytes.append(text: row.key.text)
            bytes.append(text: row.source.text)
            bytes.append(number: row.interval.start.microseconds)
            bytes.append(number: UInt8(row.verdict.rank))
            bytes.append(number: reason.number)
            bytes.append(text: reason.text)
            bytes.append(row.references)
        } passed: { run in
            bytes.append(number: UInt8(0))
            bytes.append(number: UInt64(run.count))
            bytes.append(number: run.interval.start.microseconds)
            bytes.append(number: run.interval.end.microseconds)
        }
        return isWhole
    }

    fileprivate init(_ reader: inout ColumnBytes) throws(ColumnError) {
        self.init()
        for _ in 0..<(try reader.count(each: 9)) {
            guard try reader.number(UInt8.self) == 0 else {
                add(try Self.row(&reader))
                continue
            }
            let count = try reader.size()
            let start = Instant(microseconds: try reader.number(Int64.self))
            let end = Instant(microseconds: try reader.number(Int64.self))
            guard let interval = Interval(from: start, to: end) else {
                throw reader.damage("an interval is empty")
            }
            pass(count, over: interval)
        }
    }

    private static func row(_ reader: inout ColumnBytes) throws(ColumnError) -> VerdictRow {
        let key = try reader.identifier()
        let source = try reader.identifier()
        let at = Instant(microseconds: try reader.number(Int64.self))
        let rank = Int(try reader.number(UInt8.self))
        let number = try reader.number(UInt8.self)
        let text = try reader.text()
        guard let interval = Interval(instant: at), Verdict.dominance.indices.contains(rank),
            number < reasons
        else { throw reader.damage("a row is not one of an event") }
        return VerdictRow(
            key: key, source: source, interval: interval, verdict: Verdict.dominance[rank],
            reason: reason(number, text), references: FactReferences(try reader.references()),
            isStretch: false)
    }

    private static let reasons: UInt8 = 6

    /// Nil for reasons that no test over events gives.
    private static func number(of reason: VerdictReason?) -> (number: UInt8, text: String)? {
        switch reason {
        case nil: (0, "")
        case .uncovered: (1, "")
        case .predicate(let text): (2, text)
        case .joinUncovered(let name): (3, name)
        case .joinMissing(let name): (4, name)
        case .sameHands: (5, "")
        default: nil
        }
    }

    private static func reason(_ number: UInt8, _ text: String) -> VerdictReason? {
        switch number {
        case 1: .uncovered
        case 2: .predicate(text)
        case 3: .joinUncovered(text)
        case 4: .joinMissing(text)
        case 5: .sameHands
        default: nil
        }
    }
}

// MARK: Ratios

extension RatioPart {
    fileprivate func write(into bytes: inout [UInt8]) {
        bytes.append(number: UInt32(groups.count))
        for group in groups {
            bytes.append(text: group.name)
            bytes.append(number: group.number)
            bytes.append(number: group.firstSeen)
            bytes.append(number: UInt32(group.cells.count))
            for (window, cell) in group.cells {
                for number in [window, cell.good, cell.bad, cell.unknown] { bytes.append(number: number) }
                bytes.append(number: UInt32(cell.unwatched.count))
                for at in cell.unwatched { bytes.append(number: at) }
                bytes.append(cell.references)
            }
        }
        bytes.append(number: UInt32(nameless.count))
        for event in nameless {
            bytes.append(number: event.at)
            bytes.append(number: UInt8(event.isWatched ? 1 : 0))
            bytes.append([event.reference])
        }
    }

    fileprivate init(_ reader: inout ColumnBytes) throws(ColumnError) {
        for _ in 0..<(try reader.count(each: 20)) {
            let name = try reader.text()
            let number = try reader.number(UInt32.self)
            let firstSeen = try reader.number(Int64.self)
            var cells: [(Int64, Cell)] = []
            for _ in 0..<(try reader.count(each: 40)) {
                let window = try reader.number(Int64.self)
                var cell = Cell()
                cell.good = try reader.number(Int64.self)
                cell.bad = try reader.number(Int64.self)
                cell.unknown = try reader.number(Int64.self)
                for _ in 0..<(try reader.count(each: 8)) {
                    cell.unwatched.append(try reader.number(Int64.self))
                }
                cell.references = try reader.references()
                cells.append((window, cell))
            }
            groups.append(Group(name: name, number: number, firstSeen: firstSeen, cells: cells))
        }
        for _ in 0..<(try reader.count(each: 21)) {
            let at = try reader.number(Int64.self)
            let isWatched = try reader.number(UInt8.self) != 0
            guard let reference = try reader.references().first else {
                throw reader.damage("a fact is missing")
            }
            nameless.append(Nameless(at: at, isWatched: isWatched, reference: reference))
        }
    }
}

// MARK: References

extension [UInt8] {
    fileprivate mutating func append(_ references: some Collection<FactReference>) {
        append(number: UInt32(references.count))
        for reference in references {
            append(number: UInt64(reference.leaf))
            append(number: UInt64(reference.item))
        }
    }
}

extension ColumnBytes {
    fileprivate mutating func references() throws(ColumnError) -> [FactReference] {
        var found: [FactReference] = []
        for _ in 0..<(try count(each: 16)) {
            found.append(FactReference(leaf: try size(), item: try size()))
        }
        return found
    }
}
