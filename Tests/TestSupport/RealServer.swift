import Foundation

/// Programs of others, where they are installed.
package enum Tool {
    /// The full path of a program; nil when it is not installed.
    package static func path(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
            String.init)
        let all = folders + ["/usr/sbin", "/usr/local/sbin"] + postgreSQL
        return all.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Debian keeps the server's own programs out of the path.
    private static var postgreSQL: [String] {
        let root = "/usr/lib/postgresql"
        return ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).map {
            "\(root)/\($0)/bin"
        }
    }

    /// Why a test with servers of others is skipped; nil where all of these programs are installed, and nobody has said by
    /// ASSAY_REAL_SYSTEMS=no that such tests are to be left out.
    package static func obstacle(_ names: String...) -> String? {
        if ProcessInfo.processInfo.environment["ASSAY_REAL_SYSTEMS"] == "no" {
            return "skipped: ASSAY_REAL_SYSTEMS is no"
        }
        let missing = names.filter { !runs($0) }
        return missing.isEmpty ? nil : "skipped: not installed: \(missing.joined(separator: ", "))"
    }

    /// Whether a program is there. What pyenv puts on the path may lead nowhere.
    private static func runs(_ name: String) -> Bool {
        guard let place = path(name) else { return false }
        guard place.contains("/shims/") else { return true }
        return (try? RealServer.status(of: place, ["--help"])) == 0
    }
}

/// A server that somebody else has written, on the loopback interface while a test runs.
package struct RealServer {
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs a program to its end; throws with what it said when it fails.
    @discardableResult
    package static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let output = FileManager.default.temporaryDirectory.path + "/run-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: output) }
        let process = try spawn(program, arguments, output: output)
        var status: Int32?
        while status == nil {
            status = ended(process)
            if status == nil { try await Task.sleep(for: .milliseconds(10)) }
        }
        let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        if status != 0 { throw Fault(description: "\(program): \(said.suffix(500))") }
        return said
    }

    /// Runs a program to its end, whatever it says, and gives its exit status.
    fileprivate static func status(of program: String, _ arguments: [String]) throws -> Int32 {
        let process = try spawn(program, arguments, output: "/dev/null")
        var status: Int32 = 0
        guard waitpid(process, &status, 0) == process else { return -1 }
        return exitStatus(status)
    }

    /// Starts a server, waits until it listens on the port, and ends it after the body by its process id.
    package static func serving<Result: Sendable>(
        _ program: String, _ arguments: [String], port: Int,
        isolation: isolated (any Actor)? = #isolation, while body: () async throws -> Result
    ) async throws -> Result {
        let process = try spawn(program, arguments, output: "/dev/null")
        var isRunning = true
        defer {
            if isRunning {
                kill(process, SIGTERM)
                waitpid(process, nil, 0)
            }
        }
        // Starting takes as long as it takes: there is no other sign than the open port.
        let deadline = ContinuousClock.now + .seconds(60)
        while !isOpen(port) {
            isRunning = ended(process) == nil
            guard isRunning else { throw Fault(description: "\(program) ended at once") }
            guard ContinuousClock.now < deadline else {
                throw Fault(description: "\(program) does not listen")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await body()
    }

    /// Not by way of Foundation: it learns of an end through a descriptor that every other child keeps open as well.
    private static func spawn(_ program: String, _ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The threads of a task pool hold back every signal, and a child inherits that: it would not hear SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ([program] + arguments).map { strdup($0) }
        let variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in words + variables { free(text) } }
        var process: pid_t = 0
        guard posix_spawn(&process, program, &actions, &attributes, words + [nil], variables + [nil]) == 0
        else {
            throw Fault(description: "\(program) could not be started")
        }
        return process
    }

    /// The exit status of a process, or 128 and the signal; nil while it runs.
    private static func ended(_ process: pid_t) -> Int32? {
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == process else { return nil }
        return exitStatus(status)
    }

    private static func exitStatus(_ status: Int32) -> Int32 {
        status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// A port on the loopback interface on which nobody listens, below those that the system gives to whoever asks for any:
    /// no other test takes it before the server does.
    package static func freePort() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 20_000..<32_000)
            if isFree(port) { return port }
        }
        throw Fault(description: "no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
    }

    private static func isOpen(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
