/// A timestamp's text in SQL, to the character as the language prints it: RFC 3339 in UTC, with as many digits of a second
/// as are needed.
///
/// Whole numbers alone, because the functions of time that databases have are not the same. Years begin in March, so
/// that the day that some of them lack is the last; after Neri and Schneider, "Euclidean affine functions and their
/// application to calendar algorithms" (2023).
enum SQLTimestampText {
    /// - Parameter term: microseconds since 1970; NULL, or beyond the years 1 to 9999, there is no text.
    static func sql(_ term: String) -> String {
        // Microseconds since the year 1, then four times the days since March of the year 0, and 3.
        let since = "SELECT \(term) + 62135596800000000 AS u"
        let days = """
            SELECT u % 86400000000 AS clock, 4 * \(whole("u", by: "86400000000")) + 1227 AS n FROM (\(since)) AS t0 \
            WHERE u BETWEEN 0 AND 315537897599999999
            """
        let centuries = """
            SELECT clock, \(whole("n", by: "146097")) AS century, n % 146097 - n % 146097 % 4 + 3 AS n \
            FROM (\(days)) AS t1
            """
        let years = """
            SELECT clock, 100 * century + \(whole("n", by: "1461")) AS year, \
            5 * \(whole("(n % 1461)", by: "4")) + 461 AS n FROM (\(centuries)) AS t2
            """
        let months = """
            SELECT clock, year, \(whole("n", by: "153")) AS month, \(whole("(n % 153)", by: "5")) + 1 AS day \
            FROM (\(years)) AS t3
            """
        let fraction = "rtrim(\(digits("clock % 1000000", 1_000_000)), '0')"
        let parts = [
            digits("year + CASE WHEN month > 12 THEN 1 ELSE 0 END", 10_000), "'-'",
            digits("CASE WHEN month > 12 THEN month - 12 ELSE month END", 100), "'-'", digits("day", 100),
            "'T'",
            digits(whole("clock", by: "3600000000"), 100), "':'",
            digits(whole("(clock % 3600000000)", by: "60000000"), 100), "':'",
            digits(whole("(clock % 60000000)", by: "1000000"), 100),
            "CASE WHEN clock % 1000000 = 0 THEN '' ELSE '.' || \(fraction) END", "'Z'",
        ]
        return "(SELECT \(parts.joined(separator: " || ")) FROM (\(months)) AS t4)"
    }

    /// One database's division of whole numbers is another's division of decimals: divide what divides evenly.
    private static func whole(_ number: String, by divisor: String) -> String {
        "CAST((\(number) - \(number) % \(divisor)) / \(divisor) AS BIGINT)"
    }

    /// A number below a power of ten with all its places.
    private static func digits(_ number: String, _ power: Int) -> String {
        "substr(CAST(\(power) + \(number) AS TEXT), 2)"
    }
}
