import Catalog
import Expressions
import Formats

/// One field of many records as whole numbers, on its way into columns in memory or on the disk, and back.
///
/// A number is the value itself, microseconds, the bits of a decimal, a place in the history's dictionary of texts, or,
/// for lists, a place among the distinct lists.
struct FieldRows {
    let field: Field
    private(set) var numbers: [Int64] = []
    /// 1 where the record has the field.
    private(set) var presence: [UInt8] = []
    /// The distinct lists, each in its stored form.
    private(set) var distinct: [ListBytes] = []
    private var places: [[UInt8]: Int64] = [:]

    init(_ field: Field) {
        self.field = field
    }

    private var isList: Bool { if case .list = field.type { true } else { false } }

    /// Adds the stored form of the field in one record; anything that is not of the field's type counts as absent, as
    /// it does for expressions.
    mutating func append(_ stored: JSON?, _ texts: inout TextInterner) {
        append(stored.flatMap { number($0, &texts) })
    }

    /// Adds a row of another such column.
    mutating func append(_ row: Int, of other: FieldRows) {
        guard other.presence[row] != 0 else { return append(nil) }
        append(isList ? place(of: other.distinct[Int(other.numbers[row])]) : other.numbers[row])
    }

    /// Adds all rows of another such column.
    ///
    /// - Parameter texts: the numbers here of the texts there.
    mutating func append(_ other: FieldRows, texts: [UInt32]) {
        presence += other.presence
        let moved: [Int64]
        switch field.type {
        case .text: moved = texts.map { Int64($0) }
        case .list: moved = other.distinct.map { place(of: $0) }
        default:
            numbers += other.numbers
            return
        }
        for row in other.numbers.indices {
            numbers.append(other.presence[row] == 0 ? 0 : moved[Int(other.numbers[row])])
        }
    }

    private mutating func append(_ number: Int64?) {
        presence.append(number == nil ? 0 : 1)
        numbers.append(number ?? 0)
    }

    private mutating func number(_ stored: JSON, _ texts: inout TextInterner) -> Int64? {
        switch (field.type, stored) {
        case (.text, .string(let text)): Int64(texts.number(of: text))
        case (.list(let element), .array): ListBytes(stored, element).map { place(of: $0) }
        default: field.type.number(of: stored)
        }
    }

    private mutating func place(of list: ListBytes) -> Int64 {
        if let place = places[list.bytes] { return place }
        let place = Int64(distinct.count)
        distinct.append(list)
        places[list.bytes] = place
        return place
    }
}

extension FieldType {
    /// The stored form of a scalar that is no text as a number; nil when it is not of this type.
    func number(of stored: JSON) -> Int64? {
        switch (self, stored) {
        case (.flag, .bool(let flag)): flag ? 1 : 0
        case (.whole, .integer(let number)): number
        case (.decimal, .string(let text)): Double(text).map { Int64(bitPattern: $0.bitPattern) }
        case (.timestamp, .string(let text)): Instant(text)?.microseconds
        case (.duration, .string(let text)): TimeSpan(text)?.microseconds
        default: nil
        }
    }
}

extension FieldRows {
    /// The column of some of the rows; all when none are named.
    func column(
        _ texts: TextDictionary, _ rows: (some Collection<Int>)? = Range<Int>?.none
    ) -> (name: String, column: Column) {
        let (picked, present) =
            if let rows { (rows.map { numbers[$0] }, rows.map { presence[$0] }) } else { (numbers, presence) }
        return field.column(picked, present.contains(0) ? present : nil, distinct, texts)
    }

    // MARK: Stored form

