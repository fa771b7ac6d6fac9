package import Catalog
package import Formats

extension Finding {
    /// As plain JSON, with why it matters and how to mend it.
    package func json(_ rules: RuleCatalog) -> JSON {
        let rule = rules.rule(Identifier(self.rule))
        return .object([
            ("severity", .string(severity.rawValue)), ("rule", .string(self.rule)),
            ("file", .string(place.file)), ("line", .integer(Int64(place.line))),
            ("column", .integer(Int64(place.column))), ("message", .string(message)),
            ("remedy", .string(remedy.isEmpty ? rule?.fix ?? "" : remedy)), ("why", .string(rule?.why ?? "")),
        ])
    }
}

/// Findings as SARIF 2.1.0, the form in which code hosts and editors take them.
package struct FindingReport {
    private let findings: [Finding]
    private let rules: RuleCatalog
    private let version: String

    /// - Parameter version: of the program that found them.
    package init(_ findings: [Finding], rules: RuleCatalog, version: String) {
        self.findings = findings
        self.rules = rules
        self.version = version
    }

    package var sarif: JSON {
        let driver: [(String, JSON)] = [
            ("name", .string("assay")), ("version", .string(version)),
            ("rules", .array(rules.rules.map(descriptor))),
        ]
        return .object([
            ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
            ("version", .string("2.1.0")),
            (
                "runs",
                .array([
                    .object([
                        ("tool", .object([("driver", .object(driver))])),
                        ("columnKind", .string("unicodeCodePoints")),
                        ("results", .array(findings.map(result))),
                    ])
                ])
            ),
        ])
    }

    private func descriptor(_ rule: LintRule) -> JSON {
        .object([
            ("id", .string(rule.id.text)), ("shortDescription", text(rule.title)),
            ("fullDescription", text(rule.why)),
            ("help", text(rule.fix)),
            ("defaultConfiguration", .object([("level", .string(rule.level))])),
            ("properties", .object([("group", .string(rule.group))])),
        ])
    }

    private func result(_ finding: Finding) -> JSON {
        let remedy = finding.remedy.isEmpty ? "" : "; \(finding.remedy)"
        var members: [(String, JSON)] = [("ruleId", .string(finding.rule))]
        if let index = rules.position(Identifier(finding.rule)) {
            members.append(("ruleIndex", .integer(Int64(index))))
        }
        members += [
            ("level", .string(finding.severity.rawValue)), ("message", text(finding.message + remedy)),
        ]
        // A document from a store has no file to point into.
        if finding.place.file != Place.stored.file {
            let region: [(String, JSON)] = [
                ("startLine", .integer(Int64(finding.place.line))),
                ("startColumn", .integer(Int64(finding.place.column))),
            ]
            let file = JSON.object([("uri", .string(Self.uri(finding.place.file)))])
            members.append(
                (
                    "locations",
                    .array([
                        .object([
                            (
                                "physicalLocation",
                                .object([("artifactLocation", file), ("region", .object(region))])
                            )
                        ])
                    ])
                ))
        }
        return .object(members)
    }

    private func text(_ text: String) -> JSON {
        .object([("text", .string(text))])
    }

    /// A path as a relative reference (RFC 3986): everything but unreserved characters and slashes escaped.
    static func uri(_ path: String) -> String {
        var uri = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                uri += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return uri
    }
}
