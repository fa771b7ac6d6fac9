/// Why the rules of sudo cannot be told.
enum SudoRulesError: Error, Hashable {
    case unreadable(path: String)
    case unclear(path: String, line: Int)
}

/// Who may run anything as root, by sudoers(5).
///
/// Only users, groups and user aliases are understood; hosts and commands are not weighed, so that a rule for one
/// command on one host counts. Negations, netgroups and what else would narrow a rule make the whole unclear.
struct SudoRules: Sendable, Hashable {
    private enum Subject: Hashable {
        case everyone
        case user(String)
        case userID(Int64)
        case group(String)
        case groupID(Int64)
    }

    private var subjects: Set<Subject> = []

    /// Reads a file with all that it includes. No file, no rules.
    init(reading path: String, _ machine: any Machine) throws(SudoRulesError) {
        var aliases: [String: [String]] = [:]
        var users: [(names: [String], path: String, line: Int)] = []
        try Self.read(path, machine, depth: 0, &aliases, &users)
        for rule in users {
            for name in rule.names {
                guard let found = Self.subjects(name, aliases, depth: 0) else {
                    throw .unclear(path: rule.path, line: rule.line)
                }
                subjects.formUnion(found)
            }
        }
    }

    func allowRoot(name: String, uid: Int64, groups: [(name: String, id: Int64)]) -> Bool {
        if subjects.contains(.everyone) || subjects.contains(.user(name)) || subjects.contains(.userID(uid)) {
            return true
        }
        return groups.contains { subjects.contains(.group($0.name)) || subjects.contains(.groupID($0.id)) }
    }

    private static func read(
        _ path: String, _ machine: any Machine, depth: Int, _ aliases: inout [String: [String]],
        _ users: inout [(names: [String], path: String, line: Int)]
    ) throws(SudoRulesError) {
        let text: String
        do {
            text = try machine.text(path)
        } catch {
            if error.reason == .absent { return }
            throw .unreadable(path: path)
        }
        // The depth that sudo itself allows.
        guard depth < 128 else { throw .unclear(path: path, line: 1) }
        for (number, line) in logicalLines(text) {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first else { continue }
            if ["@include", "#include", "@includedir", "#includedir"].contains(first) {
                guard words.count == 2, words[1].hasPrefix("/"), !words[1].contains("%") else {
                    throw .unclear(path: path, line: number)
                }
                for file in try included(words[1], isFolder: first.hasSuffix("dir"), machine) {
                    try read(file, machine, depth: depth + 1, &aliases, &users)
                }
            } else if first.hasPrefix("#"), first.dropFirst().first?.isNumber != true {
                continue
            } else if first.hasPrefix("Defaults")
                || ["Host_Alias", "Cmnd_Alias", "Cmd_Alias", "Runas_Alias"].contains(first)
            {
                continue
            } else if first == "User_Alias" {
                for part in line.dropFirst(first.count).split(separator: ":") {
                    let sides = part.split(separator: "=", maxSplits: 1)
                    guard sides.count == 2 else { throw .unclear(path: path, line: number) }
                    aliases[trimmed(sides[0])] = list(sides[1])
                }
            } else {
                guard let rule = rule(line) else { throw .unclear(path: path, line: number) }
                if rule.isRoot { users.append((rule.users, path, number)) }
            }
        }
    }

    private static func included(
        _ path: String, isFolder: Bool, _ machine: any Machine
    ) throws(SudoRulesError) -> [String] {
        guard isFolder else { return [path] }
        do {
            // sudo passes over names that editors and package managers leave behind.
            return try machine.list(path).filter { !$0.hasSuffix("~") && !$0.contains(".") }.map {
                "\(path)/\($0)"
            }
        } catch {
            if error.reason == .absent { return [] }
            throw .unreadable(path: path)
        }
    }

    /// Lines with continuations joined and comments cut; a `#` before a number is a user id.
    private static func logicalLines(_ text: String) -> [(number: Int, text: String)] {
        var found: [(number: Int, text: String)] = []
        var pending = ""
        var start = 1
        for (index, bytes) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        {
            if pending.isEmpty { start = index + 1 }
            let line = String(decoding: bytes, as: UTF8.self)
            if line.hasSuffix("\\") {
                pending += line.dropLast() + " "
                continue
            }
            found.append((start, withoutComment(pending + line)))
            pending = ""
        }
        if !pending.isEmpty { found.append((start, withoutComment(pending))) }
        return found
    }

    private static func withoutComment(_ line: String) -> String {
        if line.hasPrefix("#include") { return line }
        var result = ""
        var rest = line[...]
        while let character = rest.popFirst() {
            if character == "#", result.last != "%", rest.first?.isNumber != true { break }
            result.append(character)
        }
        return result
    }

    /// `users hosts = (runas) commands : hosts = commands`: its users, and whether any of it runs as root.
    private static func rule(_ line: String) -> (users: [String], isRoot: Bool)? {
        guard let equals = line.firstIndex(of: "="),
            !line[..<equals].contains(where: { "\"\\!+".contains($0) })
        else {
            return nil
        }
        // The user list ends where a blank is not beside a comma.
        let tight = line[..<equals].split(separator: ",").map(trimmed).joined(separator: ",")
        let sides = tight.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard sides.count == 2 else { return nil }
        return (list(sides[0]), runsAsRoot(line[line.index(after: equals)...]))
    }

    /// A command without a user in brackets before it runs as root; one with brackets as those named, and `ALL` and
    /// aliases may be root.
    private static func runsAsRoot(_ commands: Substring) -> Bool {
        let trimmedCommands = trimmed(commands)
        guard trimmedCommands.hasPrefix("(") else { return true }
        for part in trimmedCommands.split(separator: "(") {
            let users = part.prefix { $0 != ")" && $0 != ":" }
            for user in list(users)
            where ["root", "ALL", "#0"].contains(user) || user.first?.isUppercase == true {
                return true
            }
        }
        // Another host list begins without brackets of its own.
        return trimmedCommands.split(separator: ":").dropFirst().contains { part in
            guard let equals = part.firstIndex(of: "=") else { return false }
            return !trimmed(part[part.index(after: equals)...]).hasPrefix("(")
        }
    }

    private static func subjects(_ name: String, _ aliases: [String: [String]], depth: Int) -> Set<Subject>? {
        guard depth < 16, !name.isEmpty else { return nil }
        if name == "ALL" { return [.everyone] }
        if let members = aliases[name] {
            var found: Set<Subject> = []
            for member in members {
                guard let more = subjects(member, aliases, depth: depth + 1) else { return nil }
                found.formUnion(more)
            }
            return found
        }
        if name.hasPrefix("%#") { return Int64(name.dropFirst(2)).map { [.groupID($0)] } }
        if name.hasPrefix("%:") || name.hasPrefix("+") || name.hasPrefix("!") { return nil }
        if name.hasPrefix("%") { return [.group(String(name.dropFirst()))] }
        if name.hasPrefix("#") { return Int64(name.dropFirst()).map { [.userID($0)] } }
        return [.user(name)]
    }

    private static func list(_ text: some StringProtocol) -> [String] {
        text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let head = text.drop(while: \.isWhitespace)
        return String(String(head.reversed().drop(while: \.isWhitespace).reversed()))
    }
}
