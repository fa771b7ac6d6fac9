import Formats

/// A suite of test cases while it is read: what its header counts, and what was found in it.
struct JUnitSuite {
    /// How many cases there are, and how many of them did not pass.
    struct Counts {
        var cases = 0
        var failures = 0
        var errors = 0
    }

    /// A count in the header, as it is written.
    private struct Stated {
        let what: String
        let text: String
    }

    let name: String
    let at: Instant?
    /// As it is written.
    let time: String?
    /// Tells it from another suite of its name and time, in the same file or in another one.
    let mark: String
    private(set) var found = Counts()
    /// It holds suites.
    private var isOuter = false
    private let stated: [Stated]
    /// From the outermost suite to this one.
    private let path: [String]

    /// - Parameter outer: the suite that it stands in.
    init(_ element: Element, in outer: JUnitSuite?) {
        name = element["name"] ?? ""
        at = ReportTime.read(element["timestamp"]) ?? outer?.at
        time = at?.description
        path = (outer?.path ?? []) + [name]
        let around = (outer?.path ?? []) + ["package", "hostname", "file", "id"].map { element[$0] ?? "" }
        mark = around.filter { !$0.isEmpty }.joined(separator: "/")
        var stated: [Stated] = []
        for (member, what) in [("tests", "cases"), ("failures", "failures"), ("errors", "errors")] {
            if let text = element[member], !text.isEmpty { stated.append(Stated(what: what, text: text)) }
        }
        self.stated = stated
    }

    /// What people know it by.
    var title: String { path.last(where: { !$0.isEmpty }) ?? "the report" }

    /// A case of its own.
    mutating func add(_ status: JUnitStatus?) {
        found.cases += 1
        if status == .failed { found.failures += 1 }
        if status == .error { found.errors += 1 }
    }

    /// What a suite inside it holds counts for it, too.
    mutating func add(_ inner: JUnitSuite) {
        isOuter = true
        found.cases += inner.found.cases
        found.failures += inner.found.failures
        found.errors += inner.found.errors
    }

    /// Neither a case nor a suite stands in it.
    var isEmpty: Bool { found.cases == 0 && !isOuter }

    /// How its header differs from what it holds, once for each count.
    var differences: [String] {
        stated.compactMap { one in
            guard let count = Int(one.text) else { return "its header's count of \(one.what) is no number" }
            let held =
                one.what == "cases" ? found.cases : one.what == "failures" ? found.failures : found.errors
            return count == held ? nil : "its header counts \(count) \(one.what), and it holds \(held)"
        }
    }
}

/// How one test case ended.
enum JUnitStatus: String {
    case passed, failed, error, skipped

    /// Nil where it is told in words that nobody here knows.
    init?(_ element: Element) {
        // Cases that passed mostly hold nothing.
        let parts = element.children.isEmpty ? nil : element
        // Google Test says by `status` whether a case was run, and by `result` how it went.
        let words = [element["status"], element["result"]].compactMap { $0?.lowercased() }
        let meanings = words.map { Self.meaning($0) }
        if parts?.child("failure") != nil {
            self = .failed
        } else if parts?.child("error") != nil {
            self = .error
        } else if meanings.contains(where: { $0 == .failed }) {
            self = .failed
        } else if meanings.contains(where: { $0 == .error }) {
            self = .error
        } else if parts?.child("skipped") != nil || meanings.contains(where: { $0 == .skipped }) {
            self = .skipped
        } else if meanings.allSatisfy({ $0 == .passed }) {
            self = .passed
        } else {
            return nil
        }
    }

    private static func meaning(_ word: String) -> JUnitStatus? {
        switch word {
        case "", "passed", "pass", "ok", "success", "successful", "succeeded", "run", "completed": .passed
        case "failed", "fail", "failure": .failed
        case "error", "errored", "broken": .error
        case "skipped", "disabled", "notrun", "ignored", "pending", "suppressed", "untested": .skipped
        default: nil
        }
    }
}
