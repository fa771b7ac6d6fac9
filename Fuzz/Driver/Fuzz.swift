import CLibFuzzer
import Foundation
import FuzzTargets

/// `assay-fuzz TARGET [libFuzzer's options and corpus folders]`, `assay-fuzz list`, `assay-fuzz seeds TARGET FOLDER`.
@main
struct Fuzz {
    /// The one that is named first on the command line; libFuzzer's callback cannot carry it.
    private static let chosen = CommandLine.arguments.dropFirst().first.flatMap { name in
        FuzzTarget.all.first { $0.name == name }
    }

    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        if words == ["list"] {
            for target in FuzzTarget.all { print(target.name) }
        } else if words.count == 3, words[0] == "seeds",
            let target = FuzzTarget.all.first(where: { $0.name == words[1] })
        {
            for (number, seed) in target.seeds().enumerated() {
                try Data(seed).write(to: URL(fileURLWithPath: "\(words[2])/seed-\(number)"))
            }
        } else if chosen != nil {
            run()
        } else {
            print("usage: assay-fuzz list | seeds TARGET FOLDER | TARGET [OPTIONS] [CORPUS…]")
            exit(64)
        }
    }

    private static func run() {
        var count = CommandLine.argc - 1
        var arguments = CommandLine.unsafeArgv + 1
        let status = LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
            Fuzz.chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
            return 0
        }
        exit(status)
    }
}
