import Foundation
import Workload

/// How large and how often, and where the stores lie.
struct Setting: Sendable {
    let isQuick: Bool
    /// A folder of this run alone, on the disk whose speed is measured.
    let folder: String
    /// The evidence of those works that can take any size of it.
    let workload: WorkloadSize

    /// - Parameter workload: M when none is given, S with `isQuick`.
    init(isQuick: Bool, workload: WorkloadSize? = nil) throws {
        self.isQuick = isQuick
        self.workload = workload ?? (isQuick ? .small : .medium)
        var template = Array((NSTemporaryDirectory() + "/assay-benchmarks-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else { throw NotMeasured("no folder for temporary files") }
        folder = String(cString: made)
    }

    /// How often each work is repeated.
    var rounds: Int { isQuick ? 1 : 5 }

    func size(_ full: Int, quick: Int) -> Int { isQuick ? quick : full }

    /// A new folder below the run's own.
    func makeFolder(_ name: String) throws -> String {
        let path = folder + "/" + name
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// An answer that is not the one known to be right: the only thing that makes the run fail.
struct WrongAnswer: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Something that this machine lacks.
struct NotMeasured: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws unless both are equal.
func expect<Value: Equatable>(_ found: Value, is expected: Value, _ what: String) throws {
    if found != expected { throw WrongAnswer("\(what): \(found) where \(expected) is right") }
}
