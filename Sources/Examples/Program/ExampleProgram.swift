/// The example company's own promises, as the documents that `assay apply` reads.
enum ExampleProgram {
    static let notice = "# Synthetic data: Example Imaging does not exist."

    /// - Parameter updated: whether the program is the one in force from 2026-02-10 on.
    static func files(in folder: String, updated: Bool) -> [ExampleFile] {
        let evidence = updated ? "evidence/2-after-update.jsonl" : "evidence/1-before-update.jsonl"
        var files = [
            document("organization", [organization, system, period]),
            document("controls-access", accessControls),
            document("controls-operations", operationsControls),
            document("sources", sources.map { source($0, path: evidence) }),
            document("tests-access", accessTests),
            document("tests-backup", backupTests + [updated ? retentionFrom35Days : retentionFrom14Days]),
            document("tests-operations", operationsTests),
            ExampleFile("policies/access-control.md", accessPolicy),
            ExampleFile("policies/operations.md", operationsPolicy),
        ]
        if updated { files.append(document("waivers", [waiver])) }
        return files.map { ExampleFile(path: folder + "/" + $0.path, bytes: $0.bytes) }
    }

    private static func document(_ name: String, _ parts: [String]) -> ExampleFile {
        ExampleFile(name + ".yaml", notice + "\n" + parts.joined(separator: "\n---\n"))
    }

    private static let organization = """
        organization: example-imaging
        name: "Example Imaging (synthetic data)"
        domain: example-imaging.example
        synthetic: true
        zone: UTC
        """

    private static let system = """
        system: imaging-cloud
        title: Image archive and reading worklist for radiology practices
        description: >-
          The viewer, the gateway that takes images in, the worklist, the inference service and the stores behind
          them, in one cloud account, together with the people and tools that build and run them.
        """

    private static let period = """
        period: fy2026
        from: 2025-07-01T00:00:00Z
        to: 2026-07-01T00:00:00Z
        tolerable: 5%
        coverage: 95%
        """

    private static let waiver = """
        waiver: website-store
        test: store-encrypted
        keys: [store-website]
        from: 2026-02-10T00:00:00Z
        to: 2026-05-01T00:00:00Z
        approved: 2026-02-10T00:00:00Z
        approver: security-officer
        reason: >-
          The store holds the public website only, nothing that is secret, and moves to the encrypted class with the
          new release of the website in April.
        """

    private static let sources: [ExampleSource] = [
        .hris, .directory, .cloud, .sourceControl, .backups, .scanner,
    ]

    private static func source(_ source: ExampleSource, path: String) -> String {
        """
        source: \(source.rawValue)
        connector: file
        params: { path: \(path) }
        kinds: [\(source.kinds.joined(separator: ", "))]
        freshness: \(source == .cloud ? "30h" : "8d")
        """
    }
}
