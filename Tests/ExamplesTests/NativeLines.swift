import Examples
import Formats
import Testing

/// The evidence files as a reader of native JSON Lines sees them, batch by batch.
struct NativeBatch {
    let header: JSON
    var facts: [JSON] = []

    var source: String { header["source"]?.string ?? "" }
    var recorded: Instant? { header["recorded"]?.string.flatMap(Instant.init) }
    var kinds: [String] { (header["kinds"]?.array ?? []).compactMap(\.string) }
}

extension ExampleCompany {
    func file(_ path: String) throws -> ExampleFile {
        try #require(files().first { $0.path == path }, "no file \(path)")
    }

    /// All batches of both files, in their order.
    func batches() throws -> [NativeBatch] {
        var batches: [NativeBatch] = []
        for path in ["evidence/1-before-update.jsonl", "evidence/2-after-update.jsonl"] {
            for line in try file(path).bytes.split(separator: UInt8(ascii: "\n")) {
                let json = try JSON(parsing: Array(line), limits: .standard)
                if let header = json["batch"] {
                    batches.append(NativeBatch(header: header))
                } else {
                    let last = try #require(batches.indices.last, "a fact before the first batch")
                    batches[last].facts.append(json)
                }
            }
        }
        return batches
    }
}

/// One company that many tests look at, made and read once.
enum Sample {
    static let company = ExampleCompany(seed: 42)
    private static let read = Result { try company.batches() }
    static func batches() throws -> [NativeBatch] { try read.get() }
}

extension ExampleFile {
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON {
    func instant(_ name: String) -> Instant? { self[name]?.string.flatMap(Instant.init) }
    /// When a fact begins to hold.
    var start: Instant? { instant("at") ?? instant("from") }
    var names: Set<String> { Set((object?.members ?? []).map(\.name)) }
}
