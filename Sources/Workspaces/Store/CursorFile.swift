import Evidence
import Formats
import Foundation
import Ledger
import Programs
import Storage
import StorageSQLite

/// Where the next collection of a source may begin, as the last one left it.
///
/// It is a convenience, not evidence: without it a collection brings what is known already, which counts as unchanged.
/// It is honoured only by the log that it was written beside, which has grown since at most, and for the same settings;
/// otherwise a restored or changed workspace would leave a stretch of time out for ever. The account that a source has read is
/// known for other settings too.
struct CursorFile {
    private let path: String
    private let settings: String
    private let connector: Source.Connector

    init(_ source: Source, in workspace: Workspace) {
        path = workspace.path + "/cursors/" + source.id.text
        connector = source.connector
        let parameters = source.parameters.filter { !Self.isReadAnew($0.key, source.connector) }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let kinds = source.kinds.map(\.value)
        let text = ([source.connector.rawValue] + source.command + parameters + kinds).joined(separator: "\n")
        settings = Ledger::Digest.sha256(Array(text.utf8)).hex
    }

    func read(_ database: any Reading) throws -> String? {
        guard let data = FileManager.default.contents(atPath: path),
            let json = try? JSON(parsing: Array(data)), let cursor = json["cursor"]?.string,
            let size = json["size"]?.integer, let root = json["root"]?.string,
            size >= 0, size <= Int64(try LogTable.size(database)),
            try Self.root(Int(size), database) == root
        else { return nil }
        return json["settings"]?.string == settings ? cursor : remainder(of: cursor)
    }

    /// What holds for other settings too: whose records these are. One edit may change them and the credentials.
    private func remainder(of cursor: String) -> String? {
        guard connector == .aws, let account = (try? JSON(parsing: cursor))?["account"],
            let bytes = try? CanonicalJSON.encode(JSON.object([("account", account)]))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    func write(_ cursor: String, _ database: any Reading) throws {
        let size = try LogTable.size(database)
        let json = JSON.object([
            ("cursor", .string(cursor)), ("root", .string(try Self.root(size, database))),
            ("settings", .string(settings)), ("size", .integer(Int64(size))),
        ])
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try DurableFile.write(try CanonicalJSON.encode(json), to: path, mode: 0o600)
    }

    /// Which services, repositories or account are to be there changes nothing of what was asked: to let one go must not lose
    /// the place. Nor does where the answers are kept; a plug-in may mean something else by that name.
    private static func isReadAnew(_ parameter: Identifier, _ connector: Source.Connector) -> Bool {
        if parameter == "raw" { return connector != .plugin }
        return switch connector {
        case .prometheus: ["expected", "retired"].contains(parameter)
        case .github: parameter == "retired"
        case .aws: parameter == "account"
        default: false
        }
    }

    private static func root(_ size: Int, _ database: any Reading) throws -> String {
        try MerkleTree.root(size: size, reader: DatabaseHashReader(database)).hex
    }
}
