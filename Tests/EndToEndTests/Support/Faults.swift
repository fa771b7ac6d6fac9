import Foundation
import Testing

/// A call of the system that fails, or during which the program is killed.
struct Fault: Sendable, CustomStringConvertible {
    enum Effect: Sendable, CaseIterable {
        /// The disk cannot do it, once.
        case ioError
        /// The disk is full, from here on.
        case full
        /// SIGKILL, at the moment of the call.
        case kill
    }

    let call: String
    /// Which of a thread's calls of this name, counted from 1.
    let number: Int
    let effect: Effect

    /// What strace is told.
    var injection: String {
        switch effect {
        case .ioError: "inject=\(call):error=EIO:when=\(number)"
        // Later calls that open files would also be those that only read, which a full disk lets through.
        case .full: "inject=\(call):error=ENOSPC:when=\(number)\(call == "openat" ? "" : "+")"
        case .kill: "inject=\(call):signal=SIGKILL:when=\(number)"
        }
    }

    var description: String { injection }

    /// The calls by which something comes onto the disk, or to whoever reads what the program prints. Not every machine
    /// has all of them, which the question mark allows for.
    static let calls = [
        "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "openat", "rename", "renameat",
        "renameat2",
        "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat",
    ]

    static var filter: String { "trace=" + calls.map { "?" + $0 }.joined(separator: ",") }

    /// Every fault that a trace of an undisturbed run shows to be possible. Of `openat` only those calls that make a
    /// file: what is merely read cannot be left half done.
    static func all(in trace: String) -> [Fault] {
        var counts: [String: Int] = [:]
        var found: [String: Set<Int>] = [:]
        for line in trace.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard words.count == 2 else { continue }
            let text = words[1].drop { $0 == " " }
            guard let open = text.firstIndex(of: "("), case let call = String(text[..<open]),
                calls.contains(call)
            else { continue }
            counts["\(words[0]) \(call)", default: 0] += 1
            let number = counts["\(words[0]) \(call)", default: 0]
            if call != "openat" || text.contains("O_CREAT") { found[call, default: []].insert(number) }
        }
        return found.sorted { $0.key < $1.key }.flatMap { call, numbers in
            numbers.sorted().flatMap { number in
                Effect.allCases.map { Fault(call: call, number: number, effect: $0) }
            }
        }
    }

    /// All faults when `ASSAY_FAULTS=full` (`make faults`).
    static let isFull = ProcessInfo.processInfo.environment["ASSAY_FAULTS"] == "full"

    /// Whether faults can be made here: strace is installed and may trace.
    static let canInject: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        process.arguments = ["-qq", "-e", "trace=?rename", "/bin/true"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}

extension Command {
    /// The same under strace, with what is injected.
    func traced(_ options: String...) -> Command {
        var command = self
        command.executable = "/usr/bin/strace"
        command.arguments = ["-f", "-qq"] + options + [executable] + arguments
        return command
    }
}
