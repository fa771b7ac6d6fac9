import Formats

/// The accounts of a machine.
enum HostAccounts {
    static let reading = HostReading(
        kind: "host.account",
        query: "accounts of getent passwd, or /etc/passwd; network directories only as far as they enumerate"
    ) { scope async throws(HostFailure) in try await read(scope) }

    private struct Account {
        let name: String
        let password: String
        let uid: Int64
        let group: Int64
        let shell: String
    }

    private static let closedShells: Set<String> = ["nologin", "false", "sync", "shutdown", "halt"]
    private static let powerfulGroups: Set<String> = ["sudo", "wheel", "admin"]

    private static func read(_ scope: HostScope) async throws(HostFailure) -> HostRecords {
        var result = HostRecords()
        let accounts = try accounts(in: try await database("passwd", scope))
        if accounts.isEmpty {
            throw HostFailure("/etc/passwd", "no account at all: the file cannot be whole")
        }
        let groups = groups(in: try await database("group", scope))
        let passwords = passwords(scope.machine, &result)
        let rules = sudoRules(scope.machine, &result)
        for account in accounts {
            let shell = account.shell.split(separator: "/").last.map(String.init) ?? "sh"
            let memberOf = groups.filter { $0.members.contains(account.name) || $0.id == account.group }
            let names = Set(memberOf.map(\.name))
            var sudo: Bool?
            if account.uid == 0 || !names.isDisjoint(with: powerfulGroups) {
                sudo = true
            } else if let rules {
                sudo = rules.allowRoot(
                    name: account.name, uid: account.uid, groups: memberOf.map { ($0.name, $0.id) })
            }
            result.add(
                scope, [account.name],
                [
                    ("name", .string(account.name)), ("uid", .integer(account.uid)),
                    ("shell", .string(account.shell)), ("login", .bool(!closedShells.contains(shell))),
                    ("password", password(account, passwords).map(JSON.string)),
                    ("sudo", sudo.map(JSON.bool)),
                ])
        }
        return result
    }

    private static func database(_ name: String, _ scope: HostScope) async throws(HostFailure) -> String {
        if case .answered(let text) = await scope.machine.run(["getent", name]), !text.isEmpty {
            return text
        }
        do {
            return try scope.machine.text("/etc/\(name)")
        } catch {
            throw HostFailure(error, "/etc/\(name)")
        }
    }

    private static func accounts(in text: String) throws(HostFailure) -> [Account] {
        var found: [Account] = []
        for line in lines(text) {
            // NIS markers are no accounts.
            if line.hasPrefix("+") || line.hasPrefix("-") { continue }
            let field = fields(line)
            guard field.count == 7, let uid = Int64(field[2]), let group = Int64(field[3]) else {
                throw HostFailure("/etc/passwd", "a line is not of the form of passwd(5)")
            }
            found.append(Account(name: field[0], password: field[1], uid: uid, group: group, shell: field[6]))
        }
        return found
    }

    private static func groups(in text: String) -> [(name: String, id: Int64, members: Set<String>)] {
        lines(text).compactMap { line in
            let field = fields(line)
            guard field.count == 4, let id = Int64(field[2]) else { return nil }
            return (field[0], id, Set(field[3].split(separator: ",").map(String.init)))
        }
    }

    /// By account: the state of its password; nil when shadow(5) may not be read. The hashes go no further than this.
    private static func passwords(_ machine: any Machine, _ result: inout HostRecords) -> [String: String]? {
        guard let text = try? machine.text("/etc/shadow") else {
            result.notes.append("state of passwords not read: /etc/shadow is not readable here")
            return nil
        }
        var states: [String: String] = [:]
        for line in lines(text) {
            let field = fields(line)
            if field.count > 1 { states[field[0]] = state(field[1]) }
        }
        return states
    }

    private static func password(_ account: Account, _ shadow: [String: String]?) -> String? {
        if let state = shadow?[account.name] { return state }
        return account.password == "x" ? nil : state(account.password)
    }

    private static func state(_ field: String) -> String {
        if field.isEmpty { return "empty" }
        return field.hasPrefix("!") || field.hasPrefix("*") ? "locked" : "set"
    }

    /// The rules of sudo; nil when they cannot be told. Without sudo there are none.
    private static func sudoRules(_ machine: any Machine, _ result: inout HostRecords) -> SudoRules? {
        do throws(SudoRulesError) {
            return try SudoRules(reading: "/etc/sudoers", machine)
        } catch {
            switch error {
            case .unreadable(let path):
                result.notes.append("rules of sudo not read: \(path) is not readable here")
            case .unclear(let path, let line):
                result.failures.append(
                    HostFailure(path, "line \(line) is a rule of a form that is not understood here"))
            }
            return nil
        }
    }

    private static func lines(_ text: String) -> [Substring] {
        text.utf8.split(separator: 0x0A).compactMap { Substring($0) }.filter { !$0.hasPrefix("#") }
    }

    private static func fields(_ line: Substring) -> [String] {
        line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
}
