/// Why a text is not canonical JSON.
package enum CanonicalReadingError: Error, Hashable, CustomStringConvertible {
    case notJSON(JSONError)
    case number(String)
    /// It is JSON, written another way than RFC 8785 says.
    case otherSpelling

    package var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .number(let text): CanonicalJSONError.number(text).description
        case .otherSpelling: "not in canonical form"
        }
    }
}

extension JSON {
    /// Reads a text that must be, to the byte, what `CanonicalJSON` writes for its value.
    ///
    /// What that means is said by reading and writing it again; most texts need neither, as one pass can tell.
    package init(
        canonical bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(CanonicalReadingError) {
        if let value = CanonicalReader.value(bytes, limits) {
            self = value
        } else {
            try self.init(writtenAgain: bytes, limits: limits)
        }
    }

    /// The same by the definition: slower, and able to say what is wrong.
    package init(
        writtenAgain bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(CanonicalReadingError) {
        let value: JSON
        do {
            value = try JSON(parsing: bytes, limits: limits)
        } catch {
            throw .notJSON(error)
        }
        let canonical: [UInt8]
        do {
            canonical = try CanonicalJSON.encode(value)
        } catch {
            switch error {
            case .number(let text): throw .number(text)
            }
        }
        guard canonical == bytes else { throw .otherSpelling }
        self = value
    }
}

/// One pass over a text that is canonical beyond doubt. Nil is no verdict: rare spellings, such as names beyond ASCII,
/// are left to whoever asks.
package struct CanonicalReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthLimit: Int
    private var at = 0

    static func value(_ bytes: [UInt8], _ limits: JSONLimits) -> JSON? {
        read(bytes, limits) { $0.value(depth: 0) }
    }

    /// Reads a text whose form is known: the body must come to its end.
    package static func read<Result>(
        _ bytes: [UInt8], _ limits: JSONLimits = .standard, _ body: (inout CanonicalReader) -> Result?
    ) -> Result? {
        guard bytes.count <= limits.bytes else { return nil }
        return bytes.withUnsafeBufferPointer { buffer in
            var reader = CanonicalReader(bytes: buffer, depthLimit: limits.depth)
            guard let result = body(&reader), reader.at == buffer.count else { return nil }
            return result
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// For who reads so many texts that a generic call for each would count; nil when this one is too long.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= JSONLimits.standard.bytes else { return nil }
        self.init(bytes: bytes, depthLimit: JSONLimits.standard.depth)
    }

    /// How many bytes have been read.
    package var place: Int { at }

    /// What has been read since a place; not to be kept.
    package func text(since place: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[place..<at])
    }

    /// Whether everything has been read.
    package var isAtEnd: Bool { at == bytes.count }

    /// The value here, which stands in so many others.
    package mutating func value(depth: Int) -> JSON? { value(JSONMaking.self, depth) }

    /// What the value here is; it must be as canonical as one that is read.
    package mutating func outline(depth: Int) -> ValueOutline? { value(OutlineMaking.self, depth) }

    private mutating func value<Making: ValueMaking>(_ making: Making.Type, _ depth: Int) -> Making.Value? {
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "\""): return string(making)
        case UInt8(ascii: "{"): return object(making, depth + 1)
        case UInt8(ascii: "["): return array(making, depth + 1)
        case UInt8(ascii: "t"): return take("true") ? Making.value(.bool(true)) : nil
        case UInt8(ascii: "f"): return take("false") ? Making.value(.bool(false)) : nil
        case UInt8(ascii: "n"): return take("null") ? Making.value(.null) : nil
        default: return number().map { Making.value($0) }
        }
    }

    private mutating func object<Making: ValueMaking>(_: Making.Type, _ depth: Int) -> Making.Value? {
        guard depth <= depthLimit else { return nil }
        at += 1
        var members = Making.noMembers
        if take(UInt8(ascii: "}")) { return Making.object(members) }
        var last: Range<Int>?
        while true {
            guard let name = plainName() else { return nil }
            // Of plain names, the order of bytes is the order of UTF-16 units; rising, none stands twice.
            if let last, !precedes(last, name) { return nil }
            last = name
            guard take(UInt8(ascii: ":")) else { return nil }
            let start = at
            guard let value = value(Making.self, depth) else { return nil }
            Making.add(
                UnsafeBufferPointer(rebasing: bytes[name]), value, text(since: start), to: &members)
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { return nil }
            return Making.object(members)
        }
    }

    private mutating func array<Making: ValueMaking>(_: Making.Type, _ depth: Int) -> Making.Value? {
        guard depth <= depthLimit else { return nil }
        at += 1
        var elements = Making.noElements
        if take(UInt8(ascii: "]")) { return Making.array(elements) }
        while true {
            guard let value = value(Making.self, depth) else { return nil }
            Making.add(value, to: &elements)
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { return nil }
            return Making.array(elements)
        }
    }

    /// What stands between the quotes of a string without escapes and of ASCII alone; not to be kept.
    package mutating func plainText() -> UnsafeBufferPointer<UInt8>? {
        plainName().map { UnsafeBufferPointer(rebasing: bytes[$0]) }
    }

    /// Where a name without escapes and of ASCII alone stands.
    private mutating func plainName() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = at
        at = EightBytes.first(in: UnsafeRawBufferPointer(bytes), from: at) { EightBytes.special($0) }
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return start..<at - 1
            }
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\\") { return nil }
            at += 1
        }
        return nil
    }

    private func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        UnsafeBufferPointer(rebasing: bytes[left]).lexicographicallyPrecedes(
            UnsafeBufferPointer(rebasing: bytes[right]))
    }

    private mutating func string<Making: ValueMaking>(_ making: Making.Type) -> Making.Value? {
        at += 1
        let start = at
        var high: UInt8 = 0
        at = EightBytes.first(in: UnsafeRawBufferPointer(bytes), from: at) { EightBytes.special($0) }
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                let text = UnsafeBufferPointer(rebasing: bytes[start..<at - 1])
                // What is no UTF-8 would be mended on decoding.
                if high >= 0x80, String(validating: text, as: UTF8.self) == nil { return nil }
                return Making.string(text)
            }
            if byte == UInt8(ascii: "\\") { return escapedString(making, from: start) }
            if byte < 0x20 { return nil }
            high |= byte
            at += 1
        }
        return nil
    }

    /// A string with an escape at the present place.
    private mutating func escapedString<Making: ValueMaking>(
        _: Making.Type, from start: Int
    ) -> Making.Value? {
        var units = Array(bytes[start..<at])
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") {
                return String(validating: units, as: UTF8.self).map { Making.value(.string($0)) }
            }
            if byte < 0x20 { return nil }
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            guard let unit = escaped() else { return nil }
            units.append(unit)
        }
        return nil
    }

    /// What stands behind a backslash: the one escape that this byte has.
    private mutating func escaped() -> UInt8? {
        guard at < bytes.count else { return nil }
        defer { at += 1 }
        switch bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return bytes[at]
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        default: return nil
        }
    }

    /// A whole number of at most fifteen digits, which no double could blur.
    private mutating func number() -> JSON? {
        let isNegative = take(UInt8(ascii: "-"))
        let start = at
        var number: Int64 = 0
        while at < bytes.count, at - start < 16, bytes[at] &- UInt8(ascii: "0") < 10 {
            number = number * 10 + Int64(bytes[at] &- UInt8(ascii: "0"))
            at += 1
        }
        let digits = at - start
        guard digits > 0, digits < 16, digits == 1 || bytes[start] != UInt8(ascii: "0"),
            !isNegative || number != 0
        else { return nil }
        return .integer(isNegative ? -number : number)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    /// Whether these bytes stand here; then they are behind.
    package mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - at >= count else { return false }
        for offset in 0..<count where bytes[at + offset] != word.utf8Start[offset] { return false }
        at += count
        return true
    }
}

