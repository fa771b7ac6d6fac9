import Foundation
import Reports

/// A file that somebody names.
enum GivenFile {
    static func bytes(_ path: String) throws(PackageError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PackageError.cannotOpen(path: path, "no such file, or it cannot be read")
        }
        return Array(data)
    }
}
