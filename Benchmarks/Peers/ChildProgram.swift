import Foundation

/// A program of this machine that is run beside ours.
enum ChildProgram {
    /// What it printed; nil when it is not installed or ends with an error.
    static func output(_ words: [String], input: [UInt8]? = nil, scratch: String) throws -> String? {
        let output = scratch + "/child-output"
        let source = scratch + "/child-input"
        try Data(input ?? []).write(to: URL(fileURLWithPath: source))
        try Data().write(to: URL(fileURLWithPath: output))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle(forReadingAtPath: source)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
    }
}