/// What a value is, for who does not ask what it says.
package enum ValueOutline {
    /// A member of an object: its name without the quotes, and the text of its value. Neither is to be kept.
    package struct Member {
        package let name: UnsafeBufferPointer<UInt8>
        package let value: UnsafeBufferPointer<UInt8>

        package init(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
            (self.name, self.value) = (name, value)
        }
    }

    case null
    case object([Member])
    case other
}

/// What a reader makes of the values that it reads.
private protocol ValueMaking {
    associatedtype Value
    associatedtype Members
    associatedtype Elements

    typealias Text = UnsafeBufferPointer<UInt8>

    static func value(_ value: JSON) -> Value
    /// - Parameter text: UTF-8, to be taken as it stands.
    static func string(_ text: Text) -> Value
    static var noMembers: Members { get }
    /// - Parameter text: of the value.
    static func add(_ name: Text, _ value: Value, _ text: Text, to members: inout Members)
    static func object(_ members: Members) -> Value
    static var noElements: Elements { get }
    static func add(_ value: Value, to elements: inout Elements)
    static func array(_ elements: Elements) -> Value
}

private enum JSONMaking: ValueMaking {
    static func value(_ value: JSON) -> JSON { value }

    static func string(_ text: Text) -> JSON { .string(String(decoding: text, as: UTF8.self)) }

    static var noMembers: [JSONObject.Member] { [] }

    static func add(_ name: Text, _ value: JSON, _: Text, to members: inout [JSONObject.Member]) {
        if members.isEmpty { members.reserveCapacity(6) }
        members.append(.init(name: String(decoding: name, as: UTF8.self), value: value))
    }

    static func object(_ members: [JSONObject.Member]) -> JSON { .object(JSONObject(members)) }

    static var noElements: [JSON] { [] }

    static func add(_ value: JSON, to elements: inout [JSON]) { elements.append(value) }

    static func array(_ elements: [JSON]) -> JSON { .array(elements) }
}

private enum OutlineMaking: ValueMaking {
    static func value(_ value: JSON) -> ValueOutline {
        if case .null = value { .null } else { .other }
    }

    static func string(_ text: Text) -> ValueOutline { .other }

    static var noMembers: [ValueOutline.Member] { [] }

    static func add(
        _ name: Text, _: ValueOutline, _ text: Text, to members: inout [ValueOutline.Member]
    ) {
        if members.isEmpty { members.reserveCapacity(12) }
        members.append(.init(name: name, value: text))
    }

    static func object(_ members: [ValueOutline.Member]) -> ValueOutline { .object(members) }

    static var noElements: Void { () }

    static func add(_ value: ValueOutline, to elements: inout Void) {}

    static func array(_ elements: Void) -> ValueOutline { .other }
}
