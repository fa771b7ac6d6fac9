/// What a number of Prometheus says of a service, asked of the server or read in a file.
///
/// What goes beyond 0 and 1 is a sum or a measure of something else, such as the status of an answer; between them is a
/// share of several, one of which was down.
enum PrometheusSample: Sendable, Hashable {
    case up, down
    /// NaN or infinite: no answer, neither up nor down.
    case noNumber
    /// Neither, and a sign that something else was asked for.
    case excess

    init(_ value: Double) {
        self =
            !value.isFinite ? .noNumber : !(0...1).contains(value) ? .excess : value >= 1 ? .up : .down
    }

    /// Nil where it says neither.
    var isUp: Bool? {
        switch self {
        case .up: true
        case .down: false
        case .noNumber, .excess: nil
        }
    }

    /// Of a whole series, which a server may hold thousands of such samples of.
    static let excessOfSeries =
        "values beyond 0 and 1, which say neither down nor up; ask min by (job, instance) of up or of a probe"

    static let excessReason =
        "a value that is not between 0 (down) and 1 (up); ask min by (job, instance) of up or of a probe"

    /// Why a series of this name says nothing of a service; nil where it may. What Prometheus writes of its own alerts is 1
    /// where something is wrong.
    static func refusal(of name: String?) -> String? {
        guard let name, ["ALERTS", "ALERTS_FOR_STATE"].contains(name) else { return nil }
        return "a series of alerts: 1 says that one fires, not that a service is up; ask for up"
    }
}
