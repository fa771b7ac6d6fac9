package import ArgumentParser
import Foundation

/// How a command ends, for scripts.
package enum ExitStatus {
    /// Something fails or is not met.
    package static let findings = ExitCode(1)
    package static let usage: Int32 = 2
    package static let couldNotRun: Int32 = 3
}

/// Whether results are printed for people or for programs.
package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json
}

/// Runs a tool's command and turns every outcome into an exit status: 0 fine, 1 findings, 2 usage, 3 could not run.
package enum Tool {
    package static func run(_ root: any ParsableCommand.Type, name: String) async -> Never {
        do {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(0)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            switch root.exitCode(for: error) {
            case .success:
                Console.print(root.fullMessage(for: error))
                exit(0)
            case .validationFailure:
                Console.say(root.fullMessage(for: error))
                exit(ExitStatus.usage)
            default:
                Console.say("\(name): \(error)")
                exit(ExitStatus.couldNotRun)
            }
        }
    }
}
