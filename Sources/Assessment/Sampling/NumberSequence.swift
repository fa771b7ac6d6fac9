import Catalog
import Evidence
import Formats

/// Events of one source that are numbered one after the other, such as `CHG-0001`.
struct NumberSequence {
    /// Most missing numbers that are looked for.
    static let listed = 1_000
    /// Longest number that is taken for a running one; longer digits are times or digests.
    private static let mostDigits = 9

    let source: Identifier
    /// The lowest and the highest id in the period.
    let first: String
    let last: String
    /// Ids between the two that no event has, in the period or outside it.
    let missing: [String]

    /// Where the number at the end of an id begins, and the number; nil when there is none or nothing before it.
    fileprivate static func split(
        _ bytes: [UInt8], _ id: Range<Int>
    ) -> (start: Int, number: Int32)? {
        var start = id.upperBound
        var (number, weight): (Int32, Int32) = (0, 1)
        while start > id.lowerBound, isDigit(bytes[start - 1]) {
            start -= 1
            guard id.upperBound - start <= mostDigits else { return nil }
            number += weight * Int32(bytes[start] - UInt8(ascii: "0"))
            weight = weight &* 10
        }
        guard start < id.upperBound, start > id.lowerBound, !endsInTime(bytes, id, number: start)
        else { return nil }
        return (start, number)
    }

    /// Whether what stands at the end is a day, month, week, quarter or time of day behind a year, such as
    /// `s-endpoints-2025-07-05`: no running number, however much it looks like one. `INC-2025-0007` is one.
    private static func endsInTime(_ bytes: [UInt8], _ id: Range<Int>, number: Int) -> Bool {
        // Most ids are told by their ends: the last part of a day has two or eight digits, or a letter before it.
        let count = id.upperBound - number
        if count != 2, count != 8, !isTimeMark(bytes[number - 1]) { return false }
        let id = bytes[id]
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

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// What may stand before a time of day, or before a week, quarter or half of a year.
    private static func isTimeMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "T"), UInt8(ascii: "W"), UInt8(ascii: "Q"), UInt8(ascii: "H"), UInt8(ascii: " "):
            true
        default: false
        }
    }

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

    /// A running number as it is written.
    private struct Numeral {
        let number: Int32
        /// Of its digits, leading zeros included.
        let width: Int

        var text: String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }

    private struct Numbers {
        /// Of all events, as they came.
        var all: [Int32] = []
        /// The lowest and the highest in the period.
        var first, last: Numeral?

        mutating func note(_ numeral: Numeral) {
            if first.map({ numeral.number < $0.number }) ?? true { first = numeral }
            if last.map({ numeral.number > $0.number }) ?? true { last = numeral }
        }
    }

    private var places: [Name: Int] = [:]
    private var series: [(name: Name, numbers: Numbers)] = []
    /// Events of the period that carry no number.
    private var unnumbered = 0

    /// Adds the ids of events of one source.
    mutating func add(_ ids: TextColumn, of source: Identifier, isInPeriod: (Int) -> Bool) {
        // One event mostly has the prefix of the one before it.
        var (prefix, place) = (0..<0, 0)
        var start = 0
        for row in ids.ends.indices {
            let id = start..<Int(ids.ends[row])
            start = id.upperBound
            guard let (end, number) = NumberSequence.split(ids.bytes, id) else {
                if isInPeriod(row) { unnumbered += 1 }
                continue
            }
            let own = id.lowerBound..<end
            if !Self.areEqual(ids.bytes, own, prefix) {
                place = self.place(of: Name(source: source, prefix: ids.bytes[own]))
            }
            prefix = own
            series[place].numbers.all.append(number)
            if isInPeriod(row) {
                series[place].numbers.note(Numeral(number: number, width: id.upperBound - end))
            }
        }
    }

    private static func areEqual(_ bytes: [UInt8], _ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        for offset in 0..<one.count
        where bytes[one.lowerBound + offset] != bytes[other.lowerBound + offset] {
            return false
        }
        return true
    }

    private mutating func place(of name: Name) -> Int {
        if let known = places[name] { return known }
        // Not a slice of all ids of a block, which would be kept as long.
        let own = Name(source: name.source, prefix: ArraySlice(Array(name.prefix)))
        places[own] = series.count
        series.append((own, Numbers()))
        return series.count - 1
    }

    mutating func add(_ other: NumberSeries) {
        unnumbered += other.unnumbered
        for (name, numbers) in other.series {
            let place = place(of: name)
            series[place].numbers.all += numbers.all
            for end in [numbers.first, numbers.last].compactMap(\.self) {
                series[place].numbers.note(end)
            }
        }
    }

    /// The sequences, and how many events of the period belong to none.
    var found: (sequences: [NumberSequence], unnumbered: Int) {
        var (found, alone): ([NumberSequence], Int) = ([], 0)
        let sorted = series.sorted {
            ($0.name.source, Identifier(decoding: $0.name.prefix))
                < ($1.name.source, Identifier(decoding: $1.name.prefix))
        }
        for (name, numbers) in sorted {
            guard let first = numbers.first, let last = numbers.last else { continue }
            // One number alone is no sequence.
            guard first.number < last.number else {
                alone += 1
                continue
            }
            let prefix = String(decoding: name.prefix, as: UTF8.self)
            found.append(
                NumberSequence(
                    source: name.source, first: prefix + first.text, last: prefix + last.text,
                    missing: Self.missing(Self.inOrder(numbers.all), first.number, last.number).map {
                        prefix + Numeral(number: $0, width: first.width).text
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
