import Evidence
import Formats

/// What is packed: it is opened once, and within one budget.
extension ImportRun {
    private static var spoolLimit: Int { 4 << 30 }

    /// Opens what is packed, once.
    func contents(_ stream: ByteStream, name: String, file: ByteFile?) throws {
        do {
            let counted = CountingStream(stream)
            let digest = DigestingStream(counted.stream)
            let budget = UnpackingBudget(counted, allowance: setting.allowance)
            let (content, wasPacked) = try unpacked(digest.stream, budget)
            let head = try content.head(FileHead.length)
            if ZIPBundle.recognises(head) {
                return try archive(name) { try zip(content, wasPacked ? nil : file, name, budget) }
            }
            if Tar.recognises(head) { return try archive(name) { try tar(content, name, budget) } }
            try document(content, name: name, digest: digest)
        } catch let error as ImportError {
            try unreadable(name, error.description)
        } catch let error as FileError {
            try unreadable(name, error.description)
        }
    }

    /// Goes through an archive, and tells in one batch what did not come out of it: a batch for each entry would fill
    /// the log.
    private func archive(_ name: String, _ open: () throws -> Void) throws {
        unread = UnreadEntries()
        defer { unread = nil }
        var reason: String?
        do {
            try open()
        } catch let error as ImportError {
            reason = error.description
        } catch let error as FileError {
            reason = error.description
        }
        var failures = unread?.failures(of: name) ?? []
        // What is wrong with the archive itself comes before its entries.
        if let reason { failures.insert(failure(name, reason), at: 0) }
        if !failures.isEmpty { try tell(failures, of: name) }
    }

    /// - Parameter file: where it is at hand as a file already.
    private func zip(
        _ content: ByteStream, _ file: ByteFile?, _ name: String, _ budget: UnpackingBudget
    ) throws {
        // Of a file only the parts that are asked for are read.
        if let file { budget.knows(try file.size()) }
        var files = 0
        try ZIPBundle(try file ?? spooled(content)).forEachFile { entry, content in
            if ArchiveEntry.isOfMac(entry) { return }
            files += 1
            try inner(name, entry, content.map { budget.bounded($0) }, budget)
        }
        if files == 0 { throw Self.holdsNothing }
    }

    private func tar(_ content: ByteStream, _ name: String, _ budget: UnpackingBudget) throws {
        var files = 0
        let passedOver = try Tar.forEachFile(content) { entry, content in
            if ArchiveEntry.isOfMac(entry) { return }
            files += 1
            try inner(name, entry, .success(content), budget)
        }
        if !passedOver.isEmpty {
            let sorts = passedOver.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            throw ImportError(
                "entries of the archive were not read: \(sorts.joined(separator: ", ")); "
                    + "pack the files themselves")
        }
        if files == 0 { throw Self.holdsNothing }
    }

    private static var holdsNothing: ImportError {
        ImportError("the archive holds no file, so nothing came in")
    }

    /// A file in an archive: packed by itself perhaps, but no archive again.
    private func inner(
        _ archive: String, _ entry: String, _ content: Result<ByteStream, ImportError>,
        _ budget: UnpackingBudget
    ) throws {
        if budget.isSpent {
            throw ImportError("an entry unpacks to too much; it and what stands behind it is not read")
        }
        let shown = setting.hidesEntries ? NameMark.of(entry, "entry") + NameMark.ending(of: entry) : entry
        let name = Fields.clean("\(archive):\(shown)")
        do {
            let counted = CountingStream(try content.get())
            let digest = DigestingStream(counted.stream)
            let own = UnpackingBudget(counted, allowance: setting.allowance, within: budget)
            let (content, _) = try unpacked(digest.stream, own)
            let head = try content.head(FileHead.length)
            if ZIPBundle.recognises(head) || Tar.recognises(head) {
                return try unreadable(name, "an archive inside an archive is not opened; unpack it first")
            }
            try document(content, name: name, digest: digest)
        } catch let error as ImportError {
            try unreadable(name, error.description)
        }
    }

    private func unpacked(
        _ stream: ByteStream, _ budget: UnpackingBudget
    ) throws -> (content: ByteStream, wasPacked: Bool) {
        let head = try stream.head(4)
        if head.starts(with: [0x1F, 0x8B]) {
            return (budget.bounded(try Inflation(stream, isRaw: false).stream), true)
        }
        // A frame of data, or one to be skipped before it (RFC 8878, section 3.1.2).
        let isSkipped = head.dropFirst().elementsEqual([0x2A, 0x4D, 0x18]) && head.first.map { $0 >> 4 } == 5
        if head.elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) || isSkipped {
            return (budget.bounded(try Zstandard(stream).stream), true)
        }
        return (stream, false)
    }

    private func spooled(_ stream: ByteStream) throws -> ByteFile {
        let file = try ByteFile.temporary()
        var size = 0
        while true {
            let piece = try stream.next()
            if piece.isEmpty { return file }
            size += piece.count
            if size > Self.spoolLimit { throw ImportError("longer than 4 GiB; give it as a file") }
            try piece.withUnsafeBytes { try file.append($0) }
        }
    }

    // MARK: What cannot be read

    /// A gap: something was named that nobody can read. Of an archive, all of them are told together.
    func unreadable(_ name: String, _ reason: String) throws {
        let told = failure(name, reason)
        if unread != nil {
            unread?.add(told)
        } else {
            try tell([told], of: name)
        }
    }

    private func failure(_ name: String, _ reason: String) -> CollectionFailure {
        others.note(name, isWhole: false)
        // The system's reasons hold the path as it is.
        return CollectionFailure(kind: nil, scope: name, reason: Fields.clean(reason))
    }

    private func tell(_ failures: [CollectionFailure], of name: String) throws {
        let now = setting.now()
        try deliver(
            Delivery(
                BatchDraft(
                    source: setting.source ?? Identifier(setting.format ?? "import"),
                    collector: setting.collector, mode: .changes, query: "the file \(name)",
                    parameters: ["file": name], started: now, ended: now, pages: 0, failures: failures)))
    }
}
