import Formats

/// Times as services of AWS write them in JSON: seconds since 1970, whole, with a fraction or with an exponent.
enum AWSTime {
    /// The first second of the year 10000, which no text of a time can say.
    private static let end = 253_402_300_800.0

    /// To the microsecond; nil for what is no such time, and for none after 1970.
    static func instant(_ json: JSON?) -> Instant? {
        let seconds: Double? =
            switch json {
            case .integer(let number): Double(number)
            case .decimal(let text): Double(text)
            default: nil
            }
        guard let seconds, seconds > 0, seconds < end else { return nil }
        return Instant(microseconds: Int64((seconds * 1_000_000).rounded()))
    }
}
