import Formats

/// Audit messages of IHE ATNA in both dialects: DICOM PS3.15 A.5 (`csd-code`, `originalText`) and RFC 3881 (`code`,
/// `displayName`). A file holds one message, or many below any root.
///
/// Real producers keep to no schema, so none is enforced: what is needed is who, when and what.
struct AuditMessageImporter: Importer {
    static let format = ImportFormat("atna", "DICOM/ATNA audit messages")

    static func recognises(_ head: FileHead) -> Bool {
        head.xml.map { ["AuditMessage", "AuditMessages", "IHEYr4"].contains($0.name) } ?? false
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var number = 0
        report.describe(tool: "ATNA")
        try XMLRecords.read(input, records: ["AuditMessage"]) { event in
            switch event {
            case .record(let message):
                number += 1
                try take(message, number, report)
            case .refused(_, let reason):
                number += 1
                report.addToTotal(1)
                report.setAside(reason, line: number)
            case .open, .close: break
            }
        }
        if number == 0 { report.gap("the file", "holds no AuditMessage") }
    }

    private func take(_ message: Element, _ number: Int, _ report: ImportReport) throws {
        guard let event = message.child("EventIdentification"),
            let at = ReportTime.zoned(event["EventDateTime"])
        else {
            report.addToTotal(1)
            let written = message.child("EventIdentification")?["EventDateTime"]
            return report.setAside(ReportTime.fault(written, named: "EventDateTime"), line: number)
        }
        let code = Self.code(event.child("EventID"))
        let types = event.children("EventTypeCode").compactMap { Self.code($0) }
        let person = Self.actor(message.children("ActiveParticipant"))
        let source = message.child("AuditSourceIdentification")
        var record = AccessRecord(at: at)
        record.user = person?["UserID"]
        record.isByPatient = person.map(Self.isPatient) ?? false
        record.application = source?["AuditSourceID"]
        record.address = person?["NetworkAccessPointID"]
        record.outcome = event["EventOutcomeIndicator"]
        record.codes = [code].compactMap(\.self) + types
        record.action = Self.action(code) ?? AccessRecord.action(event["EventActionCode"])
        record.purposes = event.children("PurposeOfUse").compactMap { Self.code($0) }
        let objects = message.children("ParticipantObjectIdentification")
        record.patients = Self.patients(objects)
        record.objects = Self.ids(objects.filter { !Self.isPatientRecord($0) })
        report.addToTotal(record.count)
        try record.tell(report, line: number)
    }

    /// Who acted: of those who asked for it, or else of all, the first that is no node of the exchange, if there is one.
    private static func actor(_ participants: [Element]) -> Element? {
        let requestors = participants.filter { ($0["UserIsRequestor"] ?? "").lowercased() == "true" }
        let asked = requestors.isEmpty ? participants : requestors
        let person = asked.first { participant in
            let roles = participant.children("RoleIDCode").compactMap { code($0) }
            return participant["UserID"]?.isEmpty == false
                && !roles.contains { AccessRecord.nodeRoles.contains($0) }
        }
        return person ?? asked.first
    }

    /// Those that the message names, each once: a data export may tell of several (DICOM PS3.15 A.5.3.4).
    private static func patients(_ objects: [Element]) -> [String] {
        var known: Set<Identifier> = []
        return ids(objects.filter(isPatientRecord)).filter { known.insert(Identifier($0)).inserted }
    }

    private static func isPatientRecord(_ object: Element) -> Bool {
        code(object.child("ParticipantObjectIDTypeCode")) == "2"
            || object["ParticipantObjectTypeCodeRole"] == "1"
    }

    private static func ids(_ objects: [Element]) -> [String] {
        objects.compactMap { $0["ParticipantObjectID"] }.filter { !$0.isEmpty }
    }

    /// By the role in which somebody took part, or the sort of id by which they are known. Which code says so is not
    /// laid down: `PAT` is HL7's, 121025 DICOM's, 116154004 SNOMED's.
    private static func isPatient(_ person: Element) -> Bool {
        let types = person.children("UserIDTypeCode")
        // 1 and 2 of RFC 3881 are a medical record number and a patient number.
        let isByNumber = types.contains { ["1", "2"].contains(code($0) ?? "") }
        return isByNumber
            || (types + person.children("RoleIDCode")).contains { element in
                let words = [code(element), element["displayName"], element["originalText"]]
                return words.contains { patientWords.contains($0?.lowercased() ?? "") }
            }
    }

    private static let patientWords: Set<String> = ["pat", "patient", "121025", "116154004"]

    private static func code(_ element: Element?) -> String? { element?["csd-code"] ?? element?["code"] }

    /// The event codes whose meaning the letters do not carry (DICOM PS3.16, context group 400).
    private static func action(_ code: String?) -> String? {
        switch code {
        case "110105": "delete"
        case "110106": "export"
        case "110107": "import"
        case "110112": "query"
        case "110102", "110104": "transfer"
        default: nil
        }
    }
}
