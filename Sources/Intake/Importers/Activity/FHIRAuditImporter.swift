import Formats

/// FHIR AuditEvent of R4 and R5, in a Bundle, as NDJSON, as a list or alone.
///
/// The two releases are told apart by their shape, resource by resource. Accesses become `phi.access`, one for each
/// patient of an event, log-ins `auth.event`. People are known by reference or identifier, never by the name that stands
/// beside it, and a patient who acts is hidden like one whose record it is. A bundle that says that a next page exists
/// which does not follow, counts more than it and its pages hold, or warns of itself is not complete; one within a list
/// or another bundle is read alike. A document without any AuditEvent is a gap.
struct FHIRAuditImporter: Importer {
    static let format = ImportFormat("fhir-audit", "FHIR AuditEvent")

    static func recognises(_ head: FileHead) -> Bool {
        let names: [String?] = ["AuditEvent", "Bundle"]
        if let xml = head.xml { return names.contains(xml.name) && xml.tag.contains("hl7.org/fhir") }
        return names.contains(head.json?["resourceType"])
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        if try json.isAt("<") {
            throw ImportError(
                "FHIR in XML, where JSON is understood; ask the server for it (Accept: application/fhir+json, or "
                    + "_format=json)")
        }
        var number = 0
        var bundles = FHIRBundles()
        report.describe(tool: "FHIR")
        if try json.isAt("[") {
            try json.array {
                number += 1
                guard let found = report.readable(try json.record(), line: number) else { return }
                try resource(found, number, &bundles, report)
            }
            bundles.close(report)
            return try json.end()
        }
        // A bundle is walked through, because it may be long; a single resource is short.
        try json.values {
            var members: [String: JSONTape.Node] = [:]
            var isBundle = false
            var bundle = FHIRBundles.Bundle()
            try json.object { name in
                switch name {
                case "entry":
                    isBundle = true
                    try json.array {
                        number += 1
                        let entry = report.readable(try json.record(), line: number)
                        bundle.note(entry: entry)
                        if let entry { try self.entry(entry, number, &bundles, report) }
                    }
                case "link": bundle.note(links: try json.value())
                case "total": bundle.note(total: try json.value())
                default: members[name] = try json.value()
                }
            }
            if isBundle || members["resourceType"]?.string == "Bundle" { return bundles.add(bundle) }
            number += 1
            try event(number, &bundles, report) { members[$0] }
        }
        bundles.close(report)
        try json.end()
    }

    private func entry(
        _ entry: JSONTape.Node, _ number: Int, _ bundles: inout FHIRBundles, _ report: ImportReport
    ) throws {
        guard let inner = entry["resource"] else {
            return report.setAside("an entry without resource", line: number)
        }
        try resource(inner, number, &bundles, report)
    }

    private func resource(
        _ found: JSONTape.Node, _ number: Int, _ bundles: inout FHIRBundles, _ report: ImportReport
    ) throws {
        if found.text("resourceType") == "Bundle" { return try bundle(found, number, &bundles, report) }
        try event(number, &bundles, report) { found[$0] }
    }

    /// A bundle that stands in a list, as a page among others, or in the answer to a batch of searches.
    private func bundle(
        _ found: JSONTape.Node, _ number: Int, _ bundles: inout FHIRBundles, _ report: ImportReport
    ) throws {
        var bundle = FHIRBundles.Bundle()
        for entry in found["entry"]?.elements ?? [] {
            bundle.note(entry: entry)
            try self.entry(entry, number, &bundles, report)
        }
        bundle.note(links: found["link"])
        bundle.note(total: found["total"])
        bundles.add(bundle)
    }

