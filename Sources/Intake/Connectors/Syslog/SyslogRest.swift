import Glibc

/// What a spool still holds when its messages are on record.
extension SyslogConnector {
    /// Removes what a source's cursor has passed: that is on record.
    ///
    /// - Parameter isQuiet: nobody collects or receives meanwhile. The file that the cursor stands in is then emptied too, if
    ///   it was read to its end; it is not deleted, because new files are numbered behind it.
    package static func removeRecorded(in folder: String, cursor: String, isQuiet: Bool) {
        guard let position = SyslogHarvest.Position(cursor) else { return }
        for number in SyslogSpool.files(folder) where number <= position.file {
            let path = SyslogSpool.path(folder, number)
            if number < position.file {
                unlink(path)
            } else if isQuiet, SyslogSpool.size(path) <= position.offset {
                _ = truncate(path, 0)
            }
        }
    }

    /// How many files of a spool hold something.
    package static func filledFiles(in folder: String) -> Int {
        SyslogSpool.files(folder).count(where: { SyslogSpool.size(SyslogSpool.path(folder, $0)) > 0 })
    }
}
