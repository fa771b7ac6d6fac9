package import Evidence
package import Formats
import Ledger

/// The lists of records in a package for auditors, and the keys that name the records.
package struct PackagedMembers {
    private let keys: [Identifier: MemberKey]
    private let isTold: Bool
    private var expected: Set<Identifier> = []
    /// All, and those whose records a list names.
    private var batches = 0
    private var listed = 0
    private var lists = KnownLists()
    /// The records that are there, by source.
    private var openNames: [Identifier: OpenNames] = [:]

    /// - Parameter profile: only auditors are given the lists and the keys.
    init(_ reader: PackageReader, profile: PackageProfile?) throws {
        isTold = profile == .auditor
        guard isTold, reader.paths.contains(PackageLayout.memberKeys) else {
            keys = [:]
            return
        }
        keys = try Self.keys(parsing: try reader.bytes(PackageLayout.memberKeys))
        expected.insert(Identifier(PackageLayout.memberKeys))
    }

    /// The file of keys: canonical JSON, the key of each source in hexadecimal digits.
    package static func encoded(_ keys: [Identifier: MemberKey]) throws -> [UInt8] {
        try CanonicalJSON.encode(
            .object(
                keys.sorted { $0.key < $1.key }.map { ($0.key.text, .string(Hex.encode($0.value.bytes))) })
        )
    }

    private static func keys(parsing bytes: [UInt8]) throws -> [Identifier: MemberKey] {
        let members = try JSON(parsing: bytes).object?.members ?? []
        var found: [Identifier: MemberKey] = [:]
        for member in members {
            guard let key = member.value.string.flatMap({ Hex.decode($0) }).flatMap({ MemberKey($0) }) else {
                throw PackageVerification.Failed(
                    description: "\(PackageLayout.memberKeys): the key of \(member.name) is malformed")
            }
            found[Identifier(member.name)] = key
        }
        return found
    }

    /// The key that names the records of a source; nil where the package has none to show.
    func key(of source: Identifier) -> MemberKey? { keys[source] }

    /// Takes in the next items of a batch of a source.
    mutating func add(_ items: PackagedItems, of source: Identifier) {
        for (fact, name) in items.named { openNames[source, default: OpenNames()].add(fact, name: name) }
        for _ in 0..<items.silent { openNames[source, default: OpenNames()].addErased() }
    }

    /// Ends a batch: a snapshot must list what was there and has not ended.
    mutating func finish(_ statement: BatchStatement, _ list: MemberList?) throws {
        try openNames[statement.source, default: OpenNames()].finish(statement, list)
    }

    /// The list of a batch's records, proven against its statement; nil where the package has none to show.
    mutating func list(
        of statement: BatchStatement, _ reader: PackageReader
    ) throws -> MemberList? {
        batches += 1
        guard let members = statement.members else { return nil }
        guard members.count <= statement.counts.received else {
            throw MemberError.excess(stated: members.count, received: statement.counts.received)
        }
        listed += 1
        guard isTold else { return nil }
        guard let key = keys[statement.source], key.commitment == members.key else { throw MemberError.key }
        expected.insert(Identifier(PackageLayout.members(members.root)))
        return try lists.list(of: members) {
            let list = try MemberList(parsing: try reader.bytes(PackageLayout.members(members.root)))
            try list.check(against: members)
            return list
        }
    }

    /// Every file of the folder is one that a statement calls for.
    func refuseStrays(_ reader: PackageReader) throws {
        for path in reader.paths where path.utf8.starts(with: PackageLayout.members.utf8) {
            if !expected.contains(Identifier(path)) {
                throw PackageVerification.Failed(description: "\(path) is the list of no batch in the log")
            }
        }
    }

    /// What is to be said of them.
    var remark: String {
        if listed == 0 { return "" }
        let earlier = openNames.values.reduce(EarlierSnapshots()) { $0 + $1.earlier }
        let late =
            earlier.count == 0
            ? ""
            : "; left out by \(Wording.count(earlier.count, "snapshot")) of an earlier time than what stands in "
                + "front: \(Wording.count(earlier.records, "record"))"
        let which = listed == batches ? "their records" : "the records of \(listed) of \(batches) batches"
        let told = isTold ? "; so have the lists of \(which)" : "; the lists of \(which) are for auditors"
        return told + late
    }
}
