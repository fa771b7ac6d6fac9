import Formats
import Foundation
import Programs

/// The files of a program on disk.
///
/// What is not found here is removed by the next application, so nothing that could hold documents is passed over in
/// silence.
enum ProgramFolder {
    /// All program files below a folder, hidden ones left out; paths are as the user would type them.
    static func files(in folder: String) throws -> [ProgramFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw WorkspaceError.unreadable(
                path: folder,
                FileManager.default.fileExists(atPath: folder)
                    ? "this is a file; name the folder of the program"
                    : "no such folder; make a program with \"assay init \(folder)\"")
        }
        return try paths(in: folder, below: "").map { Identifier($0) }.sorted().map { path in
            guard let data = FileManager.default.contents(atPath: folder + "/" + path.text) else {
                throw WorkspaceError.unreadable(
                    path: shown(path.text, in: folder), "the file cannot be read")
            }
            return ProgramFile(path: shown(path.text, in: folder), bytes: Array(data))
        }
    }

    /// The paths of program files below a part of the folder, seen from the folder itself.
    private static func paths(in folder: String, below part: String) throws -> [String] {
        var paths: [String] = []
        for name in try names(in: folder, below: part) where !name.hasPrefix(".") {
            let path = part.isEmpty ? name : part + "/" + name
            if try isFolder(path, in: folder) {
                paths += try self.paths(in: folder, below: path)
            } else if ProgramFile.Form(path: name) != nil {
                paths.append(path)
            }
        }
        return paths
    }

    private static func names(in folder: String, below part: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(
                atPath: part.isEmpty ? folder : folder + "/" + part)
        } catch {
            throw WorkspaceError.unreadable(
                path: part.isEmpty ? folder : shown(part, in: folder),
                "the folder cannot be read, and documents in it would be taken for removed; "
                    + "allow yourself to read it, or move it out of the program")
        }
    }

    /// Whether there is more below a path. A link to a file stands for the file; one to a folder could lead in circles.
    private static func isFolder(_ path: String, in folder: String) throws -> Bool {
        let full = folder + "/" + path
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: full)) != nil
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else {
            throw WorkspaceError.unreadable(
                path: shown(path, in: folder),
                isLink
                    ? "this link leads nowhere, or where you may not look; mend or remove it"
                    : "this cannot be read; allow yourself to search its folder, or move it out of the program"
            )
        }
        guard isLink, isFolder.boolValue else { return isFolder.boolValue }
        throw WorkspaceError.unreadable(
            path: shown(path, in: folder),
            "this is a link to a folder, which is not followed; put the folder itself here, or link its files"
        )
    }

    private static func shown(_ path: String, in folder: String) -> String {
        folder == "." ? path : folder + "/" + path
    }
}
