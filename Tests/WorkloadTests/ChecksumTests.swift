import Testing
import Workload

struct ChecksumTests {
    @Test(arguments: [
        (
            WorkloadSize.tiny, UInt64(1_058),
            "fa3d7d4896b063bec3a5bb0e95dda0eaae5df7a26f2fa9ba4d3391973fa1f4b2"
        ), (.tiny, 1_835, "4d8bcc0bd2a8c5a1f270f322430e123186c25792b56d0d4c4edb8f0a19fc2eaa"),
        (.small, 1_058, "da1c2f36481c115db0bf6a527c92614f8f07bd19e41433e0352fd0deee405d65"),
    ])
    func `the rows are those that the twin in Python draws`(
        size: WorkloadSize, seed: UInt64, checksum: String
    ) throws {
        #expect(try WorkloadChecksum(SeededEvidence(size, seed: seed)).hexadecimal == checksum)
    }

    @Test func `tables of bounded size hold the same rows as one table`() throws {
        let evidence = SeededEvidence(.tiny)
        for kind in WorkloadKind.all {
            var keys: [UInt32] = []
            try evidence.stream(kind, limit: 7) { keys += $0.keys }
            #expect(keys == evidence.table(kind).keys)
        }
    }
}
