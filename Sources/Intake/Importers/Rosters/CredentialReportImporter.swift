import Formats

/// The credential report of AWS IAM, plain or in the answer of `aws iam get-credential-report`: users become `idp.account`,
/// their access keys `cloud.key`, and the root identity `cloud.account`.
///
/// `N/A`, `no_information` and `not_supported` are three ways of not knowing, and none is a value. A report without the
/// row `<root_account>` is cut: a gap.
struct CredentialReportImporter: Importer {
    static let format = ImportFormat("aws-credential-report", "AWS credential report")
    private static let root = "<root_account>"

    static func recognises(_ head: FileHead) -> Bool {
        if case .text(let line) = head.shape { return line.hasPrefix("user,arn,user_creation_time") }
        guard let json = head.json, !json.isArray, let content = json["Content"] else { return false }
        // The content may be longer than what is looked at.
        return json.has("GeneratedTime") || json.has("ReportFormat") || content.isEmpty && json.count == 1
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let first = try input.head(64).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let isAnswer = first == UInt8(ascii: "{")
        try table(isAnswer ? ByteStream(content(of: input, report)) : input, report)
    }

    /// The table in an answer of the command line of AWS, which says when it was made.
    private func content(of input: ByteStream, _ report: ImportReport) throws -> [UInt8] {
        let json = JSONStream(input)
        var text: String?
        try json.object { name in
            switch name {
            case "Content": text = try json.value()?.string
            case "GeneratedTime": report.made(ReportTime.read(try json.value()?.string))
            default: break
            }
        }
        try json.end()
        guard let encoded = text, let bytes = Base64.decode(encoded.filter { !$0.isWhitespace }) else {
            throw ImportError("\"Content\" is no base64 text, or longer than 16 MiB; give the CSV file in it")
        }
        return bytes
    }

    private func table(_ input: ByteStream, _ report: ImportReport) throws {
        let csv = try CSVReader(input, separator: UInt8(ascii: ","))
        guard case .fields(let names, _)? = try csv.next() else {
            throw ImportError("the first line is missing")
        }
        var columns: [String: Int] = [:]
        for (index, name) in names.enumerated() { columns[name] = index }
        for name in ["user", "arn", "password_enabled", "mfa_active", "access_key_1_active"]
        where columns[name] == nil {
            throw ImportError("the column \"\(name)\" is missing")
        }
        var hasRoot = false
        report.describe(tool: "AWS IAM")
        for kind: Identifier in ["idp.account", "cloud.key", "cloud.account"] { report.lists(kind) }
        while let record = try csv.next() {
            switch record {
            case .refused(let reason, let line): report.setAside(reason, line: line)
            case .fields(let fields, let line):
                guard fields.count == names.count else {
                    report.setAside(
                        "\(fields.count) columns where the first line has \(names.count)", line: line)
                    continue
                }
                func text(_ name: String) -> String? {
                    let value = columns[name].map { fields[$0] } ?? ""
                    return ["", "N/A", "no_information", "not_supported"].contains(value) ? nil : value
                }
                guard let user = text("user"), let arn = text("arn") else {
                    report.setAside("user or arn is missing", line: line)
                    continue
                }
                report.counted()
                if user == Self.root { hasRoot = true }
                try row(user, arn, text, line, report)
            }
        }
        if !hasRoot {
            report.gap(
                Self.root, "the row of the root identity is missing: the report is not the whole account")
        }
    }

    private func row(
        _ user: String, _ arn: String, _ text: (String) -> String?, _ line: Int, _ report: ImportReport
    ) throws {
        let account = arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first.map(
            String.init)
        report.describe(tool: nil, target: account)
        let keys = [1, 2].map { flag(text("access_key_\($0)_active")) }
        if user == Self.root {
            var fields = Fields()
            fields.text("name", account)
            fields.flag("root_mfa", flag(text("mfa_active")))
            fields.whole("root_keys", keys.contains(nil) ? nil : keys.count { $0 == true })
            return try report.state("cloud.account", Fields.key(account ?? arn), fields, line: line)
        }
        let password = flag(text("password_enabled"))
        var fields = Fields()
        fields.text("owner_id", user)
        fields.text("login", user)
        let certificates = [1, 2].map { flag(text("cert_\($0)_active")) }
        fields.flag("enabled", Self.canLogIn(password, keys, certificates))
        fields.flag("mfa", flag(text("mfa_active")))
        fields.text("type", password.map { $0 ? "human" : "service" })
        fields.time("created_at", ReportTime.read(text("user_creation_time")))
        try report.state("idp.account", Fields.key(arn), fields, line: line)
        for (index, isActive) in keys.enumerated() {
            let name = "access_key_\(index + 1)"
            let time = text("\(name)_last_rotated")
            let mayBeAbsent = isActive == false || text("\(name)_active") == nil
            // The user has no such key: it is not active, and was never made.
            if mayBeAbsent, time == nil { continue }
            guard let isActive, let rotated = ReportTime.read(time) else {
                report.setAside(
                    "the columns of \(name) do not say whether the key is active, and since when", line: line)
                continue
            }
            var key = Fields()
            key.text("owner_id", user)
            key.time("created", rotated)
            key.flag("active", isActive)
            try report.state("cloud.key", Fields.key(arn, String(index + 1)), key, line: line)
        }
    }

    /// A user with neither password nor active key nor active signing certificate cannot get in.
    private static func canLogIn(_ password: Bool?, _ keys: [Bool?], _ certificates: [Bool?]) -> Bool? {
        if password == true || keys.contains(true) || certificates.contains(true) { return true }
        return password == nil ? nil : false
    }

    private func flag(_ text: String?) -> Bool? {
        switch text?.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }
}
