package import Programs
import Storage

extension Workspace {
    /// What is to be said of a program that puts the organization into another zone while evidence is on record: no date
    /// of a program keeps the zone that it was written in, so periods that are over begin and end at other times too. Nil
    /// when there is nothing to say.
    package func zoneChange(in program: Program) throws -> String? {
        let (current, hasEvidence) = try database.read { database in
            let newest = try database.integer("SELECT max(leaf) FROM batch")
            return (try self.program(database).history.current, newest != nil)
        }
        guard hasEvidence, let before = current.organization?.zone.value,
            let document = program.documents(of: .organization).first,
            let after = program.organization?.zone.value, before != after
        else { return nil }
        return
            "\(document.place): warning: the organization's zone changes from \(before) to \(after), for what is on "
            + "record too: days, calendar windows and periods that are over begin at other times; agree it with your "
            + "auditor, or keep the zone and write params.zone: in the tests that need another"
    }
}
