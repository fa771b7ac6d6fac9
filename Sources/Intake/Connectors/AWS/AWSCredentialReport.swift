import Formats

/// The credential report of an account: every user in one answer, the root user among them.
struct AWSCredentialReport: Sendable {
    private static let place = "credential report"

    let rows: [[String: String]]
    /// Why a row was left out, which may be a user that nobody sees then.
    let faults: [String]
    /// Of when it tells: AWS hands out the same report for up to four hours.
    let generated: Instant

    /// - Parameter now: what it tells is of this moment at the latest, whatever the clock of AWS says.
    init(_ answer: XMLTree, at now: Instant) throws(ReadingFailure) {
        let result = answer["GetCredentialReportResult"]
        guard let text = result?.value("Content"), let bytes = Base64.decode(text.filter { !$0.isWhitespace })
        else { throw ReadingFailure(Self.place, "the answer holds no report") }
        (rows, faults) = try Self.read(bytes)
        guard rows.contains(where: { $0["user"] == "<root_account>" }) else {
            throw ReadingFailure(Self.place, "the root user is missing in it: it is not whole")
        }
        guard let time = result?.value("GeneratedTime"), let generated = Instant(time) else {
            throw ReadingFailure(Self.place, "the answer does not say when it was made")
        }
        self.generated = min(generated, now)
    }

    /// A user's name may hold a comma: a row of another width than the heading is not guessed at.
    private static func read(_ bytes: [UInt8]) throws(ReadingFailure) -> (
        rows: [[String: String]], faults: [String]
    ) {
        var rows: [[String: String]] = []
        var faults: [String] = []
        do {
            let csv = try CSVReader(ByteStream(bytes), separator: UInt8(ascii: ","))
            guard case .fields(let heading, _)? = try csv.next(), heading.first == "user" else {
                throw ReadingFailure(place, "its first line is not the heading")
            }
            while let record = try csv.next() {
                switch record {
                case .fields(let fields, _) where fields.count == heading.count:
                    rows.append(Dictionary(zip(heading, fields)) { first, _ in first })
                case .fields(let fields, let line):
                    faults.append("line \(line): \(fields.count) fields, the heading has \(heading.count)")
                case .refused(let reason, let line): faults.append("line \(line): \(reason)")
                }
            }
        } catch let error as ReadingFailure {
            throw error
        } catch {
            throw ReadingFailure(place, "it cannot be read as CSV")
        }
        return (rows, faults)
    }
}
