/// The spelling of ids.
enum Names {
    private static let longest = 100

    /// `access-control`, `idp.account`: lower-case letters and digits, single `-` and `.` between them.
    static func isLowerCase(_ text: String) -> Bool {
        isJoined(text) { byte in isLower(byte) || isDigit(byte) }
    }

    /// `IAM-02`, `CC6.1`: upper-case letters and digits, single `-` and `.` between them.
    static func isUpperCase(_ text: String) -> Bool {
        isJoined(text) { byte in isUpper(byte) || isDigit(byte) }
    }

    /// `owner_id`: what may stand behind a dot or alone in an expression.
    static func isFieldName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLower(first) || isUpper(first), text.utf8.count <= longest else {
            return false
        }
        return text.utf8.allSatisfy { isLower($0) || isUpper($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Dots and hyphens only between two other characters, because ids become file names.
    private static func isJoined(_ text: String, _ accepts: (UInt8) -> Bool) -> Bool {
        guard !text.isEmpty, text.utf8.count <= longest else { return false }
        var joining = true
        for byte in text.utf8 {
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
                if joining { return false }
                joining = true
            } else if accepts(byte) {
                joining = false
            } else {
                return false
            }
        }
        return !joining
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
    private static func isUpper(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
