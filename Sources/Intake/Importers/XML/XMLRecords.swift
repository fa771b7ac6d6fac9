import CXML
package import Formats

/// Walks through an XML document of any length and hands out the elements that matter one by one, each as a whole.
///
/// No document type with entities is accepted, nothing is fetched, and memory holds one record.
package struct XMLRecords {
    /// What comes next in the document.
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
    private var names: NameTable

    private init(_ records: Set<String>?, _ limits: Limits, _ body: @escaping (Event) throws -> Void) {
        self.records = records
        self.limits = limits
        self.body = body
        names = NameTable(records)
    }

    /// Reads the whole document.
    /// - Parameter records: names, without prefix, of the elements that are handed out with all that is in them; nil for
    ///   the outermost, whatever its name.
    /// - Throws: what the body throws, and why the document cannot be read to its end.
    package static func read(
        _ input: ByteStream, records: Set<String>?, _ body: (Event) throws -> Void
    ) throws {
        try withoutActuallyEscaping(body) { body in
            var walk = XMLRecords(records, Limits(), body)
            try walk.read(input)
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
            var walk = XMLRecords(nil, limits, body)
            try walk.read(input)
        }
        guard let found else { throw ImportError("the document holds no element") }
        return found
    }

    private mutating func read(_ input: ByteStream) throws {
        try withUnsafeMutablePointer(to: &self) { walk in
            var events = Self.events
            guard let reader = cxml_make(&events, walk) else {
                throw ImportError("no memory to read XML with")
            }
            defer { cxml_free(reader) }
            var text = XMLText(input)
            while true {
                let piece = try text.next()
                let isWellFormed = piece.withUnsafeBytes {
                    cxml_push(reader, $0.baseAddress, $0.count, piece.isEmpty ? 1 : 0) == 0
                }
                if let failure = walk.pointee.failure { throw failure }
                if !isWellFormed || piece.isEmpty && !walk.pointee.isWhole {
                    throw ImportError(
                        "not well-formed XML, or cut off, at line \(cxml_line(reader)), column \(cxml_column(reader))"
                    )
                }
                if piece.isEmpty { return }
            }
        }
    }

    private var isWhole: Bool { depth == 0 && hasRoot }

    // MARK: Events

    /// The context is the walk itself, which outlives the parser.
    private static let events = cxml_events(
        open: { context, name, space, attributes, count in
            guard let walk = walk(context), let name else { return }
            walk.pointee.open(name, space, UnsafeBufferPointer(start: attributes, count: count))
        },
        close: { context, name in
            guard let walk = walk(context), let name else { return }
            walk.pointee.close(name)
        },
        text: { context, text, count in
            guard let walk = walk(context), let text else { return }
            walk.pointee.text(UnsafeRawBufferPointer(start: text, count: count))
        },
        entity: { context in
            let reason =
                "the document declares or uses entities, which can make it grow without bound: refused"
            walk(context)?.pointee.stop(ImportError(reason))
        })

    private static func walk(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<XMLRecords>? {
        context?.assumingMemoryBound(to: XMLRecords.self)
    }

    private mutating func stop(_ error: any Error) {
        failure = failure ?? error
    }

    private mutating func tell(_ event: Event) {
        do {
            try body(event)
        } catch {
            stop(error)
        }
    }

    private mutating func open(
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
        let isRecord = !isPart && (records == nil ? depth == 1 : name.isRecord)
        if isPart {
            count += 1
            for attribute in attributes { size += attribute.count }
        } else if isRecord {
            (size, count) = (0, 1)
        }
        let element = Element(
            name.text, namespace: space.map { names[$0].text } ?? "",
            attributes: isWithinLimits || !isPart ? self.attributes(attributes) : [])
        if isPart {
            if isWithinLimits { open[open.count - 1].add(element) }
            open.append(element)
        } else if isRecord {
            open.append(element)
        } else {
            tell(.open(element))
        }
    }

    private mutating func attributes(
        _ given: UnsafeBufferPointer<cxml_attribute>
    ) -> [Element.Attribute] {
        if given.isEmpty { return [] }
        var found: [Element.Attribute] = []
        found.reserveCapacity(given.count)
        for attribute in given {
            guard let name = attribute.name else { continue }
            let value = UnsafeRawBufferPointer(start: attribute.value, count: attribute.count)
            let local = names[name].text
            found.append(
                Element.Attribute(
                    name: attribute.prefix.map { "\(names[$0].text):\(local)" } ?? local,
                    value: String(decoding: value, as: UTF8.self)))
        }
        return found
    }

    private var isWithinLimits: Bool { size <= limits.text && count <= limits.elements }

    private mutating func text(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil, !open.isEmpty else { return }
        size += bytes.count
        if isWithinLimits { open[open.count - 1].add(text: String(decoding: bytes, as: UTF8.self)) }
    }

    private mutating func close(_ name: UnsafePointer<CChar>) {
        if failure != nil { return }
        depth -= 1
        guard let element = open.popLast() else { return tell(.close(name: names[name].text)) }
        if !open.isEmpty { return }
        tell(
            isWithinLimits
                ? .record(element)
                : .refused(
                    name: element.name, "the element \(element.name) is longer than \(limits.text >> 20) MiB")
        )
    }
}

/// Names by where their bytes stand: a parser keeps each name of a document in one place, and they are few.
private struct NameTable {
    struct Name {
        let text: String
        /// It is among those of the records.
        let isRecord: Bool
    }

    private let records: Set<String>
    private var known: [UnsafePointer<CChar>: Name] = [:]
    /// The names met last, by a few bits of where they stand: most are asked for again and again.
    private var recent: [(place: UnsafePointer<CChar>, name: Name)?] = Array(repeating: nil, count: 64)
    /// More names than any format has; whoever makes up that many gets them made each time.
    private static let limit = 10_000

    init(_ records: Set<String>?) {
        self.records = records ?? []
    }

    subscript(_ place: UnsafePointer<CChar>) -> Name {
        mutating get {
            let address = UInt(bitPattern: place)
            let slot = Int((address ^ address >> 6) & 63)
            if let met = recent[slot], met.place == place { return met.name }
            let name = known[place] ?? make(place)
            if known.count < Self.limit { known[place] = name }
            recent[slot] = (place, name)
            return name
        }
    }

    private func make(_ place: UnsafePointer<CChar>) -> Name {
        let text = String(cString: place)
        return Name(text: text, isRecord: records.contains(text))
    }
}
