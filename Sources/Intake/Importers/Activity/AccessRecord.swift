import Evidence
import Formats
import Ledger

/// Who touched whose record: what FHIR's audit events and DICOM's audit messages have in common.
///
/// Names are left behind. A patient's id becomes a pseudonym: the first half of its SHA-256, which joins records and
/// does not show the id. Whoever knows all ids can still try them out, so the field stays marked as PHI. A patient who
/// acts gets the same pseudonym, so that it shows who looked at their own record.
struct AccessRecord {
    var id: String?
    var at: Instant
    var application: String?
    var user: String?
    /// Who acted is told by a name that is not kept, and by nothing else.
    var isToldByNameOnly = false
    /// Who acted is a patient, or somebody close to one.
    var isByPatient = false
    /// Who acted is known to be of the staff: numbers of staff may be those of patients, too.
    var isByStaff = false
    /// Whose records were touched; none where it is not told.
    var patients: [String] = []
    /// What else was touched, such as studies: it tells apart what happened in one second.
    var objects: [String] = []
    var action: String?
    /// HL7's codes of the purposes of use.
    var purposes: [String] = []
    /// How it ended, in the code of whoever wrote it; nil where it is not told.
    var outcome: String?
    /// What happened, in DICOM's codes of an event and of its types (PS3.16, context groups 400 and 401).
    var codes: [String] = []
    var address: String?

    /// Roles in which no person takes part: application, launcher, destination, source, and their media (DICOM PS3.16,
    /// context group 402).
    static let nodeRoles: Set<String> = ["110150", "110151", "110152", "110153", "110154", "110155"]

    /// By the type of the event or by a purpose; it is none only where purposes are told.
    private var isBreakGlass: Bool? {
        if codes.contains("110127") || purposes.contains("BTG") { return true }
        return purposes.isEmpty ? nil : false
    }

    /// `0` of RFC 3881, or R5's words, which are those of FHIR for how bad an issue is: mere information does not say how
    /// it ended.
    private var isSuccess: Bool? {
        guard let outcome, !outcome.isEmpty, outcome != "information" else { return nil }
        return ["0", "success", "warning"].contains(outcome)
    }

    /// The authentication of a user or a node, or a log-in by name. The first stands for log-outs, too.
    private var isLogin: Bool { codes.contains { ["110114", "110122"].contains($0) } }

    /// What it is where it is neither an access nor a log-in.
    private var otherEvent: String? {
        if codes.contains("110123") { return "log-out" }
        // Of an override nothing else may tell.
        if isLogin || !patients.isEmpty || codes.contains("110127") { return nil }
        return codes.lazy.compactMap { Self.events[$0] }.first
    }

    /// What is no access unless it names a patient (DICOM PS3.16, context group 400).
    private static let events = [
        "110100": "start or end of an application", "110101": "use of an audit log",
        "110108": "network entry", "110113": "security alert",
    ]

    /// How many records it makes: an access is one for each patient.
    var count: Int {
        if otherEvent != nil { return 0 }
        return isLogin ? 1 : max(1, patients.count)
    }

    func tell(_ report: ImportReport, line: Int) throws {
        if let otherEvent { return report.passedOver(otherEvent) }
        guard let user, !user.isEmpty else {
            return report.setAside(
                isToldByNameOnly
                    ? "who acted is told by a display name only, which is not kept"
                    : "nobody is named as who acted", line: line)
        }
        // Without it a log-in is no record, and neither answer may be made up.
        if isLogin, isSuccess == nil {
            return report.setAside("a log-in that does not say how it ended", line: line)
        }
        report.counted(count)
        let shown = patient(acting: user).map { Self.pseudonym($0) } ?? user
        if isLogin {
            var fields = Fields()
            fields.text("user_id", shown)
            fields.text("system", application)
            fields.flag("succeeded", isSuccess)
            fields.text("address", address)
            return try report.event("auth.event", key(patients.first, report), at: at, fields, line: line)
        }
        let touched: [String?] = patients.isEmpty ? [nil] : patients
        for patient in touched {
            try tellAccess(by: shown, to: patient, report, line: line)
        }
    }

