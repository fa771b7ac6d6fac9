import Formats

/// OSCAL 1.x catalogs and component definitions in JSON: controls become `framework.control`, what a component says it
/// implements becomes `framework.claim`. Both are words, and no evidence that anything is done.
///
/// Members stand in any order, so what comes before the metadata, which name the document, waits for them. Components
/// of one title, and statements of one component about one control, bear their uuid in the key, so that it does not
/// depend on which comes first. Definitions that a document refers to are not fetched: a gap.
struct OSCALImporter: Importer {
    static let format = ImportFormat("oscal", "OSCAL")
    private static let depthLimit = 20
    /// Bytes of a document that may wait for its metadata.
    private static let heldLimit = 64 << 20
    private static let models = [
        "catalog", "component-definition", "profile", "system-security-plan", "assessment-plan",
        "assessment-results",
        "plan-of-action-and-milestones", "mapping-collection",
    ]

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json, !json.isArray, json.count <= 2 else { return false }
        return models.contains { json.has($0) }
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        report.describe(tool: "OSCAL")
        try json.object { name in
            switch name {
            case "catalog": try catalog(json, report)
            case "component-definition": try definition(json, report)
            case _ where Self.models.contains(name):
                throw ImportError("an OSCAL \(name); catalogs and component definitions are understood")
            default: break
            }
        }
        try json.end()
        if report.tested == 0 { report.gap("the document", "holds no control") }
    }

    private func metadata(_ json: JSONStream, _ report: ImportReport) throws {
        guard let metadata = report.readable(try json.record()) else { return }
        report.made(ReportTime.read(metadata.text("last-modified")))
        report.describe(tool: nil, target: metadata.text("title"))
        let version = metadata.text("oscal-version") ?? "unknown"
        if !version.hasPrefix("1.") {
            throw ImportError("OSCAL \(Fields.clean(version)) where 1.x is understood")
        }
    }

    /// Goes through the lists of these names, and hands out their parts once the document is named.
    private func parts(
        _ json: JSONStream, of names: Set<String>, _ report: ImportReport,
        _ take: (_ list: String, _ part: JSONTape.Node) throws -> Void
    ) throws {
        var isNamed = false
        var held: [(list: String, part: JSONTape.Node)] = []
        let start = json.offset
        try json.object { name in
            if name == "metadata" {
                try metadata(json, report)
                isNamed = true
                for one in held { try take(one.list, one.part) }
                held = []
            } else if names.contains(name) {
                try json.array {
                    guard let part = report.readable(try json.record()) else { return }
                    if isNamed { return try take(name, part) }
                    if json.offset - start > Self.heldLimit {
                        throw ImportError(
                            "more than \(Self.heldLimit >> 20) MiB stand before \"metadata\", which names the "
                                + "document; put it first")
                    }
                    held.append((name, part))
                }
            }
        }
        for one in held { try take(one.list, one.part) }
    }

    private func catalog(_ json: JSONStream, _ report: ImportReport) throws {
        report.lists("framework.control")
        try parts(json, of: ["groups", "controls"], report) { list, part in
            if list == "groups" {
                try group(part, depth: 0, report)
            } else {
                try control(part, group: nil, depth: 0, report)
            }
        }
    }

    private func group(_ group: JSONTape.Node, depth: Int, _ report: ImportReport) throws {
        if depth > Self.depthLimit { return report.setAside("groups nested deeper than \(Self.depthLimit)") }
        for control in group["controls"]?.elements ?? [] {
            try self.control(control, group: group.text("title"), depth: 0, report)
        }
        for inner in group["groups"]?.elements ?? [] { try self.group(inner, depth: depth + 1, report) }
    }

    private func control(_ control: JSONTape.Node, group: String?, depth: Int, _ report: ImportReport) throws
    {
        guard let id = control.text("id"), let title = control.text("title") else {
            return report.setAside("a control without id or title")
        }
        if depth > Self.depthLimit {
            return report.setAside("controls nested deeper than \(Self.depthLimit)")
        }
        let status = control["props"]?.elements.first { $0.text("name") == "status" }?.text("value")
        report.counted()
        var fields = Fields()
        fields.text("framework", report.subject ?? report.fallbackSubject)
        fields.text("control", id)
        fields.text("title", title)
        fields.text("group", group)
        fields.flag("withdrawn", status.map { $0.lowercased() == "withdrawn" })
        try report.state("framework.control", Fields.key(report.subject, id), fields)
        for inner in control["controls"]?.elements ?? [] {
            try self.control(inner, group: group, depth: depth + 1, report)
        }
    }

    private func definition(_ json: JSONStream, _ report: ImportReport) throws {
        let others = "import-component-definitions"
        var claims = OSCALClaims()
        report.lists("framework.claim")
        do {
            try parts(json, of: ["components", "capabilities", others], report) { list, part in
                if list == others {
                    report.gap(
                        others,
                        "definitions that stand in other documents are not read; resolve them into one document"
                    )
                } else {
                    try component(part, &claims, report)
                }
            }
        } catch {
            // What was read until there is kept.
            try claims.tell(report)
            throw error
        }
        try claims.tell(report)
    }

    private func component(
        _ component: JSONTape.Node, _ claims: inout OSCALClaims, _ report: ImportReport
    ) throws {
        guard let title = component.text("title") ?? component.text("name") else {
            return report.setAside("a component without title")
        }
        let mark = component.text("uuid") ?? component.text("type") ?? ""
        claims.add(component: title, mark)
        for implementation in component["control-implementations"]?.elements ?? [] {
            let source = implementation.text("source") ?? ""
            for requirement in implementation["implemented-requirements"]?.elements ?? [] {
                guard let control = requirement.text("control-id") else {
                    report.setAside("an implemented requirement without control-id")
                    continue
                }
                report.counted()
                let status = requirement["props"]?.elements.first {
                    $0.text("name") == "implementation-status"
                }
                var fields = Fields()
                fields.text("component", title)
                fields.text("control", control)
                fields.text("framework", source)
                fields.text("status", status?.text("value"))
                try claims.add(
                    OSCALClaims.Claim(
                        title: title, mark: mark, source: source, control: control,
                        uuid: requirement.text("uuid") ?? "", fields: fields), report)
            }
        }
    }
}
