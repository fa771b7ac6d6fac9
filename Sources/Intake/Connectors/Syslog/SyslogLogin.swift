import Formats

/// A log-in, or an attempt at one, as `sshd` and `sudo` tell it in a message of RFC 5424.
///
/// Of `sshd` those count that were let in, and those whose password was refused: clients try one key after the other, and
/// what it says of each is no attempt of a person. Of `sudo` each command counts, and each refusal; the command itself is
/// left behind, it may hold a secret.
struct SyslogLogin: Sendable, Hashable {
    /// Nil for a name that the machine does not know: people type passwords there.
    var user: String?
    var isSuccess: Bool
    var address: String?

    /// Longer messages are of others.
    private static let longest = 4_096

    private init(user: String?, isSuccess: Bool, address: String? = nil) {
        self.user = user
        self.isSuccess = isSuccess
        self.address = address
    }

    /// Nil for every other message.
    init?(application: String?, _ body: some Collection<UInt8>) {
        guard body.count <= Self.longest else { return nil }
        let text = String(decoding: body, as: UTF8.self)
        let found: SyslogLogin? =
            switch application {
            // rsyslog hands on the space before a message of its own machine.
            case "sshd", "sshd-session": Self.ssh(Self.words(text.drop { $0 == " " }))
            case "sudo": Self.sudo(text)
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    /// Also empty ones: what somebody gave as a name may have spaces at any place.
    private static func words(_ text: some StringProtocol) -> [String] {
        text.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
    }

    private static let passwords: Set<String> = [
        "password", "keyboard-interactive", "keyboard-interactive/pam",
    ]

    /// `Accepted publickey for asha from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:…`,
    /// `Failed password for invalid user x from 192.0.2.7 port 50022 ssh2`.
    private static func ssh(_ words: [String]) -> SyslogLogin? {
        guard words.count >= 9, words[2] == "for" else { return nil }
        switch words[0] {
        case "Accepted":
            // Who was let in has a name of the machine, which holds no space.
            guard let address = place(words[4..<9]), !words[3].isEmpty else { return nil }
            return SyslogLogin(user: words[3], isSuccess: true, address: address)
        case "Failed" where passwords.contains(words[1]):
            // A name that somebody made up may read like all of this: only the end is the program's own.
            guard let address = place(words.suffix(5)) else { return nil }
            let name = words[3..<(words.count - 5)]
            let isKnown = name.count == 1 && name.first?.isEmpty == false
            return SyslogLogin(user: isKnown ? name.first : nil, isSuccess: false, address: address)
        default: return nil
        }
    }

    /// The address in `from 192.0.2.7 port 50022 ssh2`, whatever stands behind a colon.
    private static func place(_ words: ArraySlice<String>) -> String? {
        let words = Array(words)
        guard words.count == 5, words[0] == "from", words[2] == "port", UInt16(words[3]) != nil,
            words[4] == "ssh2" || words[4] == "ssh2:", !words[1].isEmpty
        else { return nil }
        return words[1]
    }

    /// `asha : TTY=pts/0 ; PWD=/home/asha ; USER=root ; COMMAND=/usr/bin/id`; before the TTY stands why it was refused.
    private static func sudo(_ text: String) -> SyslogLogin? {
        let line = text.drop { $0 == " " }
        let user = line.prefix { $0 != " " }
        let rest = line.dropFirst(user.count)
        // Only what stands first is the program's own: folders and commands may read like anything.
        guard !user.isEmpty, rest.hasPrefix(" : "), rest.contains(" ; COMMAND=") else { return nil }
        let said = rest.dropFirst(3)
        if ["TTY=", "HOST=", "PWD="].contains(where: { said.hasPrefix($0) }) {
            return SyslogLogin(user: String(user), isSuccess: true)
        }
        guard let end = said.firstRange(of: " ; ")?.lowerBound else { return nil }
        return isRefusal(said[..<end]) ? SyslogLogin(user: String(user), isSuccess: false) : nil
    }

    private static func isRefusal(_ reason: Substring) -> Bool {
        let refusals: Set<String> = [
            "user NOT in sudoers", "user NOT authorized on host", "command not allowed",
            "a password is required",
        ]
        if refusals.contains(String(reason)) { return true }
        let said = words(reason)
        return said.count == 4 && UInt(said[0]) != nil && said[1] == "incorrect" && said[2] == "password"
    }
}
