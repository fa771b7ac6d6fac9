import TestSupport

/// Writes expressions at random: of every type that a record has, with the mistakes that people make.
struct ColumnsGrammar {
    var random: Seeded

    private mutating func pick(_ choices: [String]) -> String { choices[random.below(choices.count)] }

    private mutating func field(_ names: [String]) -> String {
        let record = pick(["a", "a", "b"])
        let name = random.below(40) == 0 ? "missing" : pick(names)
        return random.below(12) == 0 ? "\(record)['\(name)']" : "\(record).\(name)"
    }

    private mutating func mistaken(_ depth: Int) -> String? {
        guard random.below(40) == 0 else { return nil }
        switch random.below(8) {
        case 0: return truth(depth - 1)
        case 1: return whole(depth - 1)
        case 2: return text(depth - 1)
        case 3: return list(depth - 1)
        case 4: return "null"
        case 5: return pick(["a", "b", "at", "nothing", "1 / 0", "[]", "{}"])
        case 6: return time(depth - 1)
        default: return decimal(depth - 1)
        }
    }

    mutating func truth(_ depth: Int) -> String {
        if let mistake = mistaken(depth) { return mistake }
        if depth <= 0 { return random.below(8) == 0 ? pick(["true", "false"]) : field(["f", "g"]) }
        let next = depth - 1
        let order = pick(["==", "!=", "<", "<=", ">", ">="])
        let equal = pick(["==", "!="])
        switch random.below(24) {
        case 0, 1, 2: return "(\(truth(next)) && \(truth(next)))"
        case 3, 4, 5: return "(\(truth(next)) || \(truth(next)))"
        case 6, 7: return "!(\(truth(next)))"
        case 8: return "(\(truth(next)) ? \(truth(next)) : \(truth(next)))"
        case 9: return "\(whole(next)) \(order) \(whole(next))"
        case 10: return "\(decimal(next)) \(order) \(random.below(2) == 0 ? whole(next) : decimal(next))"
        case 11, 12: return "\(time(next)) \(order) \(time(next))"
        case 13: return "\(length(next)) \(order) \(length(next))"
        case 14, 15: return "\(text(next)) \(random.below(4) == 0 ? order : equal) \(text(next))"
        case 16:
            return "has(\(pick(["a", "b"])).\(pick(["f", "n", "x", "t", "d", "s", "l", "o", "missing"])))"
        case 17: return "\(pick(["a", "b", field(["l", "o", "s", "n"])])) \(equal) null"
        case 18: return "\(text(next)) in \(list(next))"
        case 19: return "\(whole(next)) in [\(pick(["", "1", "1, 2u, 3.0", "0, 'k', null", "-1, 5, a.n"]))]"
        case 20:
            return
                "\(text(next)).\(pick(["startsWith", "endsWith", "contains", "matches"]))('\(pick(["svc-", "k", "3", ""]))')"
        case 21: return "\(list(next)).\(pick(["exists", "all", "exists_one"]))(i, i \(equal) \(text(next)))"
        case 22: return "(\(truth(next))) \(equal) (\(truth(next)))"
        default: return "cel.bind(v, \(whole(next)), v \(order) \(whole(next)) || v == 1)"
        }
    }

    mutating func whole(_ depth: Int) -> String {
        if let mistake = mistaken(depth) { return mistake }
        let next = depth - 1
        switch random.below(depth <= 0 ? 4 : 12) {
        case 0:
            return pick(["0", "1", "-2", "3u", "9223372036854775807", "5", "2.5", "18446744073709551615u"])
        case 1, 2, 3: return field(["n", "m"])
        case 4, 5: return "(\(whole(next)) \(pick(["+", "-", "*", "/", "%"])) \(whole(next)))"
        case 6: return "-(\(whole(next)))"
        case 7: return "size(\(random.below(2) == 0 ? text(next) : list(next)))"
        case 8: return "(\(truth(next)) ? \(whole(next)) : \(whole(next)))"
        case 9: return "\(time(next)).getDayOfWeek()"
        case 10: return "int(\(decimal(next)))"
        default: return field(["n", "m"])
        }
    }

    mutating func decimal(_ depth: Int) -> String {
        if let mistake = mistaken(depth) { return mistake }
        let next = depth - 1
        switch random.below(depth <= 0 ? 3 : 7) {
        case 0: return pick(["0.5", "-1.0", "0.0", "1e300", "double('NaN')", "2"])
        case 1, 2: return field(["x", "y"])
        case 3, 4: return "(\(decimal(next)) \(pick(["+", "-", "*", "/"])) \(decimal(next)))"
        case 5: return "-(\(decimal(next)))"
        default: return "double(\(whole(next)))"
        }
    }

    mutating func time(_ depth: Int) -> String {
        if let mistake = mistaken(depth) { return mistake }
        let next = depth - 1
        switch random.below(depth <= 0 ? 4 : 8) {
        case 0:
            return pick([
                "timestamp('2026-01-04T12:00:00Z')", "timestamp('2026-01-02T00:00:00.000000001Z')",
                "timestamp('9999-12-31T23:59:59.999999999Z')", "timestamp('0001-01-01T00:00:00Z')",
            ])
        case 1, 2: return field(["t", "u"])
        case 3: return "at"
        case 4, 5: return "(\(time(next)) \(pick(["+", "-"])) \(length(next)))"
        case 6: return "(\(length(next)) + \(time(next)))"
        default: return "(\(truth(next)) ? \(time(next)) : \(time(next)))"
        }
    }

    mutating func length(_ depth: Int) -> String {
        if let mistake = mistaken(depth) { return mistake }
        let next = depth - 1
        switch random.below(depth <= 0 ? 4 : 8) {
        case 0, 1:
            return pick(["days(2)", "duration('12h')", "duration('1ns')", "days(106751)", "duration('0')"])
        case 2, 3: return field(["d"])
        case 4, 5: return "(\(time(next)) - \(time(next)))"
        case 6: return "(\(length(next)) \(pick(["+", "-"])) \(length(next)))"
        default: return "(\(truth(next)) ? \(length(next)) : \(length(next)))"
        }
    }

    mutating func text(_ depth: Int) -> String {
        if let mistake = mistaken(depth) { return mistake }
        let next = depth - 1
        switch random.below(depth <= 0 ? 4 : 8) {
        case 0: return pick(["'k3'", "''", "'svc-4'", "'\\u00e9'", "'e\\u0301'", "'none'"])
        case 1, 2, 3: return field(["s", "r"])
        case 4: return "\(text(next)).upperAscii()"
        case 5: return "(\(text(next)) + \(text(next)))"
        case 6: return "(\(truth(next)) ? \(text(next)) : \(text(next)))"
        default: return "string(\(whole(next)))"
        }
    }

    mutating func list(_ depth: Int) -> String {
        if let mistake = mistaken(depth) { return mistake }
        let next = depth - 1
        switch random.below(depth <= 0 ? 3 : 5) {
        case 0: return pick(["['k3', '', 'svc-4']", "[]", "['e\\u0301']"])
        case 1, 2: return field(["l", "o"])
        case 3: return "[\(text(next)), \(text(next))]"
        default: return "\(list(next)).filter(i, i != \(text(next)))"
        }
    }

    /// Mostly questions, now and then a value of another type.
    mutating func expression() -> String {
        let depth = 1 + random.below(4)
        return switch random.below(12) {
        case 0: whole(depth)
        case 1: time(depth)
        case 2: random.below(2) == 0 ? text(depth) : list(depth)
        case 3: random.below(2) == 0 ? length(depth) : decimal(depth)
        default: truth(depth)
        }
    }
}