    /// Writes some of the rows: whether any is absent, the numbers, one bit a row for presence if any is absent, and
    /// for a list the distinct values that these rows have.
    func write(_ rows: some Collection<Int>, into chunk: inout [UInt8]) {
        let present = rows.map { presence[$0] }
        let someAbsent = present.contains(0)
        chunk.append(someAbsent ? 1 : 0)
        var lists: [ListBytes] = []
        if isList {
            var codes: [Int64: Int64] = [:]
            let coded = rows.map { row -> Int64 in
                guard presence[row] != 0 else { return 0 }
                if let code = codes[numbers[row]] { return code }
                let code = Int64(lists.count)
                lists.append(distinct[Int(numbers[row])])
                codes[numbers[row]] = code
                return code
            }
            PackedIntegers.write(coded, into: &chunk)
        } else {
            PackedIntegers.write(rows.map { numbers[$0] }, into: &chunk)
        }
        if someAbsent { chunk += Self.bits(present) }
        guard isList else { return }
        chunk.append(number: UInt32(lists.count))
        for list in lists {
            chunk.append(number: UInt32(list.bytes.count))
            chunk += list.bytes
        }
    }

    /// Adds all rows of a stored block.
    mutating func append(_ stored: StoredField) {
        let places = stored.lists.map { place(of: $0) }
        for row in stored.numbers.indices {
            guard stored.presence?[row] != 0 else {
                append(nil)
                continue
            }
            append(isList ? places[Int(stored.numbers[row])] : stored.numbers[row])
        }
    }

    private static func bits(_ flags: [UInt8]) -> [UInt8] {
        var bits = [UInt8](repeating: 0, count: (flags.count + 7) / 8)
        for (row, flag) in flags.enumerated() where flag != 0 { bits[row / 8] |= 1 << UInt8(row % 8) }
        return bits
    }
}

/// One field of a block as it was read from the disk, with every number checked against what it points into.
struct StoredField {
    let field: Field
    let numbers: [Int64]
    /// Nil when every row has the field.
    let presence: [UInt8]?
    let lists: [ListBytes]

    /// - Parameter texts: how many texts the dictionary holds.
    init(_ field: Field, _ chunk: inout ColumnBytes, count: Int, texts: Int) throws(ColumnError) {
        self.field = field
        let someAbsent = try chunk.number(UInt8.self) != 0
        numbers = try PackedIntegers.read(&chunk, count: count)
        var presence: [UInt8]?
        if someAbsent {
            let bits = Array(try chunk.take((count + 7) / 8))
            presence = (0..<count).map { bits[$0 / 8] >> UInt8($0 % 8) & 1 }
        }
        self.presence = presence
        var lists: [ListBytes] = []
        if case .list(let element) = field.type {
            for _ in 0..<(try chunk.count(each: 4)) {
                lists.append(try ListBytes(Array(try chunk.take(try chunk.count(each: 1))), element))
            }
        }
        self.lists = lists
        if chunk.rest != 0 { throw chunk.damage("a column is longer than its rows") }
        let limit: Int64? =
            switch field.type {
            case .text: Int64(texts)
            case .list: Int64(lists.count)
            case .flag: 2
            default: nil
            }
        guard let limit else { return }
        for row in 0..<count where !(0..<limit).contains(numbers[row]) && presence?[row] != 0 {
            throw chunk.damage("a column points to what is not there")
        }
    }

    func column(_ texts: TextDictionary) -> (name: String, column: Column) {
        field.column(numbers, presence, lists, texts)
    }
}

extension Field {
    /// The column that stored numbers are.
    fileprivate func column(
        _ numbers: [Int64], _ presence: [UInt8]?, _ lists: [ListBytes], _ texts: TextDictionary
    ) -> (name: String, column: Column) {
        let values: Column.Values =
            switch type {
            case .flag: .flags(numbers.map { UInt8(truncatingIfNeeded: $0) })
            case .whole: .whole(numbers)
            case .decimal: .decimals(numbers.map { Double(bitPattern: UInt64(bitPattern: $0)) })
            case .timestamp: .timestamps(numbers)
            case .duration: .durations(numbers)
            case .text: .texts(numbers.map { UInt32(truncatingIfNeeded: $0) }, texts)
            case .list: .coded(numbers.map { UInt32(truncatingIfNeeded: $0) }, lists.map(\.value))
            }
        return (name, Column(values, presence: presence))
    }
}
