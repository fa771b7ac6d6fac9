package import ArgumentParser
import Formats
import Foundation

/// How a command ends, for scripts.
package enum ExitStatus {
    /// Something fails or is not met.
    package static let findings = ExitCode(1)
    package static let usage: Int32 = 2
    package static let couldNotRun: Int32 = 3
}

/// An error of the layers below that may lie in the words a command was given.
package protocol UsageMistake: Error {
    /// Whether other words would have done.
    var isOfUsage: Bool { get }
}

/// Whether results are printed for people or for programs.
package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json
}

/// Runs a tool's command and turns every outcome into an exit status: 0 fine, 1 findings, 2 usage, 3 could not run.
package enum Tool {
    package static func run(_ root: any ParsableCommand.Type, name: String) async -> Never {
        var ran: (any ParsableCommand.Type)?
        do {
            var command = try root.parseAsRoot()
            ran = type(of: command)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(0)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch let error as ValidationError where ran != nil {
            // The parser knows which command it read; of one that was running already it would show the root's usage.
            Console.say(usage(root, ran ?? root, error))
            exit(ExitStatus.usage)
        } catch {
            switch root.exitCode(for: error) {
            case .success:
                Console.print(root.fullMessage(for: error))
                exit(0)
            case .validationFailure:
                Console.say(advised(root.fullMessage(for: error), root))
                exit(ExitStatus.usage)
            default:
                Console.say("\(name): \(error)")
                let isOfUsage = (error as? any UsageMistake)?.isOfUsage ?? false
                exit(isOfUsage ? ExitStatus.usage : ExitStatus.couldNotRun)
            }
        }
    }

    /// A message with the command that was meant, where one has a name like the word that is none.
    private static func advised(_ message: String, _ root: any ParsableCommand.Type) -> String {
        var command = root
        for word in CommandLine.arguments.dropFirst() {
            let all = command.configuration.subcommands
            guard !all.isEmpty, !word.hasPrefix("-") else { return message }
            if let next = all.first(where: { name(of: $0) == word }) {
                command = next
                continue
            }
            let advice = Spelling.advice(for: word, among: all.map { name(of: $0) })
            let complaint = "Unexpected argument '\(word)'"
            return advice.isEmpty ? message : message.replacing(complaint, with: "\(complaint); \(advice)")
        }
        return message
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    /// What is wrong with the words that a command was given, in the form in which the parser says it.
    private static func usage(
        _ root: any ParsableCommand.Type, _ command: any ParsableCommand.Type, _ error: ValidationError
    ) -> String {
        let usage = root.usageString(for: command)
        let name = usage.split(separator: " ").prefix { word in
            !["[", "<", "-"].contains { word.hasPrefix($0) }
        }
        return """
            Error: \(error.message)
            Usage: \(usage.replacing("\n", with: "\n       "))
              See '\(name.joined(separator: " ")) --help' for more information.
            """
    }
}
