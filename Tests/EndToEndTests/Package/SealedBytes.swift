import Formats
import Ledger
import Reports
import Testing

/// The bytes of a small package as the program sealed it: made once, then only read.
struct SealedBytes: Sendable {
    @TaskLocal fileprivate static var made: SealedBytes?

    static var shared: SealedBytes {
        get throws { try #require(made, "the suite lacks the trait .sealedPackage") }
    }

    let bytes: [UInt8]
    /// The key of the log: what its holder signs is not therefore true.
    let signer: NoteSigner
    /// The key that signs what is collected.
    let collector: NoteSigner

    fileprivate init() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await desk.expect(1, "assess")
        // Nothing in it is personal, so nothing need be asked for.
        try await desk.expect(0, "package", "--out", "small.assay")
        try self.init(desk, "small.assay")
    }

    init(bytes: [UInt8], signer: NoteSigner, collector: NoteSigner) {
        self.bytes = bytes
        self.signer = signer
        self.collector = collector
    }

    /// A package of a desk's workspace, with the keys of that.
    init(_ desk: Desk, _ name: String) throws {
        bytes = try desk.scratch.read(name)
        let key = try desk.scratch.read("workspace/keys/log.key")
        signer = try NoteSigner(privateText: String(decoding: key, as: UTF8.self))
        let other = try desk.scratch.read("workspace/keys/collector.key")
        collector = try NoteSigner(privateText: String(decoding: other, as: UTF8.self))
    }

    /// The package with one byte changed.
    func flipped(_ place: Int) -> [UInt8] {
        var changed = bytes
        changed[place] ^= 0x01
        return changed
    }

    /// A package with other files, nothing of which is sealed anew.
    static func rewritten(
        _ package: [UInt8], _ change: (inout [Identifier: [UInt8]]) throws -> Void
    ) throws -> [UInt8] {
        let reader = try PackageReader(ByteSource(package))
        var files = Dictionary(
            uniqueKeysWithValues: try reader.paths.map { (Identifier($0), try reader.bytes($0)) })
        try change(&files)
        let ordered = files.sorted { $0.key < $1.key }
        return try ZIPWriter.archive(ordered.map { (name: $0.key.text, bytes: $0.value) })
    }

    /// Makes the package before the first test of a suite.
    struct Making: SuiteTrait, TestScoping {
        func provideScope(
            for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
        ) async throws {
            try await SealedBytes.$made.withValue(try await SealedBytes()) { try await body() }
        }
    }
}

extension Trait where Self == SealedBytes.Making {
    static var sealedPackage: Self { Self() }
}
