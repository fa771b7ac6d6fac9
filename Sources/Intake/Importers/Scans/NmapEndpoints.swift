import Formats

/// What encrypts behind the ports of a scan, and the ports behind which nobody could tell.
struct NmapEndpoints {
    private struct Endpoint {
        let kind: Identifier
        let host: String
        let port: String
        /// Address and protocol, which tell the machines of one name apart.
        let place: String
        let fields: Fields
    }

    private var endpoints: [Endpoint] = []
    /// Open ports by the keys that a record of one may have.
    private var open: Set<Identifier> = []
    /// Those of which a record is told, by its kind.
    private var answered: [Identifier: Set<Identifier>] = [:]

    /// More than a snapshot holds: nothing is concluded from them any more.
    var isFull: Bool { endpoints.count >= ImportReport.snapshotLimit }

    /// Takes in what the scripts say of an open port.
    mutating func add(
        _ scripts: [Element], host: String, port: Int, place: String, line: Int, _ report: ImportReport
    ) {
        let keys = [Fields.key(host, String(port)), Fields.key(host, String(port), place)]
        if open.count < ImportReport.snapshotLimit { open.formUnion(keys) }
        for script in scripts {
            guard let id = script["id"], let kind = Self.kinds[id] else { continue }
            guard let fields = Self.fields(script, id, host, port) else {
                report.setAside("what \(id) found of a port cannot be read", line: line)
                continue
            }
            answered[kind, default: []].formUnion(keys)
            endpoints.append(
                Endpoint(kind: kind, host: host, port: String(port), place: place, fields: fields))
        }
    }

    mutating func tell(_ report: ImportReport) throws {
        var places: [Identifier: Set<String>] = [:]
        for found in endpoints { places[Fields.key(found.host, found.port), default: []].insert(found.place) }
        for found in endpoints {
            var key = Fields.key(found.host, found.port)
            if let all = places[key], all.count > 1 { key = Fields.key(found.host, found.port, found.place) }
            try report.state(found.kind, key, found.fields)
        }
        endpoints.removeAll(keepingCapacity: true)
    }

    /// The port of a record that is open still and of which no script said anything; nil for every other record. That a
    /// script ran out of time, or was turned away, does not end a certificate.
    func silent(_ kind: Identifier, _ key: Identifier) -> String? {
        guard Self.kinds.values.contains(kind), open.contains(key) else { return nil }
        if answered[kind]?.contains(key) == true { return nil }
        return key.text.split(separator: "|", omittingEmptySubsequences: false).prefix(2)
            .joined(separator: ":")
    }

    private static let kinds: [String: Identifier] = [
        "ssl-enum-ciphers": "tls.endpoint", "ssl-cert": "tls.certificate",
    ]

    /// Nil where the script says nothing that is understood.
    private static func fields(_ script: Element, _ id: String, _ host: String, _ port: Int) -> Fields? {
        var fields = Fields()
        fields.text("host", host)
        if id == "ssl-enum-ciphers" {
            let versions = script.children("table").compactMap { $0["key"] }.compactMap { key in
                key.hasPrefix("TLSv") ? String(key.dropFirst(4)) : key.hasPrefix("SSL") ? "0" : nil
            }
            guard let lowest = versions.min() else { return nil }
            fields.whole("port", port)
            fields.text("minimum_version", lowest == "0" ? "none" : lowest)
            return fields
        }
        let validity = script.children("table").first { $0["key"] == "validity" }
        let end = validity?.children("elem").first { $0["key"] == "notAfter" }?.trimmed
        let issuer = script.children("table").first { $0["key"] == "issuer" }
        guard let notAfter = ReportTime.read(end) else { return nil }
        fields.text("issuer", issuer?.children("elem").first { $0["key"] == "commonName" }?.trimmed)
        fields.time("not_after", notAfter)
        return fields
    }
}
