import Catalog
import Evidence
import Formats

/// Events of one source that are numbered one after the other, such as `CHG-0001`.
struct NumberSequence {
    /// Most missing numbers that are looked for.
    static let listed = 1_000
    /// Longest number that is taken for a running one; longer digits are times or digests.
    private static let digits = 1...9

    let source: Identifier
    /// The lowest and the highest id in the period.
    let first: String
    let last: String
    /// Ids between the two that no event has, in the period or outside it.
    let missing: [String]

    /// What stands before the number, and the number at the end; nil when there is none or nothing before it.
    fileprivate static func split(_ id: ArraySlice<UInt8>) -> (prefix: ArraySlice<UInt8>, number: Int32)? {
        var start = id.endIndex
        while start > id.startIndex, isDigit(id[start - 1]) { start -= 1 }
        guard digits.contains(id.endIndex - start), start > id.startIndex, !endsInTime(id, number: start)
        else { return nil }
        return (id[..<start], id[start...].reduce(0) { $0 * 10 + Int32($1 - UInt8(ascii: "0")) })
    }

    /// Whether what stands at the end is a day, month, week, quarter or time of day behind a year, such as
    /// `s-endpoints-2025-07-05`: no running number, however much it looks like one. `INC-2025-0007` is one.
    private static func endsInTime(_ id: ArraySlice<UInt8>, number: Int) -> Bool {
        // Most ids are told by their ends: the last part of a day has two or eight digits, or a letter before it.
        let count = id.endIndex - number
        if count != 2, count != 8, !"TWQH ".utf8.contains(id[number - 1]) { return false }
        // Where no digit stands before the mark in front of it, it must be a whole day by itself.
        if count == 8, number < id.startIndex + 2 || !isDigit(id[number - 2]) { return isDay(id[number...]) }
        var groups: [ArraySlice<UInt8>] = []
        // As much as a date with a time of day can take.
        var rest = id.suffix(24)
        while let last = rest.last, isDigit(last) {
            let start = rest.lastIndex { !isDigit($0) }.map { $0 + 1 } ?? rest.startIndex
            groups.insert(rest[start...], at: 0)
            rest = rest[..<start]
            if isYear(groups[0]) {
                return (2...3).contains(groups.count) && groups.dropFirst().allSatisfy { $0.count == 2 }
            }
            if isDay(groups[0]) { return groups.count == 1 }
            guard let separator = rest.popLast() else { return false }
            switch separator {
            case UInt8(ascii: "T"), UInt8(ascii: " "):
                // What follows is a time of day; whether it is one depends on the day in front of it.
                groups = []
            case UInt8(ascii: "W"), UInt8(ascii: "Q"), UInt8(ascii: "H"):
                if groups.count > 1 { return false }
                groups = [ArraySlice("00".utf8)]
                if let next = rest.last, !isDigit(next) { rest.removeLast() }
            default: if !"-_./:".utf8.contains(separator) { return false }
            }
        }
        return false
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isYear(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.count == 4 && (digits.starts(with: "19".utf8) || digits.starts(with: "20".utf8))
    }

    /// `20250705`
    private static func isDay(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 8, isYear(digits.prefix(4)) else { return false }
        func number(_ first: Int) -> UInt8 {
            let place = digits.startIndex + first
            return (digits[place] - 0x30) * 10 + digits[place + 1] - 0x30
        }
        return (1...12).contains(number(4)) && (1...31).contains(number(6))
    }
}

/// Gathers the numbers of events, whichever test judges them: what is out of scope has its number too.
struct NumberSeries {
    private struct Name: Hashable {
        let source: Identifier
        let prefix: ArraySlice<UInt8>
    }

    private struct Numbers {
        /// Of all events, as they came.
        var all: [Int32] = []
        /// The lowest and the highest in the period, with their ids.
        var first, last: (number: Int32, id: ArraySlice<UInt8>)?
    }

    private var series: [Name: Numbers] = [:]
    /// Events of the period that carry no number.
    private var unnumbered = 0

    /// Adds the ids of events of one source.
    mutating func add(
        _ count: Int, of source: Identifier, id: (Int) -> ArraySlice<UInt8>, isInPeriod: (Int) -> Bool
    ) {
        // One event mostly has the prefix of the one before it.
        var name: Name?
        var numbers = Numbers()
        for row in 0..<count {
            let id = id(row)
            guard let (prefix, number) = NumberSequence.split(id) else {
                if isInPeriod(row) { unnumbered += 1 }
                continue
            }
            if name?.prefix != prefix {
                if let name { series[name] = numbers }
                let next = Name(source: source, prefix: ArraySlice(Array(prefix)))
                numbers = series.removeValue(forKey: next) ?? Numbers()
                name = next
            }
            numbers.all.append(number)
            guard isInPeriod(row) else { continue }
            if numbers.first.map({ number < $0.number }) ?? true { numbers.first = (number, id) }
            if numbers.last.map({ number > $0.number }) ?? true { numbers.last = (number, id) }
        }
        if let name { series[name] = numbers }
    }

    mutating func add(_ other: NumberSeries) {
        unnumbered += other.unnumbered
        for (name, numbers) in other.series {
            guard var own = series.removeValue(forKey: name) else {
                series[name] = numbers
                continue
            }
            own.all += numbers.all
            for end in [numbers.first, numbers.last].compactMap(\.self) {
                if own.first.map({ end.number < $0.number }) ?? true { own.first = end }
                if own.last.map({ end.number > $0.number }) ?? true { own.last = end }
            }
            series[name] = own
        }
    }

    /// The sequences, and how many events of the period belong to none.
    var found: (sequences: [NumberSequence], unnumbered: Int) {
        var (found, alone): ([NumberSequence], Int) = ([], 0)
        let sorted = series.sorted {
            ($0.key.source, Identifier(decoding: $0.key.prefix))
                < ($1.key.source, Identifier(decoding: $1.key.prefix))
        }
        for (name, numbers) in sorted {
            guard let first = numbers.first, let last = numbers.last else { continue }
            // One number alone is no sequence.
            guard first.number < last.number else {
                alone += 1
                continue
            }
            let width = first.id.count - name.prefix.count
            let prefix = String(decoding: name.prefix, as: UTF8.self)
            found.append(
                NumberSequence(
                    source: name.source, first: String(decoding: first.id, as: UTF8.self),
                    last: String(decoding: last.id, as: UTF8.self),
                    missing: Self.missing(Self.inOrder(numbers.all), first.number, last.number).map {
                        number in
                        let digits = String(number)
                        return prefix + String(repeating: "0", count: max(0, width - digits.count)) + digits
                    }))
        }
        return (found, unnumbered + alone)
    }

    /// Numbers mostly rise with time.
    private static func inOrder(_ numbers: [Int32]) -> [Int32] {
        zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 } ? numbers : numbers.sorted()
    }

    /// The first of the numbers between two that are not there.
    private static func missing(_ sorted: [Int32], _ first: Int32, _ last: Int32) -> [Int32] {
        var found: [Int32] = []
        var next = first
        for number in sorted where number >= next {
            while next < min(number, last), found.count < NumberSequence.listed {
                found.append(next)
                next += 1
            }
            if number >= last || found.count == NumberSequence.listed { break }
            next = number + 1
        }
        return found
    }
}

extension Identifier {
    init(decoding utf8: some Collection<UInt8>) { self.init(String(decoding: utf8, as: UTF8.self)) }
}
