import Formats
import Foundation
import Ledger

/// The file that says who is asked to vouch for a log, `anchoring.json`.
///
///     {"authorities":[{"address":"http://…","name":"digicert"}],"clockQuorum":1,"digest":"…",
///      "format":"assay-anchoring/1","maximumAge":93600,"policy":["witness w1 …","quorum w1"],
///      "roots":["base64 of a certificate",…]}
///
/// The digest is SHA-256 of the rest as canonical JSON: a policy that a damaged file has lost would ask nobody, and
/// no trust file would tell. Files of earlier versions have none, and no quorum of clocks, which is 1 then; they get
/// both when the setting is next made.
enum AnchoringFile {
    private static let format = "assay-anchoring/1"
    private static let names = [
        "authorities", "clockQuorum", "digest", "format", "maximumAge", "policy", "roots",
    ]

    static func path(_ workspace: String) -> String { workspace + "/anchoring.json" }

    /// The remedy for a file that cannot be read, or is not what was written.
    static func remedy(_ path: String) -> String {
        "\(path): restore it from a backup, or say anew who is asked, with \"assay log configure\""
    }

    /// What is said of a log with anchors and without the file: somebody was asked once.
    static func lost(workspace: String) -> WorkspaceError {
        damaged(
            path(workspace),
            "it is gone, though somebody has vouched for this log: nobody is asked any more, and the trust file asks "
                + "for nobody")
    }

    // MARK: Reading

    /// Reads the setting of a workspace; nil when none was made.
    static func read(workspace: String) throws -> AnchoringSetting? {
        let path = Self.path(workspace)
        guard let data = FileManager.default.contents(atPath: path) else {
            if FileManager.default.fileExists(atPath: path) {
                throw damaged(path, "it cannot be read")
            }
            return nil
        }
        guard let json = try? JSON(parsing: Array(data)), let members = json.object?.members,
            json["format"]?.string == format
        else { throw damaged(path, "not a setting for anchors") }
        try refuseUnknown(members, names, path)
        if let digest = json["digest"] {
            let rest = JSONObject(members.filter { !$0.name.utf8.elementsEqual("digest".utf8) })
            guard let stated = digest.string, stated.utf8.elementsEqual(try Self.digest(.object(rest)).utf8)
            else { throw damaged(path, "it was changed: its digest is that of another setting") }
        }
        guard let seconds = json["maximumAge"]?.integer, seconds > 0 else {
            throw damaged(path, "\"maximumAge\" is missing, or no number of seconds")
        }
        let stated = json["clockQuorum"] ?? .integer(1)
        guard let quorum = stated.integer, (1...1_000).contains(quorum) else {
            throw damaged(path, "\"clockQuorum\" is no number of clocks")
        }
        return AnchoringSetting(
            authorities: try authorities(json, path), roots: try roots(json, path),
            policy: try policy(json, path), clockQuorum: Int(quorum), maximumAge: .seconds(seconds))
    }

    private static func authorities(_ json: JSON, _ path: String) throws -> [AnchoringSetting.Authority] {
        guard let list = json["authorities"]?.array else {
            throw damaged(path, "\"authorities\" is missing, or no list")
        }
        return try list.map { one in
            try refuseUnknown(one.object?.members ?? [], ["address", "name"], path)
            guard let name = one["name"]?.string, let address = one["address"]?.string else {
                throw damaged(path, "an authority lacks its name or address")
            }
            return AnchoringSetting.Authority(name: name, address: address)
        }
    }

    private static func roots(_ json: JSON, _ path: String) throws -> [[UInt8]] {
        guard let list = json["roots"]?.array else { throw damaged(path, "\"roots\" is missing, or no list") }
        return try list.map { one in
            guard let bytes = one.string.flatMap({ Base64.decode($0) }) else {
                throw damaged(path, "a certificate is not in base64")
            }
            return bytes
        }
    }

    private static func policy(_ json: JSON, _ path: String) throws -> WitnessPolicy? {
        guard let policy = json["policy"] else { return nil }
        guard let lines = policy.array?.map(\.string), !lines.contains(nil) else {
            throw damaged(path, "\"policy\" is no list of lines")
        }
        do {
            return try WitnessPolicy(parsing: lines.compactMap(\.self).joined(separator: "\n") + "\n")
        } catch {
            throw damaged(path, "its policy: \(error)")
        }
    }

    private static func refuseUnknown(
        _ members: [JSONObject.Member], _ known: [String], _ path: String
    ) throws {
        for member in members where !known.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) {
            throw damaged(path, "it has a member \"\(member.name.prefix(40))\", which is not known here")
        }
    }

    private static func damaged(_ path: String, _ what: String) -> WorkspaceError {
        .unreadable(
            path: path,
            "\(what); restore the file from a backup, or say anew who is asked, with \"assay log configure\"")
    }

    // MARK: Writing

    static func encoded(_ setting: AnchoringSetting) throws -> [UInt8] {
        let authorities = setting.authorities.map {
            JSON.object([("name", .string($0.name)), ("address", .string($0.address))])
        }
        var members: [(String, JSON)] = [
            ("format", .string(format)), ("authorities", .array(authorities)),
            ("roots", .array(setting.roots.map { .string(Base64.encode($0)) })),
            ("maximumAge", .integer(setting.maximumAge.microseconds / 1_000_000)),
            ("clockQuorum", .integer(Int64(setting.clockQuorum))),
        ]
        if let policy = setting.policy {
            members.append(("policy", .array(policy.lines.map { .string($0) })))
        }
        members.append(("digest", .string(try digest(.object(members)))))
        return try CanonicalJSON.encode(.object(members)) + [0x0A]
    }

    private static func digest(_ rest: JSON) throws -> String {
        Digest.sha256(try CanonicalJSON.encode(rest)).hex
    }
}
