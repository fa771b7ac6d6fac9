import Formats

/// What a Nessus policy was told to scan, and which of it the report holds.
struct NessusTargets {
    /// Hosts named one by one. Networks and ranges are not taken apart: most of their addresses are nobody's.
    private var named: [String] = []
    /// Names and addresses of the hosts in the report, in lower case; full names also without their ends.
    private var seen: Set<String> = []
    private static let properties: Set = ["host-ip", "host-fqdn", "host-rdns", "hostname", "netbios-name"]

    mutating func add(policy: Element) {
        let preferences =
            policy.child("Preferences")?.child("ServerPreferences")?.children("preference") ?? []
        let target = preferences.first { $0.text("name") == "TARGET" }?.text("value") ?? ""
        for word in target.lowercased().split(whereSeparator: { $0 == "," || $0.isWhitespace })
        where Self.isHost(word) {
            named.append(String(word))
        }
    }

    mutating func note(_ name: String?) {
        guard let name = name?.lowercased() else { return }
        seen.insert(name)
        // Longer ones are no names of hosts.
        if name.utf8.count > 255 { return }
        for dot in name.indices where name[dot] == "." { seen.insert(String(name[..<dot])) }
    }

    mutating func note(properties: Element) {
        for tag in properties.children("tag") where Self.properties.contains(tag["name"] ?? "") {
            note(tag.trimmed)
        }
    }

    /// Those that were named and are not in the report.
    var missing: [String] { named.filter { !seen.contains($0) } }

    /// A name or an address, and no network, range or pattern.
    private static func isHost(_ word: Substring) -> Bool {
        let isPlain = word.utf8.allSatisfy { unit in
            switch unit {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "_"): true
            default: false
            }
        }
        // 10.0.0.1-9, and the like of the newer addresses.
        let isRange = word.contains("-") && (word.contains(":") || !word.contains(where: \.isLetter))
        return isPlain && !isRange
    }
}
