import CXML
package import Formats

/// Walks through an XML document of any length and hands out the elements that matter one by one, each as a whole.
///
/// No document type with entities is accepted, nothing is fetched, and memory holds one record.
package final class XMLRecords {
    package enum Event {
        /// An element that is not handed out as a whole begins; it has no children yet.
        case open(Element)
        case record(Element)
        /// A record that cannot be taken, and why.
        case refused(name: String, String)
        case close(name: String)
    }

    struct Limits {
        /// Longest text in bytes, and most elements, in one record.
        var text = 8 << 20
        var elements = 100_000
        /// Deepest nesting.
        var depth = 200
    }

    /// Nil for the document's outermost element.
    private let records: Set<String>?
    private let limits: Limits
    private let body: (Event) throws -> Void
    private var depth = 0
    private var hasRoot = false
    /// The record being read, from the outside in.
    private var open: [Element] = []
    private var size = 0
    private var count = 0
    private var failure: (any Error)?
    /// The names of a document are few: each is made once.
    private var names = NameTable()

    private init(_ records: Set<String>?, _ limits: Limits, _ body: @escaping (Event) throws -> Void) {
        self.records = records
        self.limits = limits
        self.body = body
    }

    /// Reads the whole document.
    /// - Parameter records: names, without prefix, of the elements that are handed out with all that is in them; nil for
    ///   the outermost, whatever its name.
    /// - Throws: what the body throws, and why the document cannot be read to its end.
    package static func read(
        _ input: ByteStream, records: Set<String>?, _ body: (Event) throws -> Void
    ) throws {
        try withoutActuallyEscaping(body) { body in
            try XMLRecords(records, Limits(), body).read(input)
        }
    }

    /// Reads a document that is small enough to be held as a whole.
    static func whole(_ input: ByteStream, limits: Limits) throws -> Element {
        var found: Element?
        try withoutActuallyEscaping({ (event: Event) throws in
            switch event {
            case .record(let element): found = element
            case .refused(_, let reason): throw ImportError(reason)
            case .open, .close: break
            }
        }) { body in
            try XMLRecords(nil, limits, body).read(input)
        }
        guard let found else { throw ImportError("the document holds no element") }
        return found
    }

    private func read(_ input: ByteStream) throws {
        var events = Self.events
        guard let reader = cxml_make(&events, Unmanaged.passUnretained(self).toOpaque()) else {
            throw ImportError("no memory to read XML with")
        }
        defer { cxml_free(reader) }
        var text = WholeCharacters(input)
        while true {
            let piece = try text.next()
            let isWellFormed = piece.withUnsafeBytes {
                cxml_push(reader, $0.baseAddress, $0.count, piece.isEmpty ? 1 : 0) == 0
            }
            if let failure { throw failure }
            if !isWellFormed || piece.isEmpty && (depth > 0 || !hasRoot) {
                throw ImportError(
                    "not well-formed XML, or cut off, at line \(cxml_line(reader)), column \(cxml_column(reader))"
                )
            }
            if piece.isEmpty { return }
        }
    }

    // MARK: Events

    /// The context is the reader itself, which outlives the parser.
    private static let events = cxml_events(
        open: { context, name, space, attributes, count in
            guard let context, let name else { return }
            let attributes = UnsafeBufferPointer(start: attributes, count: count)
            reader(context).open(name, space, attributes)
        },
        close: { context, name in
            guard let context, let name else { return }
            reader(context).close(name)
        },
        text: { context, text, count in
            guard let context, let text else { return }
            reader(context).text(UnsafeRawBufferPointer(start: text, count: count))
        },
        entity: { context in
            guard let context else { return }
            let reason =
                "the document declares or uses entities, which can make it grow without bound: refused"
            reader(context).stop(ImportError(reason))
        })

    private static func reader(_ context: UnsafeMutableRawPointer) -> XMLRecords {
        Unmanaged<XMLRecords>.fromOpaque(context).takeUnretainedValue()
    }

    private func stop(_ error: any Error) {
        failure = failure ?? error
    }

    private func tell(_ event: Event) {
        do {
            try body(event)
        } catch {
            stop(error)
        }
    }

    private func open(
        _ name: UnsafePointer<CChar>, _ space: UnsafePointer<CChar>?,
        _ attributes: UnsafeBufferPointer<cxml_attribute>
    ) {
        if failure != nil { return }
        depth += 1
        hasRoot = true
        if depth > limits.depth {
            return stop(ImportError("nested deeper than \(limits.depth) elements: refused"))
        }
        let name = names[name]
        let isPart = !open.isEmpty
        if isPart {
            count += 1
            for attribute in attributes { size += attribute.count }
        } else if isRecord(name) {
            (size, count) = (0, 1)
        }
        let element = Element(
            name, namespace: space.map { names[$0] } ?? "",
            attributes: isWithinLimits || !isPart ? attributes.compactMap { self.attribute($0) } : [])
        if isPart {
            if isWithinLimits { open[open.count - 1].add(element) }
            open.append(element)
        } else if isRecord(name) {
            open.append(element)
        } else {
            tell(.open(element))
        }
    }

    /// Whether the element that begins here, in no other record, is one.
    private func isRecord(_ name: String) -> Bool { records?.contains(name) ?? (depth == 1) }

    private func attribute(_ attribute: cxml_attribute) -> Element.Attribute? {
        guard let name = attribute.name else { return nil }
        let value = UnsafeRawBufferPointer(start: attribute.value, count: attribute.count)
        let local = names[name]
        return Element.Attribute(
            name: attribute.prefix.map { "\(names[$0]):\(local)" } ?? local,
            value: String(decoding: value, as: UTF8.self))
    }

    private var isWithinLimits: Bool { size <= limits.text && count <= limits.elements }

    private func text(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil, let element = open.last else { return }
        size += bytes.count
        if isWithinLimits { element.add(text: String(decoding: bytes, as: UTF8.self)) }
    }

    private func close(_ name: UnsafePointer<CChar>) {
        if failure != nil { return }
        depth -= 1
        let name = names[name]
        guard let element = open.popLast() else { return tell(.close(name: name)) }
        if !open.isEmpty { return }
        tell(
            isWithinLimits
                ? .record(element)
                : .refused(name: name, "the element \(name) is longer than \(limits.text >> 20) MiB"))
    }
}

/// Texts by where their bytes stand: a parser keeps each name of a document in one place.
private struct NameTable {
    private var known: [UnsafePointer<CChar>: String] = [:]
    /// More names than any format has; whoever makes up that many gets them made each time.
    private static let limit = 10_000

    subscript(_ name: UnsafePointer<CChar>) -> String {
        mutating get {
            if let text = known[name] { return text }
            let text = String(cString: name)
            if known.count < Self.limit { known[name] = text }
            return text
        }
    }
}

/// Cuts a stream between characters, and refuses what is not valid UTF-8: a parser tells only some of it.
private struct WholeCharacters {
    private let input: ByteStream
    /// The beginning of a character whose end stands in the next piece.
    private var cut: [UInt8] = []

    init(_ input: ByteStream) {
        self.input = input
    }

    /// The next bytes; empty at the end.
    mutating func next() throws -> [UInt8] {
        while true {
            let more = try input.next()
            var bytes = cut.isEmpty ? more : cut + more
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
