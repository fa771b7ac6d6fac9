import Formats
import Glibc

/// The machine that is looked at: its files and its programs. Tests put a folder in its place.
protocol Machine: Sendable {
    /// A file's bytes.
    func read(_ path: String) throws(FileError) -> [UInt8]
    /// The names in a folder, sorted.
    func list(_ path: String) throws(FileError) -> [String]
    /// When a file or folder last changed; nil when there is none.
    func changed(_ path: String) -> Instant?
    /// Runs a program with its time and output limited.
    func run(_ command: [String]) async -> ProgramAnswer
}

/// What a short command answered.
enum ProgramAnswer: Sendable, Hashable {
    case answered(String)
    /// There is no such program here.
    case missing
    /// It ran and failed; with its last words.
    case failed(String)
}

extension Machine {
    func exists(_ path: String) -> Bool { changed(path) != nil }

    func text(_ path: String) throws(FileError) -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// A short text without the line feed at its end; nil when there is no such file.
    func word(_ path: String) -> String? {
        guard let bytes = try? read(path) else { return nil }
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
}

/// The machine that this program runs on.
struct LocalMachine: Machine {
    func read(_ path: String) throws(FileError) -> [UInt8] {
        try ByteFile(reading: path).contents()
    }

    func list(_ path: String) throws(FileError) -> [String] {
        guard let folder = opendir(path) else { throw FileError("\(path) cannot be listed", errno: errno) }
        defer { closedir(folder) }
        var names: [Identifier] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(Identifier(name)) }
        }
        return names.sorted().map(\.text)
    }

    func changed(_ path: String) -> Instant? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Instant(
            microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1_000)
    }

    func run(_ command: [String]) async -> ProgramAnswer {
        guard let executable = command.first else { return .missing }
        let run = await Program(executable: executable, arguments: Array(command.dropFirst())).run()
        switch run.end {
        case .exited(0): return .answered(run.text)
        case .failed("the program was not found"): return .missing
        case .timedOut: return .failed("it took too long")
        default: return .failed(run.complaint.isEmpty ? "it gave no reason" : run.complaint)
        }
    }
}
