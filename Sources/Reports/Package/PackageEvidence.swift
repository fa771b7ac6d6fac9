import Assessment
import Evidence
import Formats
import Ledger
import Programs

/// What the payloads of a package tell and what they do not.
struct PackagedEvidence {
    var items = 0
    var batches = 0
    /// The kinds of all facts that are told.
    private(set) var kinds: Set<Identifier> = []
    /// Of the newest item: those of one kind stand together.
    private var lastKind: Identifier?
    var withheldFields = 0
    var withheldRecords = 0
    var erased: [ErasedItem] = []
    var tombstones = Tombstones()
    var isWhole: Bool { withheldFields == 0 && withheldRecords == 0 && erased.isEmpty }

    /// What is to be said of what is missing; empty when nothing is.
    var claims: [Claim] {
        var claims: [Claim] = []
        if withheldFields > 0 || withheldRecords > 0 {
            claims.append(
                Claim(
                    "personal data", .withheld,
                    "\(withheldFields) fields and \(withheldRecords) whole records; digests stand in their place"
                ))
        }
        let leaves = Set(erased.compactMap { tombstones.leaf(of: $0) }).sorted()
        if !leaves.isEmpty {
            let entries =
                leaves.prefix(5).map(String.init).joined(separator: ", ") + (leaves.count > 5 ? ", …" : "")
            claims.append(Claim("erased", .erased, "\(erased.count) items, by log entry \(entries)"))
        }
        return claims
    }

    mutating func add(_ line: PayloadLine, leaf: Int, item: Int) {
        items += 1
        if let fact = line.fact, fact.kind != lastKind {
            kinds.insert(fact.kind)
            lastKind = fact.kind
        }
        switch line.extent {
        case .whole: break
        case .withoutFields(let count): withheldFields += count
        case .withheld: withheldRecords += 1
        case .erased: erased.append(ErasedItem(leaf: leaf, item: item, hash: line.leafHash))
        }
    }
}

extension PackageVerification {
    /// Every batch against its population, its lines read one by one.
    mutating func checkBatches() throws -> String {
        var found = PackagedEvidence()
        var members = try PackagedMembers(reader, profile: manifest?.profile)
        try log.forEach(where: { $0 == ErasureStatement.predicateType }) { leaf, entry in
            found.tombstones.add(entry.statement, leaf: leaf)
        }
        try log.forEach(where: BatchStatement.isBatch) { leaf, entry in
            let path = PackageLayout.path(PackageLayout.batches, leaf: leaf)
            do {
                try checkBatch(entry, leaf: leaf, path, &found, &members)
            } catch {
                throw Failed(description: "\(path): \(error)")
            }
        }
        try refuseStrays(in: PackageLayout.batches, where: BatchStatement.isBatch)
        try members.refuseStrays(reader)
        for item in found.erased where found.tombstones.leaf(of: item) == nil {
            throw Failed(
                description:
                    "item \(item.item) of batch \(item.leaf) is gone, and no log entry says that it was erased"
            )
        }
        evidence = found
        return "\(found.items) items in \(found.batches) batches have the population roots in the log"
            + members.remark
    }

    private func checkBatch(
        _ entry: LogEntry, leaf: Int, _ path: String, _ found: inout PackagedEvidence,
        _ members: inout PackagedMembers
    ) throws {
        guard let statement = BatchStatement(entry.statement) else {
            throw RecordError.notABatch(leaf: leaf)
        }
        var reading = PayloadReading()
        var lines: [(item: Int, line: PayloadLine)] = []
        var count = 0
        var last: Fact?
        let list = try members.list(of: statement, reader)
        let key = members.key(of: statement.source)
        try reader.read(path) { chunk in
            try reading.append(chunk) { lines.append(($0, $1)) }
            let names = try PackagedMembers.names(of: lines.map(\.line.fact), key, list)
            for (place, (item, line)) in lines.enumerated() {
                found.add(line, leaf: leaf, item: item)
                count += 1
                members.add(line.fact, name: names[place], of: statement.source)
                guard let fact = line.fact else { continue }
                if let last, Fact.isInPopulationOrder(fact, before: last) {
                    throw Failed(description: "line \(item + 1) is not in the order of the population")
                }
                last = fact
            }
            lines.removeAll(keepingCapacity: true)
        }
        try reading.finish(statement.population)
        try members.finish(statement, list)
        if statement.counts.facts != count {
            throw Failed(description: "holds \(count) items, but \(statement.counts.facts) were counted")
        }
        found.batches += 1
    }

    func checkProgram() throws -> String {
        let (history, _) = try program(before: log.count)
        try refuseStrays(in: PackageLayout.program) { $0 == ProgramStatement.predicateType }
        if let manifest, evidence.batches > 0 || evidence.items > 0 { try checkLabels(manifest) }
        return "\(history.current.documents.count) documents in force, all versions match the log"
    }

    func checkResult() throws -> String {
        let (leaf, statement) = try assessment()
        let result = try reader.bytes(PackageLayout.result)
        guard Digest.sha256(result) == statement.result else {
            throw Failed(description: "result.json is not the result that log entry \(leaf) states")
        }
        guard ResultSummary.bytes(of: result).map({ Digest.sha256($0) }) == statement.summary else {
            throw Failed(description: "log entry \(leaf) states a summary that is not the one of its result")
        }
        return "result.json is what log entry \(leaf) states (sha256 \(statement.result.hex.prefix(16))…)"
    }
}
