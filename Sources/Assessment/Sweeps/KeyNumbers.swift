import Catalog
import Evidence
import Expressions
import Formats

/// What records are joined on, as numbers: equal numbers mean equal keys.
///
/// A text's number is its number in the history's dictionary. A number or a flag gets one behind those.
struct KeyNumbers {
    /// The expression has no value that records can be joined on.
    static let undecidable = UInt32.max
    /// The expression says by null that there is none.
    static let nothing = UInt32.max - 1

    /// Whether a number stands for something that records can be joined on.
    static func isKey(_ number: UInt32) -> Bool { number < nothing }

    private let texts: Int
    private var interner = TextInterner()

    init(_ texts: TextDictionary) {
        self.texts = texts.count
        textNumbers = nil
        dictionary = texts
    }

    private let dictionary: TextDictionary
    /// Made when a computed text must be found in the dictionary.
    private var textNumbers: TextInterner?

    /// How many numbers have been given: the size of a table by number.
    var count: Int { texts + interner.count }

    /// The key of each row under an expression.
    ///
    /// - Parameter evaluation: of the predicate's expression.
    mutating func keys(
        _ predicate: Predicate, _ evaluation: inout ColumnEvaluation, over block: ColumnBlock
    ) -> [UInt32] {
        if let column = evaluation.column(in: block), case .texts(let numbers, _) = column.values {
            guard let presence = column.presence else { return numbers }
            return zip(numbers, presence).map { $0.1 == 0 ? Self.undecidable : $0.0 }
        }
        var keys = evaluation.values(over: block).map { $0.map { number(of: $0) } ?? Self.undecidable }
        // A record that could not be read says nothing, not even that it has no key.
        if predicate.readsRecord, let misfits = block[predicate.variable]?.misfits {
            for row in misfits { keys[row] = Self.undecidable }
        }
        return keys
    }

    private mutating func number(of value: Value) -> UInt32 {
        switch value {
        case .string(let text): return number(of: text)
        case .int(let number): return UInt32(texts) + interner.number(of: "n:\(number)")
        case .bool(let flag): return UInt32(texts) + interner.number(of: "b:\(flag)")
        case .null: return Self.nothing
        default: return Self.undecidable
        }
    }

    private mutating func number(of text: String) -> UInt32 {
        if textNumbers == nil { textNumbers = TextInterner(dictionary) }
        let number = textNumbers?.number(of: text) ?? UInt32(texts)
        // A text that no record holds lies outside the dictionary: it is told apart from the numbers above it by a mark.
        return Int(number) < texts ? number : UInt32(texts) + interner.number(of: "s:" + text)
    }
}
