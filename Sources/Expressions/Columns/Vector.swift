internal import Formats

/// The values of a part of an expression over a block. Where `valid` is 0 the part has none there: an error.
enum Vector {
    case constant(Value)
    /// An error in every row.
    case failed
    /// Truth values as `ColumnAnswer`.
    case answers([UInt8])
    case whole([Int64], valid: [UInt8]?)
    case decimals([Double], valid: [UInt8]?)
    /// Microseconds since 1970 in the years that CEL knows.
    case timestamps([Int64], valid: [UInt8]?)
    /// Nanoseconds.
    case durations([Int64], valid: [UInt8]?)
    /// Numbers of texts.
    case texts([UInt32], Lexicon, valid: [UInt8]?)
    /// Places in a list of outcomes, of which nil is an error.
    case coded([UInt32], [Value?])

    /// Texts by number.
    struct Lexicon {
        enum Texts {
            case dictionary(TextDictionary)
            case outcomes([Value?])
        }

        let texts: Texts
        /// Tells the lexicons of one evaluation apart.
        let owner: Int

        var count: Int {
            switch texts {
            case .dictionary(let dictionary): dictionary.count
            case .outcomes(let outcomes): outcomes.count
            }
        }

        func text(_ number: UInt32) -> String? {
            switch texts {
            case .dictionary(let dictionary): return dictionary.text(number)
            case .outcomes(let outcomes):
                guard case .string(let text)? = outcomes[Int(number)] else { return nil }
                return text
            }
        }
    }

    /// What decides which operators two values share.
    enum Sort { case truth, number, timestamp, duration, text, other }

    /// Nil when rows may differ in it.
    var sort: Sort? {
        switch self {
        case .answers: .truth
        case .whole, .decimals: .number
        case .timestamps: .timestamp
        case .durations: .duration
        case .texts: .text
        case .coded, .failed: nil
        case .constant(let value):
            switch value {
            case .bool: .truth
            case .int, .uint, .double: .number
            case .timestamp: .timestamp
            case .duration: .duration
            case .string: .text
            default: .other
            }
        }
    }

    /// 1 where there is a value; nil when there is one in every row.
    func validity(_ rows: Int) -> [UInt8]? {
        switch self {
        case .constant: nil
        case .failed: [UInt8](repeating: 0, count: rows)
        case .answers(let answers): Loop.map(answers, rows) { $0 < 2 ? 1 : 0 }
        case .whole(_, let valid), .decimals(_, let valid), .timestamps(_, let valid),
            .durations(_, let valid),
            .texts(_, _, let valid):
            valid
        case .coded(let codes, let outcomes): Loop.map(codes, rows) { outcomes[Int($0)] == nil ? 0 : 1 }
        }
    }

    /// The answers that this is as a truth value; anything else than a truth value is undecidable.
    func answers(_ rows: Int) -> [UInt8] {
        switch self {
        case .answers(let answers): return answers
        case .constant(.bool(let flag)):
            return [UInt8](repeating: flag ? ColumnAnswer.yes : ColumnAnswer.no, count: rows)
        case .coded(let codes, let outcomes):
            let answers = outcomes.map(ColumnAnswer.of)
            return Loop.map(codes, rows) { answers[Int($0)] }
        default: return [UInt8](repeating: ColumnAnswer.undecidable, count: rows)
        }
    }

    func value(_ row: Int) -> Value? {
        func here(_ valid: [UInt8]?, _ value: () -> Value?) -> Value? {
            if let valid, valid[row] == 0 { nil } else { value() }
        }
        return switch self {
        case .constant(let value): value
        case .failed: nil
        case .answers(let answers): answers[row] == ColumnAnswer.undecidable ? nil : .bool(answers[row] != 0)
        case .whole(let numbers, let valid): here(valid) { .int(numbers[row]) }
        case .decimals(let numbers, let valid): here(valid) { .double(numbers[row]) }
        case .timestamps(let times, let valid):
            here(valid) { .timestamp(Value.Timestamp(Instant(microseconds: times[row]))) }
        case .durations(let lengths, let valid):
            here(valid) { .duration(Value.Duration(nanoseconds: lengths[row])) }
        case .texts(let numbers, let lexicon, let valid):
            here(valid) { lexicon.text(numbers[row]).map { .string($0) } }
        case .coded(let codes, let outcomes): outcomes[Int(codes[row])]
        }
    }
}

extension Vector {
    /// The bounds of CEL's years in microseconds. What lies after them is held at the microsecond after the last: it
    /// stands for the last nanosecond, and compares as that does.
    static let earliest = Value.Timestamp.earliest * 1_000_000
    static let afterLatest = (Value.Timestamp.latest + 1) * 1_000_000

    /// A column as it stands; nil for one of coded values.
    init?(_ column: Column, states: FieldStates, rows: Int, owner: Int) {
        let valid = states.valid
        switch column.values {
        case .flags(let flags):
            guard let valid else {
                self = .answers(flags)
                return
            }
            self = .answers(Loop.zip(flags, valid, rows) { $1 == 0 ? ColumnAnswer.undecidable : $0 })
        case .whole(let numbers): self = .whole(numbers, valid: valid)
        case .decimals(let numbers): self = .decimals(numbers, valid: valid)
        case .timestamps(let times): self = .timestamps(Self.held(times, rows), valid: valid)
        case .durations(let lengths):
            self = .durations(
                Loop.map(lengths, rows) { Value.Duration(TimeSpan(microseconds: $0)).nanoseconds },
                valid: valid)
        case .texts(let numbers, let dictionary):
            self = .texts(numbers, Lexicon(texts: .dictionary(dictionary), owner: owner), valid: valid)
        case .coded: return nil
        }
    }

    /// Times held within CEL's years.
    static func held(_ times: [Int64], _ rows: Int) -> [Int64] {
        let (first, last) = (earliest, afterLatest)
        guard Loop.contains(times, rows, { ($0 < first) != ($0 > last) }) else { return times }
        return Loop.map(times, rows) { min(max($0, first), last) }
    }

    /// A constant in every row, when it has a machine type.
    func spread(_ rows: Int) -> Vector? {
        guard case .constant(let value) = self else { return self }
        switch value {
        case .bool: return .answers(answers(rows))
        case .int(let number): return .whole([Int64](repeating: number, count: rows), valid: nil)
        case .double(let number): return .decimals([Double](repeating: number, count: rows), valid: nil)
        case .timestamp(let timestamp):
            return timestamp.wholeMicroseconds.map {
                .timestamps([Int64](repeating: $0, count: rows), valid: nil)
            }
        case .duration(let duration):
            return .durations([Int64](repeating: duration.nanoseconds, count: rows), valid: nil)
        default: return nil
        }
    }
}

extension Value.Timestamp {
    /// Microseconds since 1970; nil when the moment lies between two.
    var wholeMicroseconds: Int64? {
        nanoseconds.isMultiple(of: 1_000) ? instant.microseconds : nil
    }
}

extension ColumnAnswer {
    static func of(_ value: Value?) -> UInt8 {
        switch value {
        case .bool(true)?: yes
        case .bool(false)?: no
        default: undecidable
        }
    }
}
