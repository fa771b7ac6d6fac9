import Formats
import Foundation
import FoundationXML

/// Walks through an XML document of any length and hands out the elements that matter one by one, each as a whole.
///
/// No document type with entities is accepted, nothing is fetched, and memory holds one record.
final class XMLRecords: NSObject, XMLParserDelegate {
    enum Event {
        /// An element that is not handed out as a whole begins; it has no children yet.
        case open(Element)
        case record(Element)
        /// A record that cannot be taken, and why.
        case refused(name: String, String)
        case close(name: String)
    }

    /// Deepest nesting.
    private static let depthLimit = 200
    /// Longest text, and most elements, in one record.
    private static let textLimit = 8 << 20
    private static let elementLimit = 100_000

    private let records: Set<String>
    private let body: (Event) throws -> Void
    private var depth = 0
    private var hasRoot = false
    /// The record being read, from the outside in.
    private var open: [Element] = []
    private var size = 0
    private var count = 0
    private var failure: (any Error)?

    private init(_ records: Set<String>, _ body: @escaping (Event) throws -> Void) {
        self.records = records
        self.body = body
    }

    /// Reads the whole document.
    /// - Parameter records: names, without prefix, of the elements that are handed out with all that is in them.
    /// - Throws: what the body throws, and why the document cannot be read to its end.
    static func read(
        _ input: ByteStream, records: Set<String>, _ body: (Event) throws -> Void
    ) throws {
        try refuseEntities(input)
        try withoutActuallyEscaping(body) { body in
            let reader = XMLRecords(records, body)
            let pulled = try PulledStream(input)
            let parser = XMLParser(stream: pulled)
            parser.shouldProcessNamespaces = true
            parser.shouldResolveExternalEntities = false
            parser.delegate = reader
            let isParsed = parser.parse()
            if let failure = reader.failure ?? pulled.failure { throw failure }
            // On a text that is cut off, parse() may still be content.
            if !isParsed || parser.parserError != nil || reader.depth > 0 || !reader.hasRoot {
                throw ImportError(
                    "not well-formed XML, or cut off, at line \(parser.lineNumber), column \(parser.columnNumber)"
                )
            }
        }
    }

    /// A document type stands before the root, and none of the formats needs one that declares entities.
    private static func refuseEntities(_ input: ByteStream) throws {
        let head = try input.head(FileHead.length)
        let text = String(decoding: head, as: UTF8.self)
        if text.contains("<!ENTITY") {
            throw ImportError("the document declares entities, which can make it grow without bound: refused")
        }
        // Text that was UTF-16 is UTF-8 by now, whatever its declaration still says.
        if let end = text.range(of: "?>"), text.hasPrefix("<?xml"),
            text[..<end.lowerBound].lowercased().contains("utf-16")
        {
            _ = try input.take(text[..<end.upperBound].utf8.count)
        }
    }

    // MARK: Delegate

    private func tell(_ event: Event, _ parser: XMLParser) {
        if failure != nil { return }
        do {
            try body(event)
        } catch {
            stop(parser, error)
        }
    }

    private func stop(_ parser: XMLParser, _ error: any Error) {
        failure = failure ?? error
        parser.abortParsing()
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        depth += 1
        hasRoot = true
        if failure != nil { return }
        if depth > Self.depthLimit {
            return stop(parser, ImportError("nested deeper than \(Self.depthLimit) elements: refused"))
        }
        let element = Element(name, namespace: namespaceURI ?? "", attributes: attributes)
        if let parent = open.last {
            count += 1
            size += attributes.reduce(0) { $0 + $1.value.utf8.count }
            if isWithinLimits { parent.add(element) }
            open.append(element)
        } else if records.contains(name) {
            (size, count) = (0, 1)
            open.append(element)
        } else {
            tell(.open(element), parser)
        }
    }

    private var isWithinLimits: Bool { size <= Self.textLimit && count <= Self.elementLimit }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard let element = open.last else { return }
        size += text.utf8.count
        if isWithinLimits { element.add(text: text) }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        self.parser(parser, foundCharacters: String(decoding: block, as: UTF8.self))
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        depth -= 1
        guard let element = open.popLast() else { return tell(.close(name: name), parser) }
        if !open.isEmpty { return }
        tell(
            isWithinLimits
                ? .record(element)
                : .refused(name: name, "the element \(name) is longer than \(Self.textLimit >> 20) MiB"),
            parser)
    }

    func parser(
        _ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?
    ) {
        stop(parser, ImportError("the document declares entities: refused"))
    }

    func parser(
        _ parser: XMLParser, foundExternalEntityDeclarationWithName name: String, publicID: String?,
        systemID: String?
    ) {
        stop(parser, ImportError("the document declares external entities: refused"))
    }
}

/// Feeds a parser that pulls from Foundation's streams.
///
/// Only valid UTF-8 gets through: Foundation's parser traps on a name that is not.
private final class PulledStream: InputStream {
    private let input: ByteStream
    private var piece: [UInt8] = []
    private var at = 0
    /// The beginning of a character whose end stands in the next piece.
    private var cut: [UInt8] = []
    private(set) var failure: (any Error)?

    /// Reads the first piece, which must be readable.
    init(_ input: ByteStream) throws {
        self.input = input
        super.init(data: Data())
        piece = try whole()
    }

    override func open() {}
    override func close() {}
    override var hasBytesAvailable: Bool { true }

    override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength: Int) -> Int {
        if failure != nil { return 0 }
        if at == piece.count {
            do {
                piece = try whole()
            } catch {
                // As an end: the parser traps on a fault of the stream that it did not make itself.
                failure = error
                piece = []
            }
            at = 0
        }
        let count = min(maxLength, piece.count - at)
        piece.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress, count > 0 { buffer.update(from: start + at, count: count) }
        }
        at += count
        return count
    }

    /// The next bytes, cut between characters.
    private func whole() throws -> [UInt8] {
        while true {
            let more = try input.next()
            var bytes = cut + more
            cut = []
            if !more.isEmpty {
                // A character has at most three bytes behind its first one.
                for back in 1...3 where back <= bytes.count && bytes[bytes.count - back] >= 0xC0 {
                    cut = Array(bytes.suffix(back))
                    bytes.removeLast(back)
                    break
                }
            }
            if String(validating: bytes, as: UTF8.self) == nil {
                throw ImportError("not valid UTF-8; write the document in UTF-8")
            }
            if !bytes.isEmpty || more.isEmpty { return bytes }
        }
    }
}
