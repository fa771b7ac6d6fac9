package import Evidence
package import Formats

/// Turns native JSON Lines, chunk by chunk, into batches.
///
/// Without header lines the facts form batches of changes. A header line closes the batch before it and opens one:
///
///     {"batch":{"source":"directory","mode":"snapshot","kinds":["idp.account"],"at":"2026-03-01T00:00:00Z"}}
///     {"kind":"idp.account","key":"a-17","at":"2026-03-01T00:00:00Z","value":{"enabled":true}}
///
/// Lines that do not fit are set aside with their number and the reason. Memory holds one batch at most, and a hash of
/// each record where a header counts them. The result does not depend on where the chunks are cut.
package struct NativeImporter: Sendable {
    /// Who may say from which source the facts come.
    package enum Origin: Sendable, Hashable {
        /// All come from this source; a line or header that names another one is refused.
        case fixed(Identifier)
        /// Headers may name their source; this one stands for all that do not.
        case stated(otherwise: Identifier)

        var source: Identifier {
            switch self {
            case .fixed(let source), .stated(let source): source
            }
        }
    }

    /// What all batches of one import have in common.
    package struct Setting: Sendable {
        package var origin: Origin
        package var collector: Collector
        /// For batches whose header gives none.
        package var query: String
        package var parameters: [String: String]
        package var kinds: [Identifier]
        package var freshness: TimeSpan
        /// How long a snapshot holds of sources that the program declares, where headers name them.
        package var declared: [Identifier: TimeSpan]
        package var now: @Sendable () -> Instant
        /// Why what is read is not all of it. Then nothing is covered: coverage lines are dropped, and no snapshot
        /// counts as complete.
        package var incomplete: CollectionFailure?
        /// Most facts in a batch of changes.
        package var batchLimit: Int
        /// How records of one key are compared.
        let form = RecordedForm()

        package init(
            origin: Origin, collector: Collector, query: String, parameters: [String: String] = [:],
            kinds: [Identifier] = [], freshness: TimeSpan = .days(1),
            declared: [Identifier: TimeSpan] = [:], incomplete: CollectionFailure? = nil,
            batchLimit: Int = 50_000, now: @escaping @Sendable () -> Instant
        ) {
            self.origin = origin
            self.collector = collector
            self.query = query
            self.parameters = parameters
            self.kinds = kinds
            self.freshness = freshness
            self.declared = declared
            self.incomplete = incomplete
            self.batchLimit = batchLimit
            self.now = now
        }
    }

    private var setting: Setting
    private var lines: Lines
    private var open: NativeBatch
    private var delivered = false

    package init(_ setting: Setting) {
        self.setting = setting
        lines = Lines(limit: 1 << 20)
        open = NativeBatch(header: nil, line: 0, setting: setting)
    }

    /// The batches that were completed by these bytes.
    package mutating func append(_ chunk: [UInt8]) -> [Delivery] {
        var deliveries: [Delivery] = []
        let found = lines.append(chunk)
        for stretch in Parallel.chunks(found.count, atLeast: 16, map: { $0.map { Reading(found[$0]) } }) {
            for reading in stretch { take(reading, into: &deliveries) }
        }
        return deliveries
    }

    /// The batches that are still open. At least one batch comes out of every import, if only an empty one.
    package mutating func finish() -> [Delivery] {
        var deliveries: [Delivery] = []
        if let line = lines.finish() { take(Reading(line), into: &deliveries) }
        if !open.isEmpty || !delivered || setting.incomplete != nil {
            var last = open.delivery(isLast: true)
            if let incomplete = setting.incomplete { last.draft.failures.append(incomplete) }
            deliveries.append(last)
            open = NativeBatch(header: nil, line: 0, setting: setting)
        }
        return deliveries
    }

    /// Says that the input ended too early. What is already out stays as it is.
    mutating func breakOff(_ failure: CollectionFailure) {
        setting.incomplete = failure
        open.breakOff(failure)
    }

    /// What a line says by itself, whatever batch it falls into.
    private enum Reading: Sendable {
        case tooLong(number: Int)
        case blank
        case line(NativeLine, number: Int)
        /// Meant as a header, or as anything else.
        case unreadable(NativeLineError, isHeader: Bool, number: Int)

        init(_ line: Lines.Line) {
            switch line {
            case .tooLong(let number): self = .tooLong(number: number)
            case .text(var bytes, let number):
                if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
                if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                    self = .blank
                    return
                }
                do throws(NativeLineError) {
                    self = .line(try NativeLine(bytes), number: number)
                } catch {
                    self = .unreadable(error, isHeader: NativeImporter.isHeader(bytes), number: number)
                }
            }
        }
    }

    private mutating func take(_ reading: Reading, into deliveries: inout [Delivery]) {
        switch reading {
        case .blank: break
        case .tooLong(let number):
            open.setAside(number, "longer than 1 MiB, the most that a line may have")
        case .line(.batch(let header), let number):
            close(into: &deliveries)
            open = NativeBatch(header: header, line: number, setting: setting)
        case .line(.fact(let fact, let source), let number):
            open.add(fact, source: source, line: number)
            if open.isFull {
                deliveries.append(open.delivery(isLast: false))
                delivered = true
                open.startNextPart()
            }
        case .unreadable(let error, isHeader: true, let number):
            // What stands behind a header that cannot be read belongs to nobody: least of all to the batch before it.
            close(into: &deliveries)
            open = NativeBatch(unreadable: error, line: number, setting: setting)
        case .unreadable(let error, isHeader: false, let number): open.setAside(number, error.description)
        }
    }

    private mutating func close(into deliveries: inout [Delivery]) {
        if open.isEmpty { return }
        deliveries.append(open.delivery(isLast: true))
        delivered = true
    }

    /// Whether a line that could not be read was meant as a header.
    private static func isHeader(_ bytes: [UInt8]) -> Bool {
        let tight = bytes.prefix(64).filter { $0 != 0x20 && $0 != 0x09 }
        return tight.starts(with: Array("{\"batch\":".utf8))
    }
}
