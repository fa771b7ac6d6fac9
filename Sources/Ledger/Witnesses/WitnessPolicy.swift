import Formats

/// What is wrong with a policy; lines are counted from 1.
package enum PolicyError: Error, Hashable, CustomStringConvertible {
    case line(Int, String)
    case noQuorum
    case tooLong

    package var description: String {
        switch self {
        case .line(let line, let what): "line \(line): \(what)"
        case .noQuorum: "it has no line \"quorum NAME\" or \"quorum none\""
        case .tooLong: "it is longer than 1 MiB"
        }
    }
}

/// Which witnesses must have signed a checkpoint before it counts (C2SP tlog-policy).
///
///     log acme.example/evidence+1a2b3c4d+AbCd…
///     witness auditor auditor.example/w+…  https://w.auditor.example/
///     group both all auditor sister
///     quorum both
package struct WitnessPolicy: Sendable, Hashable {
    /// One witness, by the name that the policy gives it.
    package struct Witness: Sendable, Hashable {
        package let name: String
        package let verifier: NoteVerifier
        /// Where it takes checkpoints; nil when it is only verified, not asked.
        package let address: String?
    }

    private indirect enum Rule: Sendable, Hashable {
        case witness(NoteVerifier)
        case group(threshold: Int, [Rule])

        func isMet(by signers: Set<NoteVerifier>) -> Bool {
            switch self {
            case .witness(let verifier): signers.contains(verifier)
            case .group(let threshold, let members):
                members.count(where: { $0.isMet(by: signers) }) >= threshold
            }
        }
    }

    /// The logs of `log` lines.
    package let logs: [NoteVerifier]
    package let witnesses: [Witness]
    private let quorum: Rule?
    /// The lines that say something, for writing it again.
    package let lines: [String]

    /// Whether no witness is asked for.
    package var isNone: Bool { quorum == nil }

    /// Reads a policy.
    package init(parsing text: String) throws(PolicyError) {
        guard text.utf8.count <= 1 << 20 else { throw .tooLong }
        var reader = PolicyReader()
        var kept: [String] = []
        // Splitting bytes: a line end may be part of a longer character.
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = String(Substring(line))
            if let control = line.utf8.first(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
                throw .line(index + 1, "it holds the control character \(control)")
            }
            let words = line.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).map {
                String(Substring($0))
            }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            do throws(PolicyProblem) {
                try reader.read(words)
            } catch {
                throw .line(index + 1, error.what)
            }
            kept.append(words.joined(separator: " "))
        }
        guard let quorum = reader.quorum else { throw .noQuorum }
        switch quorum {
        case .none: self.quorum = nil
        case .some(let rule): self.quorum = rule
        }
        logs = reader.logs
        witnesses = reader.witnesses
        self.lines = kept
    }

    /// Whether these keys, which are seen to have signed, make up the quorum.
    package func isMet(by signers: some Sequence<NoteVerifier>) -> Bool {
        quorum?.isMet(by: Set(signers)) ?? true
    }

    private struct PolicyProblem: Error {
        let what: String
    }

    private struct PolicyReader {
        var logs: [NoteVerifier] = []
        var witnesses: [Witness] = []
        var quorum: Rule??
        private var rules: [Identifier: Rule] = [:]
        private var members: Set<Identifier> = []
        /// How many groups stand in one another below a name.
        private var depths: [Identifier: Int] = [:]
        /// Whoever walks the groups goes into each: deeper ones could exhaust the stack.
        private static let deepest = 32

        mutating func read(_ words: [String]) throws(PolicyProblem) {
            switch (words[0], words.count) {
            case ("log", 2), ("log", 3):
                let verifier = try key(words[1])
                guard verifier.algorithm == .ed25519 else { throw PolicyProblem(what: "not a log's key") }
                guard !logs.contains(where: { $0.publicKey == verifier.publicKey }) else {
                    throw PolicyProblem(what: "the same log stands here twice")
                }
                logs.append(verifier)
            case ("witness", 3), ("witness", 4):
                let verifier = try key(words[2])
                guard verifier.algorithm == .ed25519Cosignature else {
                    throw PolicyProblem(what: "a witness signs with a cosignature key (type 4)")
                }
                guard !witnesses.contains(where: { $0.verifier.publicKey == verifier.publicKey }) else {
                    throw PolicyProblem(what: "the same witness stands here twice")
                }
                try define(words[1], .witness(verifier))
                witnesses.append(
                    Witness(name: words[1], verifier: verifier, address: words.count == 4 ? words[3] : nil))
            case ("group", 4...): try group(words)
            case ("quorum", 2):
                guard quorum == nil else { throw PolicyProblem(what: "a second quorum") }
                guard words[1] != "none" else {
                    quorum = .some(nil)
                    return
                }
                guard let rule = rules[Identifier(words[1])] else {
                    throw PolicyProblem(what: "\"\(words[1])\" is not defined above")
                }
                quorum = rule
            default:
                throw PolicyProblem(what: "\"\(words[0])\" with \(words.count - 1) words is not understood")
            }
        }

        private mutating func group(_ words: [String]) throws(PolicyProblem) {
            var rules: [Rule] = []
            let depth = 1 + (words.dropFirst(3).compactMap { depths[Identifier($0)] }.max() ?? 0)
            guard depth <= Self.deepest else {
                throw PolicyProblem(what: "groups stand in one another more than \(Self.deepest) deep")
            }
            for member in words.dropFirst(3) {
                guard let rule = self.rules[Identifier(member)] else {
                    throw PolicyProblem(what: "\"\(member)\" is not defined above")
                }
                guard members.insert(Identifier(member)).inserted else {
                    throw PolicyProblem(what: "\"\(member)\" is in a group already")
                }
                rules.append(rule)
            }
            let threshold: Int
            switch words[2] {
            case "any": threshold = 1
            case "all": threshold = rules.count
            default:
                guard let number = Int(plainDecimal: words[2].utf8), (1...rules.count).contains(number) else {
                    throw PolicyProblem(
                        what: "\"\(words[2])\" is not any, all, or a number up to \(rules.count)")
                }
                threshold = number
            }
            try define(words[1], .group(threshold: threshold, rules))
            depths[Identifier(words[1])] = depth
        }

        private mutating func define(_ name: String, _ rule: Rule) throws(PolicyProblem) {
            guard name != "none", rules[Identifier(name)] == nil else {
                throw PolicyProblem(what: "the name \"\(name)\" is taken")
            }
            rules[Identifier(name)] = rule
        }

        private func key(_ text: String) throws(PolicyProblem) -> NoteVerifier {
            do {
                return try NoteVerifier(vkey: text)
            } catch {
                throw PolicyProblem(what: error.description)
            }
        }
    }
}
