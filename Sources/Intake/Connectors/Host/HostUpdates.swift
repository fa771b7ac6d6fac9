import Formats

/// The package updates that wait, on machines that use apt.
enum HostUpdates {
    static let reading = HostReading(
        kind: "host.update", query: "apt list --upgradable, from package lists that are at most 7 days old"
    ) { scope async throws(HostFailure) in try await read(scope) }

    private static let lists = "/var/lib/apt/lists"
    private static let command = [
        // Without a cache of its own apt writes nothing.
        "apt", "-o", "Debug::NoLocking=1", "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=",
        "list",
        "--upgradable",
    ]

    private static func read(_ scope: HostScope) async throws(HostFailure) -> HostRecords {
        try checkLists(scope)
        switch await scope.machine.run(command) {
        case .answered(let text): return try records(text, scope)
        case .missing: throw HostFailure("apt", "not installed here: updates are read from apt only")
        case .failed(let words): throw HostFailure("apt", "it failed: \(words)")
        }
    }

    /// Without lists, or with old ones, nothing waits as far as apt knows: that is no good news.
    private static func checkLists(_ scope: HostScope) throws(HostFailure) {
        let names: [String]
        do {
            names = try scope.machine.list(lists)
        } catch {
            throw HostFailure(
                lists,
                error.reason == .absent ? "not here: updates are read from apt only" : error.description)
        }
        let found = names.filter {
            $0.contains("_dists_") || $0.hasSuffix("Packages") || $0.hasSuffix("Release")
        }
        if found.isEmpty { throw HostFailure(lists, "no package lists here; apt-get update fetches them") }
        let suites = Dictionary(grouping: found, by: suite)
        let security = suites.filter { $0.key.contains("security") }
        // What another repository has brought since says nothing of security updates.
        guard let oldest = try renewals(security.isEmpty ? suites : security, scope).min(),
            oldest + .days(7) < scope.now
        else { return }
        let which =
            security.isEmpty ? "no list of a security suite is here, and the others" : "the package lists"
        throw HostFailure(lists, "\(which) are of \(oldest), older than 7 days; run apt-get update")
    }

    /// When each suite was last renewed. Its files are as they change: the newest tells.
    private static func renewals(_ suites: [String: [String]], _ scope: HostScope) throws(HostFailure)
        -> [Instant]
    {
        var times: [Instant] = []
        for (suite, names) in suites.sorted(by: { $0.key < $1.key }) {
            guard let newest = names.compactMap({ scope.machine.changed("\(lists)/\($0)") }).max() else {
                throw HostFailure("\(lists)/\(suite)", "it cannot be told of when this list is")
            }
            times.append(newest)
        }
        return times
    }

    /// `host_path_dists_suite` of `host_path_dists_suite_main_binary-amd64_Packages`; where there are no suites, what
    /// stands before the last part.
    private static func suite(_ name: String) -> String {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        let count = parts.firstIndex(of: "dists").map { $0 + 2 } ?? parts.count - 1
        return parts.prefix(max(count, 1)).joined(separator: "_")
    }

    /// `package/suite,suite version architecture [upgradable from: version]`
    private static func records(_ text: String, _ scope: HostScope) throws(HostFailure) -> HostRecords {
        var result = HostRecords()
        for line in text.utf8.split(separator: 0x0A) {
            let line = String(decoding: line, as: UTF8.self)
            if line.hasPrefix("Listing...") || line.hasPrefix("WARNING:") { continue }
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 6, let slash = words[0].firstIndex(of: "/"), words[3] == "[upgradable",
                words[4] == "from:", words[5].hasSuffix("]")
            else { throw HostFailure("apt", "apt printed a line of a form that is not understood here") }
            let package = String(words[0][..<slash])
            let suites = words[0][words[0].index(after: slash)...].split(separator: ",")
            let isSecurity = suites.contains { $0.hasSuffix("-security") || $0.hasSuffix("/updates") }
            result.add(
                scope, [package + ":" + words[2]],
                [
                    ("package", .string(package)), ("installed", .string(String(words[5].dropLast()))),
                    ("candidate", .string(words[1])), ("security", .bool(isSecurity)),
                ])
        }
        return result
    }
}
