import Formats

/// AWS CloudTrail log files (event versions 1.0x and 1.1x): each record becomes a `cloud.activity`, and each console
/// log-in an `auth.event` too.
///
/// An `errorCode` says that the call was not carried out. A log file cannot show that no other file is missing, so
/// nothing is covered unless whoever imports it asserts so (`--covers`), and not where it holds no event at all, or one of
/// another version. A digest file, which CloudTrail puts beside its log files, holds no event and is passed over.
struct CloudTrailImporter: Importer {
    static let format = ImportFormat("cloudtrail", "AWS CloudTrail")
    private static let versions = ["1."]
    /// What a digest file has, and no log file.
    private static let ofDigests: Set<String> = ["digestS3Bucket", "logFiles"]

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json else { return false }
        return json.has("eventVersion", "eventSource")
            || (json.has("Records") && !json.isArray && json.count == 1)
            || json.has("EventId", "CloudTrailEvent") || json.has("Events") && json.count <= 2
            || json.has("digestS3Bucket", "logFiles")
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var number = 0
        var isCutShort = false
        var hasRecords = false
        var isSingleEvent = false
        var marks: Set<String> = []
        report.describe(tool: "CloudTrail")
        func take() throws {
            number += 1
            guard let found = report.readable(try json.record(), line: number) else { return }
            try record(found, number, report)
        }
        if try json.isAt("[") {
            hasRecords = try json.array(take)
        } else {
            try json.values {
                try json.object { name in
                    switch name {
                    case "Records", "Events":
                        if try json.array(take) { hasRecords = true }
                    case "eventID", "eventVersion", "CloudTrailEvent": isSingleEvent = true
                    case "NextToken": isCutShort = try json.isAt("\"")
                    case _ where Self.ofDigests.contains(name): marks.insert(name)
                    default: break
                    }
                }
            }
        }
        try json.end()
        if !hasRecords, !isSingleEvent, marks == Self.ofDigests {
            return report.passedOver("digest files, which hold no event")
        }
        if !hasRecords, isSingleEvent {
            throw ImportError(
                "gather the events first: jq -s '{Records: .}' FILE; the file holds single events, one a line, "
                    + "and no list of them")
        }
        if !hasRecords { throw ImportError("there is no list \"Records\" or \"Events\"") }
        if isCutShort {
            report.gap("NextToken", "the answer was not the last page: later events are missing")
        }
        if number == 0 {
            report.gap(
                "Records", "the list of events is empty, which does not show that there was none")
        }
        report.total(number)
    }

    private func record(_ found: JSONTape.Node, _ number: Int, _ report: ImportReport) throws {
        // The API of the event history wraps the record as a text.
        if let wrapped = found.text("CloudTrailEvent") {
            do {
                return try record(try JSONTape(Array(wrapped.utf8)).root, number, report)
            } catch let error as JSONError {
                return report.setAside("CloudTrailEvent: \(error)", line: number)
            }
        }
        guard let id = found.text("eventID"), let name = found.text("eventName") else {
            return report.setAside("eventID or eventName is missing", line: number)
        }
        let written = found.text("eventTime")
        guard let at = ReportTime.zoned(written) else {
            return report.setAside(ReportTime.fault(written, named: "eventTime"), line: number)
        }
        report.counted()
        report.understands("CloudTrail", Self.versions, of: found.text("eventVersion"), at: "eventVersion")
        let service = found.text("eventSource").map {
            $0.hasSuffix(".amazonaws.com") ? String($0.dropLast(14)) : $0
        }
        let identity = found["userIdentity"]
        let succeeded = Self.succeeded(found, name)
        let session = identity?[path: "sessionContext", "attributes", "mfaAuthenticated"]
        var mfa = session.flatMap { $0.flag ?? $0.string.map { $0 == "true" } }
        if let used = found[path: "additionalEventData", "MFAUsed"]?.string { mfa = used == "Yes" }
        let actor = identity?.text("arn") ?? identity?.text("principalId") ?? identity?.text("invokedBy")
        let address = found.text("sourceIPAddress")
        var fields = Fields()
        fields.text("action", [service, name].compactMap(\.self).joined(separator: ":"))
        fields.text("actor_id", actor)
        fields.flag("mfa", mfa)
        fields.flag("succeeded", succeeded)
        fields.flag("read_only", found["readOnly"].flatMap { $0.flag ?? $0.string.map { $0 == "true" } })
        fields.text("address", address)
        try report.event("cloud.activity", Fields.key(id), at: at, fields, line: number)
        guard name == "ConsoleLogin" else { return }
        guard let succeeded else {
            return report.setAside("a log-in that does not say how it ended", line: number)
        }
        var login = Fields()
        login.text("user_id", actor)
        login.text("system", "aws:\(found.text("recipientAccountId") ?? "")")
        login.flag("succeeded", succeeded)
        login.flag("mfa", mfa)
        login.text("address", address)
        try report.event("auth.event", Fields.key(id), at: at, login, line: number)
    }

    /// How a call ended. A log-in to the console that failed may have no code of an error; its answer says so.
    private static func succeeded(_ found: JSONTape.Node, _ name: String) -> Bool? {
        let isLogin = name == "ConsoleLogin"
        let answer = found[path: "responseElements", "ConsoleLogin"]?.string
        if isLogin, let answer, ["Success", "Failure"].contains(answer) { return answer == "Success" }
        let hasFailed = ["errorCode", "errorMessage"].contains { (found[$0]?.kind ?? .null) != .null }
        if hasFailed { return false }
        // Neither answer may be made up.
        return isLogin ? nil : true
    }
}
