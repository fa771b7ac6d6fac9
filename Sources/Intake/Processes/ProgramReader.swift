import Glibc
import SystemPackage

/// A pipe of our own to what a program prints. What the program starts holds the other end too: it ends when the last
/// of them lets go, which may be later than the program's own end.
final class OutputPipe: Sendable {
    private let reading: Int32
    /// The program's end; who hands it over has it closed.
    let writing: FileDescriptor

    /// What stands in it now.
    enum Piece {
        case bytes([UInt8])
        case nothing
        case end
    }

    init() throws(FileError) {
        let ends: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
        do throws(Errno) {
            ends = try FileDescriptor.pipe(options: .closeOnExec)
        } catch {
            throw FileError("no pipe to a program can be made", errno: error.rawValue)
        }
        reading = ends.readEnd.rawValue
        writing = ends.writeEnd
        // Whoever looks must not wait where nothing has come yet.
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(reading)
    }

    func next() throws(FileError) -> Piece {
        while true {
            var count = 0
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
                count = Glibc.read(reading, buffer.baseAddress, buffer.count)
                failure = count < 0 ? errno : 0
                filled = max(0, count)
            }
            if count > 0 { return .bytes(bytes) }
            switch failure {
            case 0: return .end
            case EINTR: continue
            case EAGAIN: return .nothing
            default: throw FileError("reading what a program prints failed", errno: failure)
            }
        }
    }
}

/// Follows a program that runs: keeps what it prints, and sees it end.
struct ProgramReader {
    struct TooMuchOutput: Error {}

    private let process: pid_t
    private let output: OutputPipe
    private let errors: OutputPipe
    private let file: ByteFile
    private let limit: Int
    private var total = 0
    private var isWhole = false
    /// The end of what it printed to standard error.
    private var tail: [UInt8] = []
    /// It has ended; nobody has reaped it yet, so that its number is still that of its group.
    private(set) var hasExited = false

    /// So many pieces are taken before others have their turn.
    private static let pieces = 64
    private static let shortestPause = Duration.milliseconds(1)
    private static let longestPause = Duration.milliseconds(16)

    /// - Parameter limit: most bytes that are kept of what it prints.
    init(_ process: pid_t, output: OutputPipe, errors: OutputPipe, into file: ByteFile, limit: Int) {
        self.process = process
        self.output = output
        self.errors = errors
        self.file = file
        self.limit = limit
    }

    /// Returns when the program has ended, and nobody is left who could print in its name. Its standard error counts
    /// for as long as it runs itself: others may hold that for ever, as a connection of ssh does that is kept open.
    mutating func follow() async throws {
        var pause = Self.shortestPause
        while true {
            // First this: what it printed before its end is there by then.
            if !hasExited { hasExited = isOver() }
            let hasCome = try takeOutput()
            try takeErrors()
            if hasExited, isWhole { return }
            pause = hasCome ? Self.shortestPause : min(pause * 2, Self.longestPause)
            try await Task.sleep(for: pause)
        }
    }

    /// Whether anything came.
    private mutating func takeOutput() throws -> Bool {
        for round in 0..<Self.pieces where !isWhole {
            switch try output.next() {
            case .nothing: return round > 0
            case .end: isWhole = true
            case .bytes(let bytes):
                let room = max(0, limit - total)
                total += bytes.count
                try bytes.withUnsafeBytes { try file.append(.init(rebasing: $0.prefix(room))) }
                if total > limit { throw TooMuchOutput() }
            }
        }
        return !isWhole
    }

    private mutating func takeErrors() throws {
        for _ in 0..<Self.pieces {
            guard case .bytes(let bytes) = try errors.next() else { return }
            tail = Array((tail + bytes.suffix(4_096)).suffix(4_096))
        }
    }

    /// Whether the program itself has ended; it stays for whoever reaps it.
    private func isOver() -> Bool {
        var told = siginfo_t()
        guard waitid(P_PID, id_t(process), &told, WEXITED | WNOHANG | WNOWAIT) == 0 else {
            return errno == ECHILD
        }
        return told.si_signo != 0
    }

    /// The last line that it printed to standard error, fit for a message.
    var complaint: String {
        let line = tail.split(separator: 0x0A).last { !$0.allSatisfy { $0 <= 0x20 } } ?? []
        return Program.printable(String(decoding: line, as: UTF8.self))
    }
}
