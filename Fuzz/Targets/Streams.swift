import Formats
import Intake
import Transport

extension FuzzTarget {
    /// Readers of what comes in pieces: the same must come out wherever it is cut.
    static let streams = [
        FuzzTarget("xml", texts: xml) { input in
            for records in [nil, ["b"], ["a", "c"]] as [Set<String>?] {
                let whole = events(input, records, pieces: 1 << 18)
                // libxml2 takes the first > for the end of a document type that it has not seen whole: one with such a
                // sign in quotes is refused when it is cut there, and read when it is not.
                let hasType = String(decoding: input, as: UTF8.self).contains("<!DOCTYPE")
                if input.count < 4_096, !hasType {
                    precondition(whole == events(input, records, pieces: 3), "the cut of the pieces shows")
                }
            }
            guard let tree = XMLTree(parsing: input) else { return }
            precondition(depth(tree) <= 64, "deeper than allowed")
        },
        FuzzTarget("syslog", texts: syslog) { input in
            let whole = messages(input, pieces: input.count)
            precondition(whole == messages(input, pieces: 1), "the cut of the pieces shows")
            precondition(whole.messages.allSatisfy { $0.count <= longest }, "longer than allowed")
            for message in whole.messages + [input] {
                guard let read = SyslogMessage(message) else { continue }
                precondition((0...23).contains(read.facility) && (0...7).contains(read.severity))
            }
        },
    ]

    private static func events(_ bytes: [UInt8], _ records: Set<String>?, pieces: Int) -> [String] {
        var found: [String] = []
        do {
            try XMLRecords.read(ByteStream(bytes, pieces: pieces), records: records) { event in
                switch event {
                case .open(let element): found.append("<\(element.name)")
                case .close(let name): found.append("/\(name)")
                case .refused(let name, _): found.append("!\(name)")
                case .record(let element): found.append(text(element))
                }
            }
            found.append("whole")
        } catch {
            // Where it broke may be told sooner or later, and with it what comes just before.
            return ["broken"]
        }
        return found
    }

    private static func text(_ element: Element) -> String {
        "\(element.namespace) \(element.name) \(element["a"] ?? "-") \(element.trimmed) "
            + "(\(element.children.map(text).joined(separator: ",")))"
    }

    private static func depth(_ tree: XMLTree) -> Int { 1 + (tree.children.map(depth).max() ?? 0) }

    private static let longest = 64

    private struct Messages: Equatable {
        var messages: [[UInt8]] = []
        var tooLong = 0
        var isBroken = false
        var isUnfinished = false
    }

    private static func messages(_ bytes: [UInt8], pieces: Int) -> Messages {
        var framing = LogFraming(longest: longest)
        var found = Messages()
        for start in stride(from: 0, to: bytes.count, by: max(pieces, 1)) {
            found.messages += framing.append(bytes[start..<min(bytes.count, start + max(pieces, 1))])
        }
        found.tooLong = framing.tooLong
        found.isBroken = framing.isBroken
        found.isUnfinished = framing.isUnfinished
        return found
    }

    private static let xml = [
        #"<?xml version="1.0"?><a xmlns="urn:x" xmlns:p="urn:y" a="1"><b p:a="2">t&amp;u<c/></b><!-- - --><c><![CDATA[<x>]]></c></a>"#,
        #"<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>"#, #"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#,
        "\u{FEFF}<a>é\u{301}😀&#x1F600;</a>", #"<?xml version="1.0" encoding="ISO-8859-1"?><a b="é"/>"#,
        "<a><a><a><b><b/></b></a></a></a>",
    ]

    private static let syslog = [
        "4 <1>a5 <1>bc",
        "<34>1 2003-10-11T22:14:15.003Z h su - ID47 [a@1 x=\"\\\"]\"][b@1] \u{FEFF}m\n<1>x\n",
        "999999999 <1>", "100 <1>", "<13>Oct 11 22:14:15 host su: old\n", "0 ", "GET / HTTP/1.1\r\n",
    ]
}
