import Formats

/// The settings of the SSH daemon as it would use them.
enum HostDaemon {
    static let reading = HostReading(kind: "host.sshd", query: "settings in force by sshd -T") {
        scope async throws(HostFailure) in try await read(scope)
    }

    private static func read(_ scope: HostScope) async throws(HostFailure) -> HostRecords {
        let answer = await scope.machine.run(["sshd", "-T"])
        guard case .answered(let text) = answer else {
            if case .failed(let words) = answer {
                throw HostFailure(
                    "sshd -T", "it failed: \(words); run as root, or allow reading the host keys")
            }
            throw HostFailure("sshd", "not installed here: nothing to report")
        }
        var order: [String] = []
        var values: [String: [String]] = [:]
        for line in text.utf8.split(separator: 0x0A) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
            guard let setting = words.first.map({ $0.lowercased() }) else { continue }
            if values[setting] == nil { order.append(setting) }
            values[setting, default: []].append(words.count > 1 ? String(words[1]) : "")
        }
        if order.isEmpty { throw HostFailure("sshd -T", "it printed nothing") }
        var result = HostRecords()
        for setting in order {
            // Keywords such as acceptenv come on several lines.
            let value = (values[setting] ?? []).joined(separator: ", ")
            result.add(scope, [setting], [("setting", .string(setting)), ("value", .string(value))])
        }
        return result
    }
}
