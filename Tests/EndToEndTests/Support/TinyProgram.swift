import Testing

/// A program of one control and one test, and the few facts it looks at.
enum TinyProgram {
    static func organization(_ domain: String = "tiny.example", synthetic: Bool = false) -> String {
        """
        organization: tiny-clinic
        name: Tiny Clinic
        domain: \(domain)
        \(synthetic ? "synthetic: true" : "zone: UTC")

        """
    }

    static let system = """
        system: portal
        title: The portal
        description: One web page.

        """

    static func control(_ id: String = "OPS-01", tests: String = "portal-up") -> String {
        """
        control: \(id)
        title: The portal answers
        statement: The portal answers whenever it is asked.
        criteria: [A1.1]
        owner: operations
        frequency: continuous
        nature: automated
        tests: [\(tests)]

        """
    }

    static func test(_ id: String = "portal-up", require: String = "p.up") -> String {
        """
        test: \(id)
        title: The portal answered every probe
        kind: event
        of: uptime.probe
        require: \(require)

        """
    }

    static let period = """
        period: january
        from: 2025-01-01
        to: 2025-02-01

        """

    /// One file with several documents.
    static func file(_ documents: String...) -> String {
        documents.joined(separator: "---\n")
    }

    static func complete(synthetic: Bool = false) -> String {
        file(organization(synthetic: synthetic), system, control(), test(), period)
    }

    static func probe(_ id: String, at: String = "2025-01-02T00:00:00Z", up: Bool = true) -> String {
        #"{"kind":"uptime.probe","id":"\#(id)","at":"\#(at)","value":{"service":"portal","up":\#(up)}}"#
            + "\n"
    }

    static let coverage =
        #"{"coverage":"uptime.probe","from":"2025-01-01T00:00:00Z","to":"2025-02-01T00:00:00Z"}"# + "\n"

    static let facts = probe("p-1") + probe("p-2", at: "2025-01-03T00:00:00Z", up: false) + coverage
}

extension Desk {
    /// A workspace with the tiny program in force, and facts if wanted.
    static func tiny(synthetic: Bool = false, facts: String? = nil) async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete(synthetic: synthetic))
        if synthetic {
            // Before all that its tests record.
            try await desk.expect(0, "apply", "program", "--clock", "2025-01-01T00:00:00Z")
        } else {
            try await desk.expect(0, "apply", "program")
        }
        if let facts {
            try desk.scratch.write("facts.jsonl", facts)
            try await desk.expect(0, "import", "facts.jsonl")
        }
        return desk
    }
}
