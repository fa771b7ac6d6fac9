import Assessment
import Formats
import Programs

/// What management has answered to the exceptions of one test; unaudited wherever it is printed.
struct ExceptionResponses {
    private let row: TestRow
    /// By exception, every response that speaks to it.
    private var answers: [String: [ManagementResponse]] = [:]
    private var spoken: [(response: ManagementResponse, answered: [ExceptionRow])] = []

    init(_ material: ReportMaterial, _ row: TestRow) {
        self.row = row
        let controls = material.result.controls.filter { $0.control.tests.contains(row.id) }.map(\.control.id)
        for response in material.program.responses {
            let answered = row.exceptions.filter {
                response.answers(
                    row.id, of: controls, key: $0.key, source: $0.source, start: $0.interval.start,
                    in: material.program.zone)
            }
            guard !answered.isEmpty else { continue }
            for exception in answered { answers[exception.id, default: []].append(response) }
            spoken.append((response, answered))
        }
    }

    /// Whether every exception is answered.
    var isComplete: Bool { row.exceptions.allSatisfy { answers[$0.id] != nil } }

    /// One line a response, and how many exceptions are without one. Exceptions are named by their numbers: keys may be
    /// about persons.
    var lines: [String] {
        if spoken.isEmpty { return ["none given"] }
        var lines = spoken.map { response, answered in
            let isAll = answered.count == row.exceptions.count
            let names = answered.prefix(10).map(\.id).joined(separator: ", ")
            let rest = answered.count > 10 ? " and \(answered.count - 10) more" : ""
            return "\(isAll ? "All" : names + rest): \(Self.text(response))"
        }
        let open = row.exceptions.count { answers[$0.id] == nil }
        if open > 0 { lines.append("\(Wording.count(open, "exception")) without a response.") }
        return lines
    }

    /// What is answered to one exception.
    func text(of exception: ExceptionRow) -> String {
        answers[exception.id].map { $0.map(Self.text).joined(separator: "\n") } ?? "none given"
    }

    private static func text(_ response: ManagementResponse) -> String {
        var parts = [response.text.inOneLine]
        if let action = response.action { parts.append("Action: \(action.inOneLine)") }
        var answerable = "Owner: \(response.owner)"
        if let due = response.due { answerable += ", due \(due)" }
        if let done = response.done { answerable += ", done \(done)" }
        return (parts + [answerable + "."]).joined(separator: " ")
    }
}

extension String {
    /// In one line.
    fileprivate var inOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
