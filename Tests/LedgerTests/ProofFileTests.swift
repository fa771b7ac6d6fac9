import Testing

@testable import Formats
@testable import Ledger

@Suite struct ProofFileTests {
    private let signer: NoteSigner
    private let file: ProofFile
    private let leaf: Digest
    private let checkpoint: Checkpoint

    init() throws {
        signer = try .sample()
        let tree = MemoryTree(leaves(21))
        checkpoint = try Checkpoint(origin: "example.org/log", size: 21, root: tree.root)
        leaf = leaves(21)[10]
        file = ProofFile(
            index: 10, path: try tree.inclusionProof(index: 10).path,
            checkpoint: try checkpoint.signed(by: signer))
    }

    private func open(_ bytes: [UInt8]) throws -> Checkpoint {
        try ProofFile(parsing: bytes).verify(
            leaf: leaf, verifiers: [signer.verifier], origin: "example.org/log")
    }

    @Test func `a proof file comes back and proves its entry`() throws {
        #expect(try ProofFile(parsing: file.encoded) == file)
        #expect(try open(file.encoded) == checkpoint)
        #expect(text(file.encoded).hasPrefix("c2sp.org/tlog-proof@v1\nindex 10\n"))
        let extra = ProofFile(index: 10, path: file.path, extra: [1, 2], checkpoint: file.checkpoint)
        #expect(try ProofFile(parsing: extra.encoded) == extra)
        #expect(try open(extra.encoded) == checkpoint)
    }

    @Test func `a proof file with any bit flipped or cut short is refused`() {
        let good = file.encoded
        for bit in 0..<good.count * 8 {
            var changed = good
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: ProofFileError.self, "bit \(bit)") { try open(changed) }
        }
        for length in 0..<good.count {
            #expect(throws: ProofFileError.self) { try open(Array(good[..<length])) }
        }
    }

    @Test func `another entry is refused`() {
        #expect(throws: ProofFileError.proof(.root(tree: "tree of 21 entries"))) {
            try file.verify(leaf: leaves(21)[11], verifiers: [signer.verifier], origin: "example.org/log")
        }
    }

    @Test(arguments: [
        ("c2sp.org/tlog-proof@v2\nindex 0\n\n", ProofFileError.otherFormat),
        ("c2sp.org/tlog-proof@v1\nindex 00\n\n", .badIndex), ("c2sp.org/tlog-proof@v1\n\n", .badIndex),
        ("c2sp.org/tlog-proof@v1\nextra *\nindex 0\n\n", .badExtra),
        ("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n", .badHash(line: 3)),
        ("c2sp.org/tlog-proof@v1\nindex 0\n", .cutOff), ("", .cutOff),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\n", .checkpoint(.note(.noSignatures))),
    ])
    func `a malformed proof file is refused with its reason`(source: String, expected: ProofFileError) {
        #expect(throws: expected) { try ProofFile(parsing: bytes(source)) }
    }

    @Test func `a proof longer than any tree is refused while reading`() {
        let long = ProofFile(
            index: 0, path: Array(repeating: leaf, count: 65), checkpoint: file.checkpoint)
        #expect(throws: ProofFileError.badHash(line: 67)) { try ProofFile(parsing: long.encoded) }
    }
}
