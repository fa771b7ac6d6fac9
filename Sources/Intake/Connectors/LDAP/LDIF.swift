import Formats

/// Entries of a directory as text (LDIF, RFC 2849): content records only, no changes.
enum LDIF {
    struct Entry: Sendable, Hashable {
        let name: String
        /// Values by attribute in lower case, without options such as `;lang-en`.
        private(set) var values: [String: [[UInt8]]] = [:]
        /// Attributes in lower case of which the server gave a part only, as Active Directory does beyond 1,500 values:
        /// `member;range=0-1499`.
        private(set) var cut: Set<String> = []

        init(name: String) {
            self.name = name
        }

        mutating func add(_ attribute: String, _ value: [UInt8]) {
            let type = attribute.prefix { $0 != ";" }.lowercased()
            values[type, default: []].append(value)
            if Self.isCut(attribute) { cut.insert(type) }
        }

        /// Only a range from the first value to the end (`0-*`) is whole.
        private static func isCut(_ attribute: String) -> Bool {
            attribute.lowercased().split(separator: ";").dropFirst().contains {
                $0.hasPrefix("range=") && $0 != "range=0-*"
            }
        }

        /// The first value that is text.
        func text(_ attribute: String) -> String? { texts(attribute).first }

        func texts(_ attribute: String) -> [String] {
            (values[attribute.lowercased()] ?? []).compactMap {
                $0.isEmpty ? nil : String(validating: $0, as: UTF8.self)
            }
        }
    }

    struct Content: Sendable, Hashable {
        var entries: [Entry] = []
        /// Records that could not be read, by the line at which each begins.
        var faults: [(line: Int, reason: String)] = []
        /// Parts of the tree that are on other servers (ldapsearch writes them as comments).
        var referrals = 0

        static func == (left: Content, right: Content) -> Bool {
            left.entries == right.entries && left.referrals == right.referrals
                && left.faults.map(\.line) == right.faults.map(\.line)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(entries)
        }
    }

    private static let lineLimit = 1 << 20

    /// Reads a whole answer. A record that cannot be read is counted; the others are kept.
    static func parse(_ bytes: [UInt8]) -> Content {
        var content = Content()
        var record: [(line: Int, bytes: [UInt8])] = []
        func close() {
            if !record.isEmpty { take(record, into: &content) }
            record = []
        }
        for (index, raw) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let line = raw.last == 0x0D ? raw.dropLast() : raw
            if line.isEmpty {
                close()
            } else if line.first == 0x20 {
                // A line that goes on (section 2, note 2); one that nothing stands before is a fault of its own.
                if record.isEmpty { record.append((index + 1, [0x20])) }
                if record[record.count - 1].bytes.count < lineLimit {
                    record[record.count - 1].bytes += line.dropFirst()
                }
            } else {
                record.append((index + 1, Array(line)))
            }
        }
        close()
        return content
    }

    private static func take(_ lines: [(line: Int, bytes: [UInt8])], into content: inout Content) {
        var entry: Entry?
        for (number, bytes) in lines {
            if bytes.first == UInt8(ascii: "#") {
                if bytes.starts(with: Array("# refldap".utf8)) { content.referrals += 1 }
                continue
            }
            guard let pair = pair(bytes) else {
                content.faults.append((number, "a line that is no \"attribute: value\""))
                return
            }
            if entry == nil, pair.name.lowercased() == "version" { continue }
            if pair.name.lowercased() == "dn" {
                guard entry == nil, let name = String(validating: pair.value, as: UTF8.self) else {
                    content.faults.append((number, "a second name in one record, or one that is no text"))
                    return
                }
                entry = Entry(name: name)
            } else if entry == nil {
                content.faults.append((number, "a record without a name"))
                return
            } else {
                entry?.add(pair.name, pair.value)
            }
        }
        if let entry { content.entries.append(entry) }
    }

    /// `name: text` or `name:: base64`; a value that stands elsewhere (`name:< url`) is not fetched.
    private static func pair(_ line: [UInt8]) -> (name: String, value: [UInt8])? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            let name = String(validating: line[..<colon], as: UTF8.self),
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        var value = line[(colon + 1)...]
        let isBase64 = value.first == UInt8(ascii: ":")
        if value.first == UInt8(ascii: "<") { return nil }
        if isBase64 { value = value.dropFirst() }
        value = value.drop { $0 == 0x20 }
        guard isBase64 else { return (name, Array(value)) }
        return String(validating: value, as: UTF8.self).flatMap { Base64.decode($0) }.map { (name, $0) }
    }
}
