import Foundation
import Workload

/// A program of this machine that is run beside ours.
enum ChildProgram {
    /// What it printed; nil when it is not installed. Throws when it ends with an error.
    static func output(_ words: [String], input: [UInt8]? = nil, scratch: String) throws -> String? {
        let output = scratch + "/child-output"
        let errors = scratch + "/child-errors"
        let source = scratch + "/child-input"
        try Data(input ?? []).write(to: URL(fileURLWithPath: source))
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle(forReadingAtPath: source)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        let end = ChildEnd(
            status: process.terminationStatus, isExit: process.terminationReason == .exit,
            output: try text(output), errors: try text(errors))
        switch end {
        case .answered(let said): return said
        case .notInstalled: return nil
        case .failed(let why):
            // A script that is handed over whole is no name of a program.
            let name = words.filter { !$0.contains("\n") }.prefix(4).joined(separator: " ")
            throw WrongAnswer("\(name) ended with \(why)")
        }
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
}
