import Formats

/// What a Singer tap prints: a JSON object a line, of the type SCHEMA, RECORD, STATE or ACTIVATE_VERSION.
///
///     {"type":"SCHEMA","stream":"users","schema":{…},"key_properties":["id"]}
///     {"type":"RECORD","stream":"users","record":{"id":7,"active":true}}
///
/// The specification knows no end mark. A stream whose SCHEMA came is taken to be there, if empty; one whose SCHEMA did not
/// come says nothing.
struct SingerMessages {
    /// The records of the stream.
    private(set) var records: [JSONTape.Node] = []
    /// The fields that its schema names: also those that no record has.
    private(set) var fields: [String] = []
    /// Lines that are no such message.
    private(set) var unreadable = 0
    /// Records that are said to lie in files, which are not read.
    private(set) var elsewhere = 0

    /// - Parameter wanted: the stream to take; nil where the tap gives only one.
    init(_ bytes: [UInt8], stream wanted: String?) throws(ImportError) {
        var streams: [Identifier: [JSONTape.Node]] = [:]
        var described: [Identifier: [String]] = [:]
        var files: [Identifier: Int] = [:]
        for line in bytes.split(separator: 0x0A) {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            guard let message = try? JSONTape(Array(line)).root, let type = message["type"]?.string else {
                unreadable += 1
                continue
            }
            guard let stream = message["stream"]?.string.map({ Identifier($0) }) else {
                if type != "STATE" { unreadable += 1 }
                continue
            }
            switch type {
            case "SCHEMA":
                described[stream] = message[path: "schema", "properties"]?.members.map(\.name) ?? []
            case "BATCH": files[stream, default: 0] += 1
            case "RECORD":
                if let record = message["record"], record.kind == .object {
                    streams[stream, default: []].append(record)
                } else {
                    unreadable += 1
                }
            default: break
            }
        }
        let names = described.keys.sorted().map(\.text).joined(separator: ", ")
        let only = described.count == 1 ? described.keys.first : nil
        guard let stream = wanted.map({ Identifier($0) }) ?? only else {
            throw ImportError(
                described.isEmpty
                    ? "the tap printed no SCHEMA"
                    : "the tap gives several streams: name one by the parameter \"stream\": \(names)")
        }
        guard let fields = described[stream] else {
            throw ImportError("the tap printed no SCHEMA of the stream \(stream); of others: \(names)")
        }
        self.fields = fields
        records = streams[stream] ?? []
        elsewhere = files[stream] ?? 0
    }

    /// Why the records are not all that the tap has; nil when nothing speaks against it.
    var gap: String? {
        if elsewhere > 0 {
            return "\(elsewhere) messages of the tap point to files (BATCH), which are not read"
        }
        if unreadable > 0 { return "\(unreadable) lines of the tap are no messages" }
        return nil
    }
}
