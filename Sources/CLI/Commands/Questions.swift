import Foundation
import PackageCommands
import Reports

/// Questions on a terminal, each with an answer that Enter takes.
enum Questions {
    /// Whether somebody is there to answer.
    static var canAsk: Bool { isatty(0) == 1 && isatty(1) == 1 }

    /// A text; asked again until it is accepted, and left at the default when nothing more can be read.
    static func text(_ question: String, default standard: String, accepts: (String) -> String?) -> String {
        while true {
            for line in question.wrapped(indent: 0) { Console.print(line) }
            Console.print("  [\(standard)] ", terminator: "")
            guard let line = readLine() else { return standard }
            let answer = line.trimmingCharacters(in: .whitespaces)
            if answer.isEmpty { return standard }
            guard let objection = accepts(answer) else { return answer }
            Console.print("  \(objection)")
        }
    }

    /// One of several, by its number.
    static func choice(_ question: String, _ options: [String], default standard: Int) -> Int {
        for line in question.wrapped(indent: 0) { Console.print(line) }
        for (index, option) in options.enumerated() { Console.print("  \(index + 1)  \(option)") }
        while true {
            Console.print("  [\(standard + 1)] ", terminator: "")
            guard let line = readLine() else { return standard }
            let answer = line.trimmingCharacters(in: .whitespaces)
            if answer.isEmpty { return standard }
            if let number = Int(answer), options.indices.contains(number - 1) { return number - 1 }
            Console.print("  Please answer with a number from 1 to \(options.count), or press Enter.")
        }
    }

    /// Yes or no; anything else is asked again.
    static func yes(_ question: String, _ cost: String, default standard: Bool) -> Bool {
        for line in question.wrapped(indent: 0) { Console.print(line) }
        while true {
            Console.print("  \(cost)  [\(standard ? "Y/n" : "y/N")] ", terminator: "")
            guard let line = readLine() else { return standard }
            switch line.trimmingCharacters(in: .whitespaces).lowercased() {
            case "": return standard
            case "y", "yes": return true
            case "n", "no": return false
            default: Console.print("  Please answer yes or no, or press Enter.")
            }
        }
    }
}
