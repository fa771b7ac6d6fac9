import Catalog
import Formats

extension Shape where Value == String {
    /// Any text, as it was written: `yes`, `2026` and `1.0` stay what they look like.
    static let argument = Shape.word("a text", parse: { $0 }, print: { $0 })

    /// A text with something in it.
    static let text = Shape.word("a text that is not empty", parse: { isBlank($0) ? nil : $0 }, print: { $0 })

    /// A text of one line.
    static let line = Shape.word(
        "a text of one line", parse: { isLine($0) ? $0 : nil }, print: { $0 })
}

private func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
}

private func isLine(_ text: String) -> Bool {
    !isBlank(text) && !text.utf8.contains(UInt8(ascii: "\n"))
}

extension Shape where Value == Int64 {
    /// A whole number that is not negative.
    static let count = whole("a whole number", 0...9_007_199_254_740_991)
    /// A grade of likelihood or impact.
    static let grade = whole("a whole number from 1 to 5", 1...5)

    private static func whole(_ name: String, _ range: ClosedRange<Int64>) -> Shape {
        Shape(
            name: name,
            read: { node, key, reading in
                guard case .scalar(let text, _) = node.content, !node.isEmpty else {
                    reading.wrongType(node, key: key, expected: name)
                    return nil
                }
                guard let number = Int64(text), String(number) == text, range.contains(number) else {
                    reading.badValue(node, key: key, found: text, expected: name)
                    return nil
                }
                return number
            },
            write: { .integer($0) })
    }
}

extension Shape where Value == Text {
    /// A person, team, role or company, by id or by name.
    static let name = located("a text of one line") { isLine($0) }
    /// A sentence that findings may point into.
    static let statement = located("a text that is not empty") { !isBlank($0) }
    /// A country.
    static let country = located("an ISO 3166 code such as US") { text in
        text.utf8.count == 2 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
    /// A CEL expression; whether it is one is for the linter to say.
    static let expression = located("an expression") { _ in true }
    /// Running text that findings point into.
    static let prose = located("a text") { _ in true }
    /// The id of another document of a type that is named in lower case, or of a kind.
    static let reference = located("an id such as access-control", Names.isLowerCase)
    /// The id of a control or criterion.
    static let code = located("an id such as CC6.1", Names.isUpperCase)
    /// The id of a time zone.
    static let zone = located("a time zone such as America/New_York") {
        !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
    /// A name for a value in expressions.
    static let variable = located("a name of letters, digits and _, a letter first", Names.isFieldName)
    /// A citation of the HIPAA rules.
    static let citation = located("a citation such as 164.308(a)(3)(ii)(C)") { HIPAACitation($0) != nil }

    private static func located(_ name: String, _ accepts: @escaping @Sendable (String) -> Bool) -> Shape {
        Shape(
            name: name,
            read: { node, key, reading in
                guard case .scalar(let text, let style) = node.content, !node.isEmpty else {
                    reading.wrongType(node, key: key, expected: name)
                    return nil
                }
                guard accepts(text) else {
                    reading.badValue(node, key: key, found: text, expected: name)
                    return nil
                }
                return reading.text(text, style, at: node.place)
            },
            write: { .string($0.value) })
    }
}

extension Shape where Value == Bool {
    static let flag = Shape(
        name: "true or false",
        read: { node, key, reading in
            switch node.content {
            case .scalar("true", .plain): return true
            case .scalar("false", .plain): return false
            case .scalar(let text, _) where !node.isEmpty:
                let yes = ["yes", "on", "True", "TRUE", "true"].contains(text)
                let no = ["no", "off", "False", "FALSE", "false"].contains(text)
                reading.badValue(
                    node, key: key, found: text, expected: "true or false",
                    remedy: yes ? "write true, without quotes" : no ? "write false, without quotes" : "")
            default: reading.wrongType(node, key: key, expected: "true or false")
            }
            return nil
        },
        write: { .bool($0) })
}

extension Shape where Value == TimeSpan {
    static let duration = Shape.word(
        "a duration such as 24h or 1d12h", parse: { TimeSpan($0) }, print: { $0.description })
}

extension Shape where Value == TimeAllowed {
    static let timeAllowed = Shape.word(
        "a duration such as 24h or 1d12h, or a count such as 2 business days", parse: { TimeAllowed($0) },
        print: { $0.description })
}

extension Shape where Value == Instant {
    static let instant = Shape.word(
        "a timestamp such as 2026-01-31T09:00:00Z", parse: { Instant($0) }, print: { $0.description })
}

extension Shape where Value == CalendarDate {
    static let date = Shape.word(
        "a date such as 2026-01-31", parse: { CalendarDate($0) }, print: { $0.description })
}

extension Shape where Value == Moment {
    static let moment = Shape.word(
        "a date such as 2026-01-31 or a timestamp such as 2026-01-31T09:00:00Z", parse: { Moment($0) },
        print: { $0.description })
}

extension Shape where Value == Proportion {
    static let proportion = Shape.word(
        "a percentage such as 5%", parse: { Proportion($0) }, print: { $0.description })
}

extension Shape where Value == [Identifier: Parameter] {
    static let parameters = Shape(
        name: "a mapping from names to single values",
        read: { node, key, reading in
            guard case .mapping(let entries) = node.content else {
                reading.wrongType(node, key: key, expected: "a mapping from names to single values")
                return nil
            }
            var values: [Identifier: Parameter] = [:]
            for entry in entries {
                guard case .scalar(let text, let style) = entry.value.content, !entry.value.isEmpty else {
                    reading.wrongType(entry.value, key: "\(key).\(entry.key)", expected: "a single value")
                    continue
                }
                values[Identifier(entry.key)] = style == .plain ? Parameter(plain: text) : .text(text)
            }
            return values.count == entries.count ? values : nil
        },
        write: { values in
            .object(
                values.sorted { $0.key < $1.key }.map { name, value in
                    switch value {
                    case .text(let text): (name.text, .string(text))
                    case .flag(let flag): (name.text, .bool(flag))
                    case .whole(let number): (name.text, .integer(number))
                    }
                })
        })
}
