import Formats

/// What a plug-in says about itself when it is run with `describe`:
///
///     {"protocol":"evidence-plugin/1","name":"badges","version":"1.2","licence":"MIT",
///      "streams":[{"name":"badges","primary_key":"id","complete":"snapshot","phi":false,"maps_to":"badge.record",
///                  "fields":{"holder_id":"string","active":"bool"}}],
///      "config":[{"name":"site","type":"string","required":true,"help":"which site"}],
///      "secrets":["token"],"network":["badges.example"],"timeout_s":60,"max_bytes":1000000,"lag_s":7200}
struct PluginManifest: Sendable, Hashable {
    static let protocolName = "evidence-plugin/1"

    /// One sort of record that a plug-in brings.
    struct Stream: Sendable, Hashable {
        enum Completeness: String { case snapshot, events }

        let name: String
        /// The fields that make up the key, in order.
        let primaryKey: [String]
        /// The fields that are taken; every other one is dropped.
        let fields: Set<String>
        let completeness: Completeness
        /// The kind of evidence that its records are.
        let kind: Identifier
        /// The field with the time of an event.
        let time: String
    }

    let name: String
    let version: String
    let streams: [Stream]
    /// Names of settings, and whether each is required.
    let config: [String: Bool]
    let secrets: Set<String>
    let timeLimit: Duration
    let outputLimit: Int
    /// How late the system may tell of an event: later ones are not asked for yet.
    let lag: TimeSpan

    /// What is wrong with a manifest, and where.
    struct Fault: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    init(parsing bytes: [UInt8]) throws(Fault) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes, limits: JSONLimits(bytes: 1 << 20, depth: 16))
        } catch {
            throw Fault("the manifest is not one JSON object")
        }
        guard json["protocol"]?.string == Self.protocolName else {
            throw Fault("the manifest's \"protocol\" is not \"\(Self.protocolName)\"")
        }
        name = try Self.text(json, "name")
        version = try Self.text(json, "version")
        var streams: [Stream] = []
        for entry in json["streams"]?.array ?? [] { streams.append(try Self.stream(entry)) }
        if streams.isEmpty { throw Fault("the manifest has no \"streams\"") }
        if Set(streams.map(\.name)).count < streams.count || Set(streams.map(\.kind)).count < streams.count {
            throw Fault(
                "two streams of the manifest have one name, or one \"maps_to\": a snapshot must be whole")
        }
        self.streams = streams
        var config: [String: Bool] = [:]
        for entry in json["config"]?.array ?? [] {
            config[try Self.text(entry, "name")] = entry["required"]?.bool ?? false
        }
        self.config = config
        secrets = Set((json["secrets"]?.array ?? []).compactMap(\.string))
        timeLimit = .seconds(min(max(1, json["timeout_s"]?.integer ?? 60), 86_400))
        outputLimit = Int(min(max(1, json["max_bytes"]?.integer ?? 64 << 20), 1 << 32))
        lag = .seconds(min(max(0, json["lag_s"]?.integer ?? 0), 30 * 86_400))
    }

    private static func text(_ json: JSON, _ name: String) throws(Fault) -> String {
        guard let text = json[name]?.string, !text.isEmpty else {
            throw Fault("the manifest lacks \"\(name)\"")
        }
        return Program.printable(text)
    }

    private static func stream(_ json: JSON) throws(Fault) -> Stream {
        let name = try text(json, "name")
        guard let completeness = json["complete"]?.string.flatMap(Stream.Completeness.init(rawValue:)) else {
            throw Fault("\"complete\" of stream \"\(name)\" is neither snapshot nor events")
        }
        let key =
            json["primary_key"]?.string.map { [$0] } ?? json["primary_key"]?.array?.compactMap(\.string) ?? []
        guard !key.isEmpty else { throw Fault("stream \"\(name)\" has no \"primary_key\"") }
        return Stream(
            name: name, primaryKey: key, fields: Set(json["fields"]?.object?.members.map(\.name) ?? []),
            completeness: completeness, kind: Identifier(try text(json, "maps_to")),
            time: json["time"]?.string ?? "at")
    }
}
