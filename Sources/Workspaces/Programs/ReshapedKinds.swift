import Evidence
package import Programs
import Storage

extension Workspace {
    /// What keeps a checked program from being applied because of what is on record, in the order of files and lines.
    package func refusals(of program: Program) throws -> [Finding] {
        try database.read { try refusals(of: program, $0) }
    }

    func refusals(of program: Program, _ database: any Reading) throws -> [Finding] {
        try self.program(database).history.reshapedKinds(
            in: program, collected: Set(try EvidenceTables.kinds(database)),
            recorded: Set(try EvidenceTables.kindsWithFacts(database)))
    }
}
