import Formats

/// A log message as senders write it: RFC 5424, or the older form of RFC 3164, of which only the priority is read.
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
            body = rest
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
    /// that many senders put before it, which XML does not allow there.
    var audit: ArraySlice<UInt8>? {
        let text = body.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        return text.first == UInt8(ascii: "<") && AuditMessageImporter.recognises(FileHead(text)) ? text : nil
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
