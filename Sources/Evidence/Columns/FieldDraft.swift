import Catalog
import Expressions
import Formats

/// One field of many records on its way into a column.
struct FieldDraft {
    let field: Field
    private var words: [UInt32] = []
    private var numbers: [Int64] = []
    private var decimals: [Double] = []
    private var presence: [UInt8] = []
    private var distinct: [Value] = []
    private var places: [[UInt8]: UInt32] = [:]

    init(_ field: Field) {
        self.field = field
    }

    /// Adds the stored form of the field in one record; anything that is not of the field's type counts as absent, as
    /// it does for expressions.
    mutating func append(_ stored: JSON?, _ texts: inout TextInterner) {
        let value = stored.flatMap { field.type.expressionValue(of: $0) }
        presence.append(value == nil ? 0 : 1)
        switch field.type {
        case .flag:
            if case .bool(true)? = value { numbers.append(1) } else { numbers.append(0) }
        case .whole:
            if case .int(let number)? = value { numbers.append(number) } else { numbers.append(0) }
        case .decimal:
            if case .double(let number)? = value { decimals.append(number) } else { decimals.append(0) }
        case .timestamp:
            if case .timestamp(let time)? = value {
                numbers.append(time.instant.microseconds)
            } else {
                numbers.append(0)
            }
        case .duration:
            if case .string(let text)? = stored, let span = TimeSpan(text) {
                numbers.append(span.microseconds)
            } else {
                numbers.append(0)
            }
        case .text:
            if case .string(let text)? = value {
                words.append(texts.number(of: text))
            } else {
                words.append(0)
            }
        case .list: words.append(place(of: value, stored))
        }
    }

    /// Lists are told apart by their canonical JSON.
    private mutating func place(of value: Value?, _ stored: JSON?) -> UInt32 {
        guard let value, let stored, let bytes = try? CanonicalJSON.encode(stored) else { return 0 }
        if let place = places[bytes] { return place }
        let place = UInt32(distinct.count)
        distinct.append(value)
        places[bytes] = place
        return place
    }

    /// The column of some of the rows; all when none are named.
    func column(_ texts: TextDictionary, _ rows: Range<Int>? = nil) -> (name: String, column: Column) {
        let rows = rows ?? presence.indices
        let values: Column.Values =
            switch field.type {
            case .flag: .flags(numbers[rows].map { UInt8($0) })
            case .whole: .whole(Array(numbers[rows]))
            case .decimal: .decimals(Array(decimals[rows]))
            case .timestamp: .timestamps(Array(numbers[rows]))
            case .duration: .durations(Array(numbers[rows]))
            case .text: .texts(Array(words[rows]), texts)
            case .list: .coded(Array(words[rows]), distinct)
            }
        let present = presence[rows].contains(0) ? Array(presence[rows]) : nil
        return (field.name, Column(values, presence: present))
    }
}
