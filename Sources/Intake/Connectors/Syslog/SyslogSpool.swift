import Formats
import Glibc
import Transport

/// Where received messages lie until they are on record: files of JSON lines, written through to the disk before the next
/// message is read.
///
///     {"at":"2026-03-01T12:00:00Z","from":"192.0.2.7","message":"PDM0Pj…","over":"tls"}
///     {"at":"2026-03-01T12:00:30Z","note":"alive"}
///     {"at":"2026-03-01T12:00:31Z","lost":3,"why":"more datagrams came than could wait"}
actor SyslogSpool {
    /// A file takes up to so many bytes, all files together up to so many.
    private static let fileLimit = 8 << 20
    private static let wholeLimit = 1 << 30
    /// A file is written to for so long at most: only then can it be deleted, and it may hold patients' ids.
    private static let ageLimit = TimeSpan.minutes(10)

    private let folder: String
    private let limit: Int
    private let now: @Sendable () -> Instant
    private var descriptor: Int32 = -1
    private var number: Int
    private var written = 0
    private var opened = Instant.distantPast
    private var before: Int
    /// The file ends in the middle of a line, and nothing can be added to it.
    private var isTorn = false
    /// What was lost and could not be put down yet: how much, and why the first of it.
    private var untold: (count: Int, why: String)?

    /// - Parameter limit: bytes of all files together.
    init(
        _ folder: String, limit: Int = SyslogSpool.wholeLimit, now: @escaping @Sendable () -> Instant
    ) throws(FileError) {
        self.folder = folder
        self.limit = limit
        self.now = now
        try Self.make(folder)
        let files = Self.files(folder)
        // Never goes on in a file that may end in the middle of a line, and never counts from the start again in a
        // folder that was emptied or put back: what a cursor has passed is deleted.
        number = max((files.last ?? 0) + 1, Self.number(at: now()))
        before = files.reduce(0) { $0 + Self.size(Self.path(folder, $1)) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private static func make(_ folder: String) throws(FileError) {
        var path = ""
        for part in folder.split(separator: "/") {
            path += (path.isEmpty && !folder.hasPrefix("/") ? "" : "/") + part
            if mkdir(path, 0o700) == 0 || errno == EEXIST { continue }
            throw FileError("\(path) cannot be made", errno: errno)
        }
    }

    /// Writes what the listener tells; it is durable when this returns.
    func take(_ notice: LogNotice) throws(FileError) {
        switch notice {
        case .began:
            // It may be another attempt, and the folder gone with the file that was written to.
            try Self.make(folder)
            try turn()
            try write([try note("began")])
        case .lost(let count, let why):
            lose(count, why)
            // One line each half minute is enough for a spool that is full.
            if !isFull { try tellLost() }
        case .arrived(let messages):
            do throws(FileError) {
                if isFull { throw FileError("the spool is full", errno: ENOSPC) }
                try tellLost()
                var lines: [[UInt8]] = []
                for message in messages { lines.append(try line(message)) }
                try write(lines)
            } catch {
                // They are gone from the socket, whatever becomes of the connection.
                lose(messages.count, error.description)
                throw error
            }
        }
    }

    /// Says that the receiver still listens, and what was lost meanwhile.
    func alive() throws(FileError) {
        // What was recorded meanwhile is gone from the folder: there may be room again.
        if isFull { try turn() }
        try tellLost()
        try write([try note("alive")])
    }

    /// Says what was lost, if that can be written now: nobody knows of it any more after this.
    func end() { try? tellLost() }

    private var isFull: Bool { before + written > limit }

    private func lose(_ count: Int, _ why: String) {
        untold = ((untold?.count ?? 0) + count, untold?.why ?? why)
    }

    /// Whatever the spool holds already: this is what the gap is known by.
    private func tellLost() throws(FileError) {
        guard let (count, why) = untold else { return }
        try write([try line([("lost", .integer(Int64(count))), ("why", .string(why))], at: now())])
        untold = nil
    }

    private func line(_ message: LogArrival) throws(FileError) -> [UInt8] {
        try line(
            [
                ("from", .string(message.sender)), ("over", .string(message.transport)),
                ("message", .string(Base64.encode(message.bytes))),
            ], at: message.at)
    }

    private func note(_ text: String) throws(FileError) -> [UInt8] {
        try line([("note", .string(text))], at: now())
    }

    private func line(_ members: [(String, JSON)], at instant: Instant) throws(FileError) -> [UInt8] {
        do throws(CanonicalJSONError) {
            let object = JSON.object([("at", .string(instant.description))] + members)
            return try CanonicalJSON.encode(object) + [0x0A]
        } catch {
            throw FileError("no line for the spool can be made: \(error)", errno: EINVAL)
        }
    }

    private func write(_ lines: [[UInt8]]) throws(FileError) {
        if descriptor < 0 || isTorn || written > Self.fileLimit || now() - opened > Self.ageLimit {
            try turn()
        }
        let bytes = lines.flatMap(\.self)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                let code = errno
                isTorn = done > 0
                written += done
                throw FileError("writing to \(folder) failed", errno: code)
            }
        }
        written += bytes.count
        if fdatasync(descriptor) != 0 { throw FileError("writing to \(folder) failed", errno: errno) }
    }

    private func turn() throws(FileError) {
        if descriptor >= 0 {
            close(descriptor)
            number = max(number + 1, Self.number(at: now()))
        }
        let path = Self.path(folder, number)
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw FileError("\(path) cannot be written", errno: errno) }
        isTorn = false
        // What was recorded meanwhile is gone from the folder.
        before = Self.files(folder).reduce(0) { $0 + Self.size(Self.path(folder, $1)) }
        written = 0
        opened = now()
        let place = open(folder, O_RDONLY | O_CLOEXEC)
        if place >= 0 {
            fsync(place)
            close(place)
        }
    }

    private static func number(at instant: Instant) -> Int { Int(instant.microseconds / 1_000_000) }

    // MARK: Reading

    static func path(_ folder: String, _ number: Int) -> String {
        let digits = String(number)
        return "\(folder)/\(String(repeating: "0", count: max(0, 10 - digits.count)))\(digits).jsonl"
    }

    /// The numbers of the files in a folder, in order.
    static func files(_ folder: String) -> [Int] {
        guard let open = opendir(folder) else { return [] }
        defer { closedir(open) }
        var numbers: [Int] = []
        while let entry = readdir(open) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".jsonl"), let number = Int(name.dropLast(6)) { numbers.append(number) }
        }
        return numbers.sorted()
    }

    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