    private func event(
        _ number: Int, _ bundles: inout FHIRBundles, _ report: ImportReport,
        _ member: (String) -> JSONTape.Node?
    ) throws {
        let type = member("resourceType")?.string
        if type == "OperationOutcome" {
            return report.gap(
                "OperationOutcome", "the server warns that its answer is not what was asked for")
        }
        guard type == "AuditEvent" else {
            return report.passedOver("of another resource type")
        }
        bundles.noteEvent()
        let recorded = member("recorded")?.string
        guard let at = ReportTime.zoned(recorded) else {
            return report.setAside(ReportTime.fault(recorded, named: "\"recorded\""), line: number)
        }
        let isR5 = member("code") != nil || member("category") != nil
        let contained = ContainedResources(member("contained"))
        let agent = Self.actor(member("agent")?.elements ?? [], contained)
        var record = AccessRecord(at: at)
        record.id = member("id")?.string
        record.user = agent.flatMap { Self.id($0, contained) }
        record.isToldByNameOnly = record.user == nil && agent?["who"]?.text("display") != nil
        let patients = Self.patients(member, contained)
        record.isByPatient = agent.map { Self.isPatient($0, among: patients, contained) } ?? false
        record.isByStaff = contained.isStaff(agent?["who"])
        record.application = Self.application(member("source"), contained)
        record.action = AccessRecord.action(member("action")?.string)
        record.address = agent?[path: "network", "address"]?.string ?? agent?.text("networkString")
        record.codes = Self.codes(member, isR5: isR5)
        record.purposes = Self.purposes(member, agent, isR5: isR5)
        record.outcome = Self.outcome(member("outcome"))
        record.patients = Self.ids(patients, contained)
        let touched = (member("entity")?.elements ?? []).compactMap { contained.id($0["what"]) }
        record.objects = touched.filter { !record.patients.contains($0) }
        try record.tell(report, line: number)
    }

    private static func id(_ agent: JSONTape.Node, _ contained: ContainedResources) -> String? {
        contained.id(agent["who"]) ?? agent.text("altId")
    }

    /// Who acted: of those who asked for it, or else of all, the first that is named and no device, if there is one. Of
    /// one who is named for display only nobody can tell who it is, unless one of the staff stands beside.
    private static func actor(
        _ agents: [JSONTape.Node], _ contained: ContainedResources
    ) -> JSONTape.Node? {
        let requestors = agents.filter { $0["requestor"]?.flag == true }
        let asked = requestors.isEmpty ? agents : requestors
        let people = asked.filter { agent in
            let isNode =
                contained.leads(agent["who"], to: ["Device"])
                || codings(agent["type"]).contains { AccessRecord.nodeRoles.contains($0) }
            return !isNode && (isKnown(agent, contained) || agent["who"]?.text("display") != nil)
        }
        guard let first = people.first else { return asked.first }
        return isKnown(first, contained) ? first : people.first { contained.isStaff($0["who"]) } ?? first
    }

    private static func isKnown(_ agent: JSONTape.Node, _ contained: ContainedResources) -> Bool {
        id(agent, contained)?.isEmpty == false
    }

    /// What R4 calls type and subtypes is the category and the code of R5.
    private static func codes(_ member: (String) -> JSONTape.Node?, isR5: Bool) -> [String] {
        if isR5 {
            return (member("category")?.elements ?? []).flatMap { codings($0) } + codings(member("code"))
        }
        return ([member("type")].compactMap(\.self) + (member("subtype")?.elements ?? [])).compactMap {
            $0.text("code")
        }
    }

    private static func codings(_ concept: JSONTape.Node?) -> [String] {
        concept?["coding"]?.elements.compactMap { $0.text("code") } ?? []
    }

    private static func purposes(
        _ member: (String) -> JSONTape.Node?, _ agent: JSONTape.Node?, isR5: Bool
    ) -> [String] {
        let own = member(isR5 ? "authorization" : "purposeOfEvent")?.elements ?? []
        let agents = agent?[isR5 ? "authorization" : "purposeOfUse"]?.elements ?? []
        return (own + agents).flatMap { codings($0) }
    }

    /// R4 writes a code from 0 to 12, R5 a coding.
    private static func outcome(_ outcome: JSONTape.Node?) -> String? {
        outcome?.string ?? outcome?[path: "code", "code"]?.string
    }

    /// All whose records the event names.
    private static func patients(
        _ member: (String) -> JSONTape.Node?, _ contained: ContainedResources
    ) -> [JSONTape.Node] {
        let entities = (member("entity")?.elements ?? []).filter { entity in
            // R4 writes a coding, R5 a concept.
            let roles = [entity[path: "role", "code"]?.string].compactMap(\.self) + codings(entity["role"])
            // A person is one unless another role is named, or it is one of the staff.
            let isPerson =
                entity[path: "type", "code"]?.string == "1" && roles.isEmpty
                && !contained.isStaff(entity["what"])
            return isPerson || roles.contains("1") || contained.leads(entity["what"], to: ["Patient"])
        }
        return [member("patient")].compactMap(\.self) + entities.compactMap { $0["what"] }
    }

