import Formats
import Ledger

/// What a scan of nmap was told to look at: two scans of other hosts or ports say nothing of each other.
struct NmapScope {
    private var words: [String] = []
    /// The ports by protocol; empty where the report does not say.
    private var ports: [String: [ClosedRange<Int>]] = [:]

    /// Options that change what is written or how fast, with a value behind them. Arguments of scripts and proxies may hold
    /// passwords, from which nothing is made.
    private static let valued: Set = [
        "-oN", "-oX", "-oS", "-oG", "-oA", "--stats-every", "--stylesheet", "--script-args",
        "--script-args-file",
        "--proxy", "--proxies", "--datadir",
    ]
    /// Options that change what is looked at, with a file behind them: its name is often another one each time, and says
    /// nothing of what stands in it.
    private static let files: Set = ["-iL", "--excludefile", "--exclude-file"]
    /// The same without a value.
    private static let plain: Set = [
        "--reason", "--append-output", "--webxml", "--no-stylesheet", "--packet-trace",
    ]

    /// - Parameter arguments: the command line, program and all.
    mutating func add(arguments: String?) {
        var isValue = true
        for word in Self.words(arguments ?? "") {
            // The first one is the program.
            if isValue {
                isValue = false
            } else if Self.valued.contains(word) {
                isValue = true
            } else if Self.files.contains(word) {
                words.append(word)
                isValue = true
            } else if let option = Self.files.first(where: { word.hasPrefix($0 + "=") }) {
                words.append(option)
            } else if Self.matters(word) {
                words.append(word)
            }
        }
    }

    mutating func add(ports: String?, of transport: String?) {
        guard let ports else { return }
        words.append("\(transport ?? ""):\(ports)")
        self.ports[transport ?? "tcp", default: []] += ports.split(separator: ",").compactMap { part in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return nil }
            return first...last
        }
    }

    /// What was not scanned, of a record by its key; nil where it was, or where the report does not say. Of a port the key
    /// is address, protocol and number, of what encrypts behind one it begins with host and number.
    func missing(_ kind: Identifier, _ key: Identifier) -> String? {
        let parts = key.text.split(separator: "|", omittingEmptySubsequences: false)
        let (transport, number) = kind == "network.port" ? (1, 2) : (nil, 1)
        guard !ports.isEmpty, number < parts.count, let port = Int(parts[number]) else { return nil }
        let name = transport.map { String(parts[$0]) } ?? "tcp"
        return ports[name]?.contains { $0.contains(port) } == true ? nil : "ports that were not scanned"
    }

    /// A short name for it; nil where the report does not say.
    var mark: String? {
        if words.isEmpty { return nil }
        return String(Digest.sha256(Array(words.joined(separator: "\u{1F}").utf8)).hex.prefix(12))
    }

    private static func matters(_ word: String) -> Bool {
        if plain.contains(word) || valued.contains(where: { word.hasPrefix($0 + "=") }) { return false }
        // How much it tells of itself, how fast it is, and where it writes: -vv, -d2, -T4, -oX-.
        return !["-v", "-d", "-T", "-o"].contains { word.hasPrefix($0) }
    }

    /// The words of a command line; what stands in quotes is one.
    private static func words(_ line: String) -> [String] {
        var isQuoted = false
        let pieces = line.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == " " && !isQuoted
        }
        return pieces.map(String.init)
    }
}
