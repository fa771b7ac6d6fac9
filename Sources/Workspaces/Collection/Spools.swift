import Formats
import Foundation
import Intake
import Programs
import Storage

/// A folder with received messages as they came, patients' ids too.
package struct SpoolRest: Sendable, Hashable {
    package let folder: String
    /// Files that hold something.
    package let files: Int
    /// Whether a source of the program brings them on record.
    package let isRead: Bool
}

extension Workspace {
    /// Where a source's received messages lie until they are on record; nil for sources that receive none.
    func spool(of source: Source) -> String? {
        guard source.connector == .syslog else { return nil }
        return source.parameters["spool"]?.description ?? spools + "/" + source.id.text
    }

    private var spools: String { path + "/spool" }

    /// Removes received messages that are on record, as far as it can be told from beside a watch that may be running.
    func emptySpools() throws {
        let receiving = try currentProgram().sources.filter { spool(of: $0) != nil }
        if receiving.isEmpty { return }
        // Whoever receives or collects holds it.
        let lock = try? CollectionLock(self)
        defer { withExtendedLifetime(lock) {} }
        for source in receiving {
            let cursors = CursorFile(source, in: self)
            guard let folder = spool(of: source), let cursor = try database.read({ try cursors.read($0) })
            else { continue }
            SyslogConnector.removeRecorded(in: folder, cursor: cursor, isQuiet: lock != nil)
        }
    }

    /// The spools that still hold messages, those of sources that are not in the program any more behind the others.
    package func spoolRests() throws -> [SpoolRest] {
        let read = try currentProgram().sources.compactMap { spool(of: $0) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: spools)) ?? []
        let left = names.sorted().map { spools + "/" + $0 }.filter { !read.contains($0) }
        let all = read.map { ($0, true) } + left.map { ($0, false) }
        return all.compactMap { folder, isRead in
            let files = SyslogConnector.filledFiles(in: folder)
            return files == 0 ? nil : SpoolRest(folder: folder, files: files, isRead: isRead)
        }
    }
}