    /// By what they are known, each once: what shares a name with one before it is the same.
    private static func ids(_ patients: [JSONTape.Node], _ contained: ContainedResources) -> [String] {
        var known: Set<Identifier> = []
        var ids: [String] = []
        for patient in patients {
            guard let id = contained.id(patient), !id.isEmpty else { continue }
            let names = contained.names(patient)
            if known.isDisjoint(with: names) { ids.append(id) }
            known.formUnion(names)
        }
        return ids
    }

    /// Where it was recorded, which stands in keys. It is mostly a system, which may have nothing but a display name;
    /// a person stays away.
    private static func application(
        _ source: JSONTape.Node?, _ contained: ContainedResources
    ) -> String? {
        let (observer, site) = (source?["observer"], source?.text("site"))
        if contained.isStaff(observer) || contained.isPatient(observer) { return site }
        return contained.id(observer) ?? observer?.text("display") ?? site
    }

    /// Whether who acts is a patient, or one of those whose records the event names.
    private static func isPatient(
        _ agent: JSONTape.Node, among patients: [JSONTape.Node], _ contained: ContainedResources
    ) -> Bool {
        if contained.isPatient(agent["who"]) || actsAsPatient(agent) { return true }
        var names = contained.names(agent["who"])
        if let other = agent.text("altId") { names.insert(Identifier(other)) }
        return patients.contains { !contained.names($0).isDisjoint(with: names) }
    }

    /// By the role in which an agent took part, where it is known by an identifier alone.
    private static func actsAsPatient(_ agent: JSONTape.Node) -> Bool {
        let roles = [agent["type"]].compactMap(\.self) + (agent["role"]?.elements ?? [])
        return roles.contains { codings($0).contains("PAT") }
    }
}

/// The resources that an event brings with it, to which references such as `#p1` lead.
private struct ContainedResources {
    private let resources: [JSONTape.Node]

    init(_ list: JSONTape.Node?) {
        resources = list?.elements ?? []
    }

    /// Nil for a reference that leads out of the event, or nowhere.
    private func target(_ node: JSONTape.Node?) -> JSONTape.Node? {
        guard let reference = node?.text("reference"), reference.hasPrefix("#") else { return nil }
        return resources.first { $0.text("id") == String(reference.dropFirst()) }
    }

    /// By what somebody or something is known. Never the display name: people are known by it. `#p1` may be somebody
    /// else in the next event, so that the identifier of the resource stands for it.
    func id(_ node: JSONTape.Node?) -> String? {
        let stated = node?[path: "identifier", "value"]?.string
        guard let reference = node?.text("reference") else { return stated }
        guard reference.hasPrefix("#") else { return reference }
        let identifiers = target(node)?["identifier"]?.elements ?? []
        return identifiers.compactMap { $0.text("value") }.first ?? stated
    }

    /// All by which it is known within the event: of two places one may bear the reference and the other the identifier.
    func names(_ node: JSONTape.Node?) -> Set<Identifier> {
        let inside = (target(node)?["identifier"]?.elements ?? []).compactMap { $0.text("value") }
        let stated = [node?.text("reference"), node?[path: "identifier", "value"]?.string].compactMap(\.self)
        return Set((inside + stated).filter { !$0.isEmpty }.map { Identifier($0) })
    }

    func isPatient(_ node: JSONTape.Node?) -> Bool {
        leads(node, to: ["Patient", "RelatedPerson"])
    }

    func isStaff(_ node: JSONTape.Node?) -> Bool {
        leads(node, to: ["Practitioner", "PractitionerRole"])
    }

    /// Whether a reference, relative, absolute or within the event, is to a resource of one of these types, or says
    /// that it is.
    func leads(_ node: JSONTape.Node?, to types: [String]) -> Bool {
        let stated = node?.text("type")?.split(separator: "/").last ?? ""
        let parts = node?.text("reference")?.split { $0 == "/" || $0 == "?" } ?? []
        let inside = target(node)?.text("resourceType") ?? ""
        return types.contains(inside) || (parts.dropLast() + [stated]).contains { types.contains(String($0)) }
    }
}
