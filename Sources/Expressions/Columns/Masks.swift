/// CEL's logic over columns of `ColumnAnswer`: an operand that decides outvotes errors.
enum Masks {
    static func negate(_ mask: inout [UInt8]) {
        // 0 and 1 change places, 2 stays.
        Loop.update(&mask) { $0 ^ 1 ^ ($0 >> 1) }
    }

    /// `&&`: the smaller where it is no, otherwise the larger, so that undecidable outweighs yes.
    static func and(_ mask: inout [UInt8], _ other: [UInt8]) {
        Loop.update(&mask, other) { min($0, $1) == ColumnAnswer.no ? ColumnAnswer.no : max($0, $1) }
    }

    /// `||`: yes where either is, otherwise the larger.
    static func or(_ mask: inout [UInt8], _ other: [UInt8]) {
        Loop.update(&mask, other) {
            $0 == ColumnAnswer.yes || $1 == ColumnAnswer.yes ? ColumnAnswer.yes : max($0, $1)
        }
    }

    /// `? :`: undecidable where the condition is.
    static func choose(_ condition: [UInt8], _ yes: [UInt8], _ no: [UInt8]) -> [UInt8] {
        var chosen = Loop.zip(condition, yes, condition.count) { $0 == ColumnAnswer.yes ? $1 : $0 }
        let others = Loop.zip(condition, no, condition.count) { $0 == ColumnAnswer.no ? $1 : 0 }
        // Where the condition says no the first holds no, and elsewhere the second does.
        Loop.update(&chosen, others) { $0 | $1 }
        return chosen
    }

    /// Undecidable where there is no value.
    static func limit(_ mask: inout [UInt8], to valid: [UInt8]?) {
        guard let valid else { return }
        Loop.update(&mask, valid) { $1 == 0 ? ColumnAnswer.undecidable : $0 }
    }

    /// Where both have a value.
    static func both(_ left: [UInt8]?, _ right: [UInt8]?) -> [UInt8]? {
        guard let left else { return right }
        guard let right else { return left }
        return Loop.zip(left, right, min(left.count, right.count)) { $0 & $1 }
    }
}
