import Assessment
import Evidence
import Formats
import Reports
import Storage

extension Workspace {
    /// What was erased before an assessment of that which its tests look at.
    func erased(
        before leaf: Int, _ statement: AssessmentStatement, _ database: any Reading
    ) throws -> ErasedCount {
        let earlier = try erasures(database).filter { $0.leaf < leaf }
        if earlier.isEmpty { return ErasedCount() }
        let input = try sealedRecord(database).input(statement.period, knownAt: statement.knownAt).input
        let kinds = input.tests.reduce(into: Set<Identifier>()) { $0.formUnion($1.evidenceKinds) }
        var count = ErasedCount()
        for erasure in earlier where kinds.contains(erasure.statement.kind) {
            count.items += erasure.statement.items.count
            if erasure.isEarly { count.early += erasure.statement.items.count }
        }
        return count
    }
}
