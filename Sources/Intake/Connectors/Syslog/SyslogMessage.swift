import Formats

/// A log message as senders write it: RFC 5424, or the older form of RFC 3164, which is a habit rather than a form: a
/// date, a host and a tag are read where they stand as it says.
package struct SyslogMessage: Sendable {
    package let facility: Int
    /// 0 emergency … 7 debug.
    package let severity: Int
    /// When the sender says that it happened.
    var at: Instant?
    var host: String?
    var application: String?
    var messageID: String?
    /// Without the byte order mark that says that it is UTF-8.
    var body: ArraySlice<UInt8> = []
    private(set) var isOld = false

    /// Nil for what does not begin with a priority.
    package init?(_ bytes: [UInt8]) {
        guard bytes.first == UInt8(ascii: "<"), let close = bytes.prefix(5).firstIndex(of: UInt8(ascii: ">")),
            close > 1, let priority = Int(String(decoding: bytes[1..<close], as: UTF8.self)),
            (0...191).contains(priority), bytes[1] != UInt8(ascii: "+")
        else { return nil }
        facility = priority / 8
        severity = priority % 8
        let rest = bytes[(close + 1)...]
        guard rest.starts(with: "1 ".utf8) else {
            isOld = true
            takeOld(rest)
            return
        }
        var reader = rest.dropFirst(2)
        let stamp = Self.word(&reader)
        let host = Self.word(&reader)
        let application = Self.word(&reader)
        _ = Self.word(&reader)
        let messageID = Self.word(&reader)
        guard let messageID, Self.skipStructure(&reader) else { return nil }
        at = stamp.flatMap { Instant($0) }
        self.host = Self.value(host)
        self.application = Self.value(application)
        self.messageID = Self.value(messageID)
        if reader.first == UInt8(ascii: " ") { reader = reader.dropFirst() }
        if reader.starts(with: [0xEF, 0xBB, 0xBF]) { reader = reader.dropFirst(3) }
        body = reader
    }

    /// The audit message in XML (RFC 3881, DICOM PS3.15 A.5) that ATNA sends; nil for any other message. Without the space
    /// that many senders put before it, which XML does not allow there, and in the older form without any words.
    var audit: ArraySlice<UInt8>? {
        let text = isOld ? oldXML : body.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        return text.first == UInt8(ascii: "<") && AuditMessageImporter.recognises(FileHead(text)) ? text : nil
    }

    // MARK: The older form

    /// Further behind no audit message begins.
    private static let reach = 200
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static let openings = ["<?xml", "<AuditMessage", "<IHEYr4"]
    private static let tagBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./".utf8)

    /// The body from where XML begins; empty when it does not.
    private var oldXML: ArraySlice<UInt8> {
        for place in body.indices.prefix(Self.reach) where body[place] == UInt8(ascii: "<") {
            let text = body[place...]
            if Self.openings.contains(where: { text.starts(with: $0.utf8) }) { return text }
        }
        return []
    }

    /// `Mar  1 10:00:00 pacs dcm4chee[12]: …`, or the same with the time of RFC 3339 that rsyslog writes.
    private mutating func takeOld(_ rest: ArraySlice<UInt8>) {
        body = rest
        guard var reader = skipStamp(rest) else { return }
        body = reader
        if let tag = Self.tag(&reader) {
            application = tag
            body = reader
            return
        }
        // A word without a tag behind it may be the first one of the text.
        guard let word = Self.word(&reader), !Self.isTag(word), let tag = Self.tag(&reader) else { return }
        host = word
        application = tag
        body = reader
    }

    /// What stands behind the date; nil when there is none.
    private mutating func skipStamp(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let short = String(decoding: rest.prefix(16), as: UTF8.self)
        let parts = short.split(separator: " ")
        if short.utf8.count == 16, short.hasSuffix(" "), parts.count == 3,
            Self.months.contains(String(parts[0])), Int(parts[1]) != nil,
            parts[2].split(separator: ":").count == 3
        {
            return rest.dropFirst(16)
        }
        var reader = rest
        guard let stamp = Self.word(&reader).flatMap({ Instant($0) }) else { return nil }
        at = stamp
        return reader
    }

    /// `dcm4chee:` or `dcm4chee[12]:`, with the space behind it.
    private static func tag(_ reader: inout ArraySlice<UInt8>) -> String? {
        let name = reader.prefix(48).prefix { tagBytes.contains($0) }
        var rest = reader.dropFirst(name.count)
        if rest.first == UInt8(ascii: "["), let close = rest.prefix(48).firstIndex(of: UInt8(ascii: "]")) {
            rest = rest[(close + 1)...]
        }
        guard !name.isEmpty, rest.first == UInt8(ascii: ":") else { return nil }
        rest = rest.dropFirst()
        // In an address of IPv6 it goes on behind the colon.
        guard rest.isEmpty || rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "<") else {
            return nil
        }
        reader = rest.first == UInt8(ascii: " ") ? rest.dropFirst() : rest
        return String(decoding: name, as: UTF8.self)
    }

    /// Whether a word is a tag of a form that is not read here, whatever follows it: `sshd(pam_unix)[12]:`, `su[1]:text`.
    private static func isTag(_ word: String) -> Bool {
        // An address of IPv6 may end with two colons.
        word.hasSuffix(":") && !word.hasSuffix("::") || word.contains("]:")
    }

    private static func value(_ word: String?) -> String? { word == "-" ? nil : word }

    private static func word(_ reader: inout ArraySlice<UInt8>) -> String? {
        let word = reader.prefix { $0 != UInt8(ascii: " ") }
        guard !word.isEmpty, word.count <= 255 else { return nil }
        reader = reader.dropFirst(word.count + 1)
        return String(decoding: word, as: UTF8.self)
    }

    /// `-`, or elements such as `[id name="value"]`, where a backslash keeps a quote from ending the value.
    private static func skipStructure(_ reader: inout ArraySlice<UInt8>) -> Bool {
        if reader.first == UInt8(ascii: "-") {
            reader = reader.dropFirst()
            return true
        }
        guard reader.first == UInt8(ascii: "[") else { return false }
        while reader.first == UInt8(ascii: "[") {
            var isQuoted = false
            var isEscaped = false
            guard
                let end = reader.firstIndex(where: { byte in
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\"), isQuoted {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isQuoted.toggle()
                    } else if byte == UInt8(ascii: "]"), !isQuoted {
                        return true
                    }
                    return false
                })
            else { return false }
            reader = reader[(end + 1)...]
        }
        return true
    }
}