    /// Whoever has the id of a patient in the same record is that patient, whichever way it is written.
    /// - Returns: how that patient is known; nil for who is none.
    private func patient(acting user: String) -> String? {
        if let same = patients.first(where: { $0.hasSameBytes(as: user) }) { return same }
        let ids = Self.ids(user)
        let other = isByStaff ? nil : patients.first { !Self.ids($0).isDisjoint(with: ids) }
        guard let other else { return isByPatient ? user : nil }
        // One number of two authorities may be that of two patients: hidden, but not as the same.
        return user.contains("^") && other.contains("^") ? user : other
    }

    /// An id as it is, and alone: without the authority behind it in HL7's form (`P77^^^&1.2.3&ISO`), and out
    /// of a reference to a patient (`https://…/Patient/P77`).
    private static func ids(_ text: String) -> Set<Identifier> {
        let parts = text.split(separator: "/")
        let alone: [String?] = [
            String(text.prefix { $0 != "^" }),
            parts.lastIndex(of: "Patient").flatMap { $0 + 1 < parts.endIndex ? String(parts[$0 + 1]) : nil },
        ]
        return Set(([text] + alone.compactMap(\.self)).filter { !$0.isEmpty }.map { Identifier($0) })
    }

    private func tellAccess(
        by shown: String, to patient: String?, _ report: ImportReport, line: Int
    ) throws {
        var fields = Fields()
        fields.text("application", application ?? "unknown")
        fields.text("user_id", shown)
        fields.text("patient_id", patient.map { Self.pseudonym($0) })
        fields.text("action", action)
        fields.flag("succeeded", isSuccess)
        fields.text("purpose", Self.purpose(purposes.first))
        fields.flag("break_glass", isBreakGlass)
        try report.event("phi.access", key(patient, report), at: at, fields, line: line)
    }

    /// An event without an id of its own is known by all that it says. Keys are shown where fields are withheld: without
    /// the secret nobody can try out which patient is in one.
    private func key(_ patient: String?, _ report: ImportReport) -> Identifier {
        if let id {
            // Of several patients each has a record of the event.
            let mark = isLogin || patients.count < 2 ? nil : Self.mark([id, patient], report)
            // Every system counts its events for itself.
            guard let application else { return mark.map { Fields.key(id, $0) } ?? Fields.key(id) }
            return mark.map { Fields.key(id, application, $0) } ?? Fields.key(id, application)
        }
        // Two attempts of one second that ended otherwise are two events.
        let said: [String?] = [outcome, codes.joined(separator: "+"), purposes.joined(separator: "+")]
        let parts: [String?] = [at.description, application, user, patient, action, address] + said
        return Identifier(Self.mark(parts + objects.map(Optional.some), report))
    }

    /// A keyed hash of all of this.
    private static func mark(_ parts: [String?], _ report: ImportReport) -> String {
        let message = Array(parts.map { $0 ?? "" }.joined(separator: "\u{1F}").utf8)
        return String(KeyedHash(report.setting.keySecret).code(of: message).hex.prefix(32))
    }

    private static func pseudonym(_ id: String) -> String {
        String(Digest.sha256(Array(id.utf8)).hex.prefix(32))
    }

    /// The action codes C, R, U, D, E that both share (RFC 3881 section 5.1.2).
    static func action(_ code: String?) -> String? {
        ["C": "create", "R": "read", "U": "update", "D": "delete", "E": "execute"][code ?? ""]
    }

    /// HL7's purposes of use, in the words of `phi.access`.
    private static func purpose(_ code: String?) -> String? {
        switch code {
        case "TREAT", "ETREAT", "CAREMGT": "treatment"
        case "HPAYMT": "payment"
        case "HOPERAT": "operations"
        case "BTG": "treatment"
        case let other?: other.lowercased()
        case nil: nil
        }
    }
}
