import Formats

/// The small program that `assay init` writes: it tests a git repository and the machine it runs on, and is meant to
/// be edited.
package enum StarterProgram {
    /// The documents, sorted by path, for an organisation that is about to begin.
    ///
    /// - Parameters:
    ///   - organization: its name as people write it; the document's id is made from it.
    ///   - domain: its internet domain.
    ///   - from: the first moment of the period to look at.
    ///   - to: the end of that period; must be later.
    package static func files(organization: String, domain: String, from: String, to: String)
        -> [ExampleFile]
    {
        [
            ExampleFile("controls.yaml", controls),
            ExampleFile("organization.yaml", head(organization, domain, from, to)),
            ExampleFile("policies/change-management.md", changePolicy(reviewed: from)),
            ExampleFile("policies/system-hardening.md", hostPolicy(reviewed: from)),
            ExampleFile("sources.yaml", sources),
            ExampleFile("tests-host.yaml", hostTests),
            ExampleFile("tests-repository.yaml", repositoryTests),
        ]
    }

    private static func head(_ name: String, _ domain: String, _ from: String, _ to: String) -> String {
        """
        # Who you are. The first key of a document says what it is, its value is the id that others refer to.
        # Calendar windows (weeks, quarters) are counted in the zone.
        organization: \(id(name))
        name: \(quoted(name))
        domain: \(quoted(domain))
        zone: UTC
        ---
        # What is examined: name the parts that your promises to customers are about.
        system: main-system
        title: What we run for our customers
        description: >-
          One source repository and one machine. Describe here what belongs to the system and what does not.
        ---
        # The stretch of time that is judged. "tolerable" is the share of exceptions that you and your auditor accept,
        # "coverage" the share of the time about which something must be known.
        period: this-year
        from: \(from)
        to: \(to)
        tolerable: 5%
        coverage: 95%
        """
    }

    private static let sources = """
        # Where evidence comes from. "assay collect" runs all sources, "assay collect this-host" only one.

        # The git repository in the current folder: each commit is a change, each tag a release.
        source: this-repository
        connector: git
        params: { path: "." }
        kinds: [vcs.change, vcs.release]
        freshness: 8d
        ---
        # The machine that this runs on. What may not be read without being root is reported as unknown, not as fine.
        source: this-host
        connector: host
        kinds: [host.account, host.sshd, host.update, host.socket, host.clock, host.volume]
        freshness: 26h
        """

    private static let longestID = 60

    /// Lower-case letters, digits and single hyphens, so that it can be an id whatever the name is.
    package static func id(_ name: String) -> String {
        var id = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                id.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): id.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
            default: if !id.isEmpty, !id.hasSuffix("-") { id += "-" }
            }
        }
        id = String(id.prefix(longestID))
        if id.hasSuffix("-") { id.removeLast() }
        return id.isEmpty ? "organization" : id
    }

    /// A YAML scalar in double quotes that reads back as exactly this text.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            // YAML does not take the other control characters, and would fold the line separators.
            case "\0"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
