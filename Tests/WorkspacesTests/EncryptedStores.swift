import Programs

extension Program {
    /// A made-up company with a period of one month and one test: stores are encrypted, or will be within a grace.
    static func encryptedStores(grace: String) throws -> Program {
        let text =
            ScratchWorkspace.organization + """
                ---
                period: whole
                from: 2026-01-01
                to: 2026-02-01
                ---
                test: encrypted
                kind: state
                of: cloud.store
                as: s
                require: s.encrypted
                params: { grace: \(grace) }
                """
        return try Program(reading: [ProgramFile(path: "program.yaml", bytes: Array(text.utf8))])
    }
}
