import Assessment
import Evidence
import Formats
import Reports
import Storage

extension Workspace {
    /// A package for buyers withholds personal fields, but not names of units, without which nothing could be followed up.
    /// A test may name its units by values of such fields. Where a value is also the key of a record it is told anyway.
    func refusePersonalUnits(
        of statement: AssessmentStatement, in payload: BlobName, hiding personal: PersonalFields,
        _ database: any Reading
    ) throws {
        let input = try sealedRecord(database).input(statement.period, knownAt: statement.knownAt).input
        let read = Dictionary(
            input.tests.map { ($0.id, $0.unitFieldsRead) }, uniquingKeysWith: { $0.union($1) })
        let fields = read.mapValues { Self.names($0, in: personal) }.filter { !$0.value.isEmpty }
        if fields.isEmpty { return }
        let bytes = try blobs.get(payload)
        let result = try JSON(canonical: bytes, limits: JSONLimits(bytes: bytes.count))
        let units = Self.units(in: result, of: Set(fields.keys))
        let unknown = try withoutKeys(units.values.reduce(into: []) { $0.formUnion($1) }, database)
        for (test, names) in fields.sorted(by: { $0.key < $1.key }) {
            let told = (units[test] ?? []).intersection(unknown)
            if !told.isEmpty {
                throw PackageError.personalUnits(test: test, fields: names, count: told.count)
            }
        }
    }

    /// The personal fields among those that are read, as `kind.field`, sorted.
    private static func names(_ read: Set<FieldRead>, in personal: PersonalFields) -> [String] {
        let names = Set(read.map(\.kind)).flatMap { kind in
            personal.fields(of: kind)
                .filter {
                    read.contains(FieldRead(kind: kind, field: nil))
                        || read.contains(FieldRead(kind: kind, field: Identifier($0)))
                }
                .map { Identifier("\(kind).\($0)") }
        }
        return names.sorted().map(\.text)
    }

    /// The units of some tests that a result names.
    private static func units(in result: JSON, of tests: Set<Identifier>) -> [Identifier: Set<Identifier>] {
        var found: [Identifier: Set<Identifier>] = [:]
        for outcome in result["tests"]?.array ?? [] {
            guard let test = outcome["test"]?.string.map({ Identifier($0) }), tests.contains(test) else {
                continue
            }
            let rows = (outcome["exceptions"]?.array ?? []) + (outcome["rows"]?.array ?? [])
            let keys = rows.compactMap { $0.array?.first?.string }.filter { !$0.isEmpty }
            found[test, default: []].formUnion(keys.map { Identifier($0) })
        }
        for last in result["lastOccurrences"]?.array ?? [] {
            guard let test = last["test"]?.string.map({ Identifier($0) }), tests.contains(test),
                let key = last["key"]?.string
            else { continue }
            found[test, default: []].insert(Identifier(key))
        }
        return found
    }

    /// Those of some names that are the key of no record.
    private func withoutKeys(
        _ names: Set<Identifier>, _ database: any Reading
    ) throws -> Set<Identifier> {
        var unknown = names
        let reader = EvidenceReader(database, blobs: blobs)
        let keys: @Sendable ([PayloadLine]) -> [Identifier] = { lines in lines.compactMap { $0.fact?.key } }
        for row in try EvidenceTables.batches(database) {
            if unknown.isEmpty { break }
            try reader.forEachStretch(try reader.opened(row), ofLines: keys) { _, found in
                unknown.subtract(found)
            }
        }
        return unknown
    }
}
