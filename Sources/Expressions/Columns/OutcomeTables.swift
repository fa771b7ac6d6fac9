/// What a part that reads nothing but one coded field answers, by the field's number.
struct AnswerTable {
    static let unknown: UInt8 = 255

    /// By number; filled as numbers are met.
    var answers: [UInt8] = []
    var whenAbsent = unknown
    var whenNull = unknown

    /// Makes room for all numbers of a dictionary.
    mutating func reserve(_ count: Int) {
        if answers.count < count {
            answers += [UInt8](repeating: Self.unknown, count: count - answers.count)
        }
    }

    /// The answers known for the rows of a block; `unknown` for the others.
    func look(_ numbers: [UInt32], _ states: [UInt8]?, _ rows: Int) -> [UInt8] {
        let limit = UInt32(answers.count)
        return answers.withUnsafeBufferPointer { answers in
            guard let states else {
                precondition(
                    !Loop.contains(numbers, rows) { $0 >= limit },
                    "a column's numbers are those of its dictionary")
                return Loop.map(numbers, rows) { answers[Int($0)] }
            }
            return Loop.zip(numbers, states, rows) { number, state in
                // Where the field is absent, its number may be anything.
                guard state == FieldStates.present else {
                    return state == FieldStates.absent ? whenAbsent : whenNull
                }
                precondition(number < limit, "a column's numbers are those of its dictionary")
                return answers[Int(number)]
            }
        }
    }

    subscript(number: UInt32, state: UInt8) -> UInt8 {
        get {
            switch state {
            case FieldStates.absent: whenAbsent
            case FieldStates.null: whenNull
            default: answers[Int(number)]
            }
        }
        set {
            switch state {
            case FieldStates.absent: whenAbsent = newValue
            case FieldStates.null: whenNull = newValue
            default: answers[Int(number)] = newValue
            }
        }
    }
}

/// What a part that reads nothing but one coded field gives, by the field's number.
struct ValueTable {
    /// By number the place of the outcome and 1; 0 where it is not known yet.
    private var places: [UInt32] = []
    private var whenAbsent: UInt32 = 0
    private var whenNull: UInt32 = 0
    private var outcomes: [Value?] = []
    /// The outcomes as machine words, as long as all that are no errors have one type.
    private var words: [Int64] = []
    private var valid: [UInt8] = []
    private var sort: Sort?
    private var hasErrors = false

    private enum Sort { case truth, whole, decimal, timestamp, duration, text, mixed }

    mutating func reserve(_ count: Int) {
        if places.count < count { places += [UInt32](repeating: 0, count: count - places.count) }
    }

    func isKnown(_ number: UInt32, _ state: UInt8) -> Bool { place(number, state) != 0 }

    private func place(_ number: UInt32, _ state: UInt8) -> UInt32 {
        switch state {
        case FieldStates.absent: whenAbsent
        case FieldStates.null: whenNull
        default: places[Int(number)]
        }
    }

    mutating func learn(_ outcome: Value?, _ number: UInt32, _ state: UInt8) {
        let (found, word) = Self.word(outcome)
        if let found { sort = sort == nil || sort == found ? found : .mixed } else { hasErrors = true }
        outcomes.append(outcome)
        words.append(word)
        valid.append(found == nil ? 0 : 1)
        let place = UInt32(outcomes.count)
        switch state {
        case FieldStates.absent: whenAbsent = place
        case FieldStates.null: whenNull = place
        default: places[Int(number)] = place
        }
    }

    private static func word(_ outcome: Value?) -> (Sort?, Int64) {
        switch outcome {
        case nil: (nil, 0)
        case .bool(let flag)?: (.truth, flag ? 1 : 0)
        case .int(let number)?: (.whole, number)
        case .double(let number)?: (.decimal, Int64(bitPattern: number.bitPattern))
        case .timestamp(let timestamp)?: timestamp.wholeMicroseconds.map { (.timestamp, $0) } ?? (.mixed, 0)
        case .duration(let duration)?: (.duration, duration.nanoseconds)
        case .string?: (.text, 0)
        default: (.mixed, 0)
        }
    }

    /// The outcomes of a block's rows, all of which are known.
    func vector(_ numbers: [UInt32], _ states: [UInt8]?, _ rows: Int, owner: Int) -> Vector {
        let codes: [UInt32] =
            if let states {
                Loop.zip(numbers, states, rows) { place($0, $1) - 1 }
            } else {
                Loop.map(numbers, rows) { places[Int($0)] - 1 }
            }
        guard let sort else { return .failed }
        let rowsValid = hasErrors ? Loop.map(codes, rows) { valid[Int($0)] } : nil
        func gathered() -> [Int64] { Loop.map(codes, rows) { words[Int($0)] } }
        switch sort {
        case .truth:
            var answers = Loop.map(codes, rows) { UInt8(truncatingIfNeeded: words[Int($0)]) }
            Masks.limit(&answers, to: rowsValid)
            return .answers(answers)
        case .whole: return .whole(gathered(), valid: rowsValid)
        case .decimal:
            return .decimals(
                Loop.map(codes, rows) { Double(bitPattern: UInt64(bitPattern: words[Int($0)])) },
                valid: rowsValid)
        case .timestamp: return .timestamps(gathered(), valid: rowsValid)
        case .duration: return .durations(gathered(), valid: rowsValid)
        case .text:
            return .texts(codes, Vector.Lexicon(texts: .outcomes(outcomes), owner: owner), valid: rowsValid)
        case .mixed: return .coded(codes, outcomes)
        }
    }
}
