import Evidence
package import Formats
import Glibc
import Ledger

extension Importers {
    /// Imports a file, a folder of files, an archive, or standard input for `-`.
    ///
    /// Whatever cannot be read becomes a batch with its reason, so that the gap is on record.
    /// - Parameter others: shared by all that one command names.
    /// - Returns: what each document turned out to be.
    package static func run(
        _ path: String, setting: ImportSetting, beside others: ImportedFiles = ImportedFiles(),
        emit: Emit
    ) async throws -> [ImportSummary] {
        try await Handoff.run(
            { deliver in
                let run = ImportRun(setting: setting, beside: others, deliver: deliver)
                try run.path(path)
                return run.summaries
            }, emit: emit)
    }

    /// Imports bytes that come from elsewhere than a file, on the caller's own thread.
    /// - Returns: what each document turned out to be.
    @discardableResult
    package static func read(
        _ input: ByteStream, name: String, setting: ImportSetting,
        deliver: @escaping (Delivery) throws -> Void
    ) throws -> [ImportSummary] {
        let others = ImportedFiles()
        let run = ImportRun(setting: setting, beside: others, deliver: deliver)
        try run.contents(input, name: name, file: nil)
        // Nothing comes beside it.
        for delivery in others.coverage(setting) { try deliver(delivery) }
        return run.summaries
    }
}

/// One import: finds the documents in what was named, and gives each to its importer.
final class ImportRun {
    let setting: ImportSetting
    let deliver: (Delivery) throws -> Void
    private(set) var summaries: [ImportSummary] = []
    /// Sources of which a snapshot is on its way. A second one would declare the first one's records gone.
    let others: ImportedFiles
    /// What cannot be read of the archive that is gone through; nil outside of one.
    var unread: UnreadEntries?
    /// Files, and whatever else is no folder that was gone through.
    private var places = 0

    init(
        setting: ImportSetting, beside others: ImportedFiles = ImportedFiles(),
        deliver: @escaping (Delivery) throws -> Void
    ) {
        self.setting = setting
        self.others = others
        self.deliver = deliver
    }

    // MARK: Finding documents

    func path(_ path: String) throws {
        if path == "-" { return try contents(standardInput, name: "standard input", file: nil) }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        var folders: Set<FilePlace.Identity> = []
        let before = places
        try place(path, name: name, below: "", folders: &folders)
        if places == before {
            try unreadable(
                Fields.clean(name),
                "the folder holds no file, so nothing came in; names that begin with a dot are passed over")
        }
    }

    /// A file, or everything in a folder.
    ///
    /// - Parameter below: the path below the folder that was named, and a slash; empty for that folder itself.
    /// - Parameter folders: those that were gone through already, which a symbolic link may lead back to.
    private func place(
        _ path: String, name: String, below: String, folders: inout Set<FilePlace.Identity>
    ) throws {
        // It reaches somebody's terminal, and the record.
        let shown = Fields.clean(below + name)
        switch FilePlace(path) {
        case .folder(let identity):
            guard folders.insert(identity).inserted else { return }
            guard let names = Self.folder(path) else {
                places += 1
                return try unreadable(shown, "the folder cannot be read")
            }
            let inside = folders.count == 1 ? "" : "\(below)\(name)/"
            for name in names where !name.hasPrefix(".") {
                try place("\(path)/\(name)", name: name, below: inside, folders: &folders)
            }
        case .other:
            places += 1
            // To open a pipe is to wait for somebody who writes into it.
            try unreadable(shown, "is no regular file and is not read; give a pipe as standard input")
        case .file:
            places += 1
            try file(path, name: shown)
        }
    }

    private func file(_ path: String, name: String) throws {
        do {
            let file = try ByteFile(reading: path)
            let before = try file.stamp()
            let setting = setting
            var offset = 0
            var isTold = false
            let stream = ByteStream {
                let piece = try file.read(at: offset)
                offset += piece.count
                if piece.isEmpty || offset % (1 << 22) == 0 {
                    setting.progress(name, piece.isEmpty ? before.size : offset, before.size)
                }
                if piece.isEmpty, try file.stamp() != before {
                    isTold = true
                    throw ImportError(ByteFile.changed)
                }
                return piece
            }
            try contents(stream, name: name, file: file)
            // Not everything is read from end to end: of a ZIP archive, its files.
            if !isTold, try file.stamp() != before { try unreadable(name, ByteFile.changed) }
        } catch let error as FileError {
            try unreadable(name, error.description)
        }
    }

