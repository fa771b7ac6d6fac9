import Synchronization

/// Derived files in memory, on top of those of another store, which is only read: for what one run needs and nobody
/// should find afterwards.
package final class MemoryColumnStore: ColumnStore {
    private let base: (any ColumnStore)?
    /// Guards the files; nil marks one of the base that counts as removed.
    private let files = Mutex<[String: [UInt8]?]>([:])

    /// - Parameter base: where files are looked for that are not in memory.
    package init(over base: (any ColumnStore)? = nil) {
        self.base = base
    }

    package func open(_ name: String) throws -> (any ColumnFile)? {
        switch files.withLock({ $0[name] }) {
        case .some(.some(let bytes)): MemoryColumnFile(bytes: bytes)
        case .some(.none): nil
        case .none: try base?.open(name)
        }
    }

    package func create<T>(
        _ name: String, _ body: (_ sink: ([UInt8]) throws -> Void) throws -> T
    ) throws -> T {
        var bytes: [UInt8] = []
        let result = try body { bytes += $0 }
        try replace(name, with: bytes)
        return result
    }

    package func replace(
        _ name: String, _ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        var bytes: [UInt8] = []
        try write { bytes += $0 }
        files.withLock { $0[name] = .some(bytes) }
    }

    package func remove(_ name: String) throws {
        files.withLock { $0[name] = .some(nil) }
    }

    package func names() throws -> [String] {
        var all = Set(try base?.names() ?? [])
        for (name, bytes) in files.withLock({ $0 }) {
            if bytes == nil { all.remove(name) } else { all.insert(name) }
        }
        return all.sorted()
    }

    package func exclusively<T>(_ body: () throws -> T) throws -> T { try body() }
}

private struct MemoryColumnFile: ColumnFile {
    let bytes: [UInt8]

    var size: Int { bytes.count }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            throw StorageError.file(path: "memory", doing: "read the file", cause: "it is too short")
        }
        return Array(bytes[range])
    }
}
