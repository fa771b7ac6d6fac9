import Formats

/// Nmap's XML output: open ports become `network.port`, what `ssl-enum-ciphers` and `ssl-cert` found becomes
/// `tls.endpoint` and `tls.certificate`, by name and port unless the name has several addresses.
///
/// A host that did not answer was not tested. A scan without its end is a gap, as is a host that was given up, of which
/// no port was scanned, or of which no port answered: what it listens on is not known, so nothing of it is gone. Nor is
/// it of a host that earlier scans found and this one did not reach, or what encrypted behind a port that is open still and
/// of which no script says anything. A look at ports is no scan for vulnerabilities.
struct NmapImporter: Importer {
    static let format = ImportFormat("nmap", "nmap XML")

    static func recognises(_ head: FileHead) -> Bool { head.xml?.name == "nmaprun" }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var hosts = 0
        var isFinished = false
        var endpoints = NmapEndpoints()
        var tested = TestedHosts()
        var scope = NmapScope()
        report.lists("network.port")
        // However it ends, what was read until there is kept.
        let ended = Result {
            try XMLRecords.read(input, records: ["host", "finished", "hosts"]) { event in
                switch event {
                case .open(let element) where element.name == "nmaprun":
                    report.describe(tool: "nmap", version: element["version"])
                    report.understands(
                        "nmap XML", ["1."], of: element["xmloutputversion"], at: "xmloutputversion")
                    report.begun(ReportTime.epoch(element["start"].flatMap { Int64($0) }))
                    scope.add(arguments: element["args"])
                case .open(let element) where element.name == "scaninfo":
                    scope.add(ports: element["services"], of: element["protocol"])
                case .record(let element) where element.name == "host":
                    hosts += 1
                    // It stands before all hosts.
                    if hosts == 1, let mark = scope.mark { report.narrow(to: mark) }
                    try host(element, hosts, &endpoints, &tested, report)
                    if endpoints.isFull { try endpoints.tell(report) }
                case .record(let element) where element.name == "finished":
                    isFinished = element["exit"] == "success"
                    report.made(ReportTime.epoch(element["time"].flatMap { Int64($0) }))
                case .record(let element) where element.name == "hosts":
                    report.passedOver("hosts that did not answer", element["down"].flatMap { Int($0) } ?? 0)
                case .refused(_, let reason): report.setAside(reason, line: hosts)
                default: break
                }
            }
        }
        try endpoints.tell(report)
        if hosts == 0, let mark = scope.mark { report.narrow(to: mark) }
        try ended.get()
        if !isFinished { report.gap("runstats", "the scan did not come to a successful end") }
        if report.tested == 0 { report.gap("hosts", "no host answered: nothing was tested") }
        try report.keepUnseen { kind, key in
            tested.missing(key) ?? scope.missing(kind, key) ?? endpoints.silent(kind, key)
        }
    }

    private func host(
        _ host: Element, _ number: Int, _ endpoints: inout NmapEndpoints, _ tested: inout TestedHosts,
        _ report: ImportReport
    ) throws {
        let address = host.children("address").first { $0["addrtype"] != "mac" }?["addr"]
        let names = (host.child("hostnames")?.children("hostname") ?? []).compactMap { $0["name"] }
        let name = names.first
        guard let host = (host.child("status")?["state"] == "down" ? nil : host) else { return }
        guard let address = address ?? name else {
            return report.setAside("a host without address", line: number)
        }
        if let reason = Self.untested(host) {
            report.gap(name ?? address, reason)
        } else {
            report.counted()
            for name in names + [address] { tested.add(name) }
        }
        for port in host.child("ports")?.children("port") ?? [] {
            let state = port.child("state")?["state"] ?? "unknown"
            guard state == "open", let id = port["portid"].flatMap({ Int($0) }) else { continue }
            let service = port.child("service")
            var fields = Fields()
            fields.text("host", name ?? address)
            fields.text("address", address)
            fields.text("protocol", port["protocol"] ?? "tcp")
            fields.whole("port", id)
            fields.text("service", service?["name"])
            fields.text(
                "product",
                [service?["product"], service?["version"]].compactMap(\.self).joined(separator: " "))
            try report.state(
                "network.port", Fields.key(address, port["protocol"], String(id)), fields, line: number)
            endpoints.add(
                port.children("script"), host: name ?? address, port: id,
                place: "\(address)/\(port["protocol"] ?? "tcp")", line: number, report)
        }
    }

    /// Why the scan does not tell what the host listens on; nil when it does.
    private static func untested(_ host: Element) -> String? {
        if host["timedout"] == "true" { return "the scan of this host took too long and was given up" }
        let table = host.child("ports")
        let ports = (table?.children("port") ?? []).compactMap { $0.child("state") }
        let others = table?.children("extraports") ?? []
        if ports.isEmpty, others.isEmpty { return "no port of this host was scanned" }
        // A port that is refused by a firewall has an answer, too.
        let reasons = ports + others.flatMap { $0.children("extrareasons") }
        let hasAnswer =
            (ports + others).contains { $0["state"] == "open" || $0["state"] == "closed" }
            || reasons.contains { $0["reason"].map { $0 != "no-response" } ?? false }
        return hasAnswer ? nil : "no port of this host answered: what it listens on is not known"
    }
}