    /// The names in a folder, in the order of their bytes; nil when it is none.
    private static func folder(_ path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [Identifier] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(Identifier(name))
        }
        return names.sorted().map(\.text)
    }

    private var standardInput: ByteStream {
        ByteStream {
            var code: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, filled in
                repeat {
                    let count = Glibc.read(0, buffer.baseAddress, buffer.count)
                    code = count < 0 ? errno : 0
                    filled = max(0, count)
                } while code == EINTR
            }
            if code != 0 { throw FileError("reading standard input failed", errno: code) }
            return piece
        }
    }

    // MARK: Reading a document

    func document(_ stream: ByteStream, name: String, digest: DigestingStream) throws {
        let text = try stream.asUTF8()
        let head = FileHead(try text.head(FileHead.length))
        if case .empty = head.shape {
            return try unreadable(name, "the file is empty: nothing was tested, or the tool failed")
        }
        if isNative(head, name) { return try native(text, name: name) }
        if let packer = Self.packer(try text.head(8)) {
            return try unreadable(name, "packed with \(packer), which is not opened here; unpack it first")
        }
        guard let importer = importer(for: head) else {
            summaries.append(ImportSummary(file: name, what: nil, tested: 0, notTested: []))
            // The record cuts long reasons: there is no room for a list.
            return try unreadable(
                name,
                "of no format that is known here; say which with --as, or with --mapping FILE what the columns of a "
                    + "table mean (assay import --help lists the formats)"
            )
        }
        let format = type(of: importer).format
        let report = ImportReport(format, file: name, setting: setting) { [self] in
            try deliver(guarded($0, digest))
        }
        do {
            try importer.read(text, into: report)
            while !(try text.next()).isEmpty {}
            try report.finish()
        } catch  where Self.isOfDocument(error) {
            // Whatever else is thrown comes from the record, and breaks the import off.
            try report.finish(broken: "\(error); what was read until there is kept, and counts as incomplete")
        }
        others.note(name, report, format)
        summaries.append(report.summary)
    }

    /// What a file is packed with that was not opened, by its first bytes; nil for everything else.
    private static func packer(_ head: some Sequence<UInt8>) -> String? {
        let head = Array(head)
        return packers.first { head.starts(with: $0.mark) }?.name
    }

    private static let packers: [(mark: [UInt8], name: String)] = [
        ([0x1F, 0x8B], "gzip twice"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd twice"),
        ([0x42, 0x5A, 0x68], "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip"), ([0x52, 0x61, 0x72, 0x21, 0x1A, 7], "RAR"),
    ]

    private static func isOfDocument(_ error: any Error) -> Bool {
        error is ImportError || error is JSONError || error is CSVError || error is FileError
    }

    private func isNative(_ head: FileHead, _ name: String) -> Bool {
        if let format = setting.format { return format == "jsonl" }
        if let members = head.json, members.has("kind") || members.has("coverage") || members.has("batch") {
            return !members.isArray
        }
        if importer(for: head) != nil { return false }
        return name == "standard input" || name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson")
    }

    private func importer(for head: FileHead) -> (any Importer)? {
        if setting.format == "csv" || (setting.format == nil && setting.mapping != nil) {
            return CSVImporter(setting.mapping)
        }
        if let format = setting.format { return Importers.named(format)?.init() }
        return Importers.recognising(head)?.init()
    }

    private func native(_ stream: ByteStream, name: String) throws {
        var isWhole = true
        func pass(_ delivery: Delivery) throws {
            let draft = delivery.draft
            if !draft.failures.isEmpty || draft.setAside.contains(where: \.mayHideRecord) { isWhole = false }
            try deliver(awaitingAssertion(delivery))
        }
        var importer = NativeImporter(
            NativeImporter.Setting(
                origin: setting.source.map { .fixed($0) } ?? .stated(otherwise: "import"),
                collector: setting.collector, query: "native JSON Lines in \(name)",
                parameters: ["file": name], freshness: setting.freshness, declared: setting.declared,
                now: setting.now))
        while true {
            let piece: [UInt8]
            do {
                piece = try stream.next()
            } catch  where Self.isOfDocument(error) {
                importer.breakOff(CollectionFailure(kind: nil, scope: name, reason: "\(error)"))
                break
            }
            if piece.isEmpty { break }
            for delivery in importer.append(piece) { try pass(delivery) }
        }
        for delivery in importer.finish() { try pass(delivery) }
        others.note(name, isWhole: isWhole)
        others.noteNative()
    }

    /// The delivery with the file's digest; as changes when its source has brought a snapshot already.
    private func guarded(_ delivery: Delivery, _ digest: DigestingStream) -> Delivery {
        var delivery = awaitingAssertion(delivery)
        if let hex = digest.finished { delivery.draft.parameters["sha256"] = hex }
        guard delivery.draft.mode == .snapshot else { return delivery }
        if others.claim(delivery.draft.source) { return delivery }
        return delivery.asChanges(
            delivery.draft.parameters["file"] ?? "",
            "another report of the source \"\(delivery.draft.source)\" was imported with it, and each would "
                + "declare the other's records gone; give each its own --source")
    }

    /// What is asserted of all files comes behind them.
    private func awaitingAssertion(_ delivery: Delivery) -> Delivery {
        var delivery = delivery
        if setting.covers != nil { delivery.isContinued = true }
        return delivery
    }
}
