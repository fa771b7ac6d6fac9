import Glibc
import Storage
import Synchronization

/// A file without a name, gone with this value or the process: room for what is made once, read several times, and too
/// long for memory.
package final class ScratchFile: Sendable {
    /// Where something was put.
    package struct Stretch: Sendable {
        fileprivate let start: Int
        fileprivate let count: Int
    }

    private let file: OpenFile
    /// Where the next bytes go.
    private let end = Mutex(0)

    /// - Parameter path: it takes its room in the folder of this file, which need not be there.
    package init(beside path: String) throws {
        let (folder, name) = DurableFile.split(path)
        let opened = try Folder(folder)
        file = try DurableFile.temporaryFile(for: name, in: opened, mode: 0o600)
        try opened.remove(file.name)
    }

    /// Puts what the closure gives behind everything that is there.
    package func append(_ body: (_ sink: DurableFile.Sink) throws -> Void) throws -> Stretch {
        // Held for long: two who write at once would have their bytes mixed.
        try end.withLock { end in
            let start = end
            try body { bytes in
                try file.write(bytes, at: end)
                end += bytes.count
            }
            return Stretch(start: start, count: end - start)
        }
    }

    /// Hands over in pieces what was put there.
    package func read(_ stretch: Stretch, _ sink: DurableFile.Sink) throws {
        var done = 0
        while done < stretch.count {
            let bytes = try file.read(min(1 << 18, stretch.count - done), at: stretch.start + done)
            guard !bytes.isEmpty else {
                throw StorageError.file(
                    path: file.path, doing: "read the file", cause: "it has become shorter")
            }
            try sink(bytes)
            done += bytes.count
        }
    }
}
