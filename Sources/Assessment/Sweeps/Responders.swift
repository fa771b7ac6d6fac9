import Catalog
import Evidence
import Expressions
import Formats

/// The records or events that may answer, ready to be asked by the number of a key.
protocol Responders {
    /// When a trigger was answered, where that is plain to see; nil when it takes `outcome` to tell.
    mutating func answered(_ key: UInt32, from start: Instant, to latest: Instant) -> Instant?
    /// The same as `ResponseAnswers.outcome`.
    mutating func outcome(_ key: UInt32, from start: Instant, to latest: Instant) throws -> AnswerOutcome
}

/// The numbers of keys that are plain texts.
struct PlainKeys {
    private let evaluation: ColumnEvaluation

    init(_ key: Predicate) { evaluation = ColumnEvaluation(key.expression) }

    /// Undecidable where the field is absent; nil when the key is something computed.
    func numbers(over block: ColumnBlock) -> [UInt32]? {
        guard let column = evaluation.column(in: block), case .texts(let numbers, _) = column.values else {
            return nil
        }
        guard let presence = column.presence else { return numbers }
        return zip(numbers, presence).map { $0.1 == 0 ? KeyNumbers.undecidable : $0.0 }
    }
}

extension Kind {
    /// The fields to read for some predicates over a record that they call by the same name.
    func fieldsToRead(_ predicates: [Predicate?]) -> Set<Identifier>? {
        var fields: Set<Identifier>? = []
        for predicate in predicates.compactMap({ $0 }) {
            let read = predicate.expression.fieldsRead(of: predicate.variable)
            fields = read.flatMap { fields?.union($0) }
        }
        return fieldsToRead(fields)
    }
}

extension StateColumns {
    /// Some versions of a record as the simple evaluators know them.
    func versions(_ rows: Range<Int>) -> [StateVersion] {
        rows.compactMap { row in
            Interval(from: Instant(microseconds: starts[row]), to: Instant(microseconds: ends[row])).map {
                StateVersion(interval: $0, value: record.stored(row), reference: reference(row))
            }
        }
    }
}
