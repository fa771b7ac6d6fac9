import Formats

extension ImportReport {
    /// An open finding, or one that is known to be fixed.
    ///
    /// - Parameter isExploited: nil where the report does not tell.
    func finding(
        _ name: String, target: String, component: String? = nil, _ severity: Severity, isFixed: Bool = false,
        isExploited: Bool? = nil, foundAt: Instant? = nil, key: Identifier, line: Int? = nil
    ) throws {
        if !isFixed { open.add(severity) }
        var fields = Fields()
        fields.text("component", component)
        fields.flag("exploited", isExploited)
        fields.flag("fixed", isFixed)
        fields.time("found_at", foundAt)
        fields.text("name", name)
        fields.text("severity", severity.rawValue)
        fields.text("target", target)
        fields.text("tool", toolName)
        try state("scan.finding", key, fields, line: line)
    }

    /// What came out of one rule on one resource. A rule that does not apply is counted, and no record.
    func check(
        _ rule: String, on resource: String, _ outcome: CheckOutcome, _ severity: Severity?,
        benchmark: String? = nil,
        key: Identifier, line: Int? = nil
    ) throws {
        lists("config.finding")
        switch outcome {
        case .passed: counted()
        case .failed:
            counted()
            open.add(severity ?? .unstated)
        case .notApplicable: return passedOver("not applicable")
        case .notTested: passedOver("without a result, or to be done by a person")
        }
        var fields = Fields()
        fields.text("benchmark", benchmark)
        fields.text("resource", resource)
        fields.text("result", outcome.rawValue)
        fields.text("rule", rule)
        fields.text("severity", (severity ?? .unstated).rawValue)
        try state("config.finding", key, fields, line: line)
    }

    /// A scan for vulnerabilities as an event, with its open findings by severity.
    ///
    /// Tests take it for such: what looked only at ports, or only at configuration, tells none.
    /// When it ran is what they ask for: one that does not say so is not told as completed.
    /// - Parameter ended: when that of a part of the document ended; nil for the whole run.
    /// - Parameter place: tells it from the runs before it in the document, which may be of the same tool and time.
    func run(
        completed: Bool, target: String? = nil, ended: Instant? = nil, place: Int? = nil
    ) throws {
        let name = target ?? subject ?? fallbackSubject
        let (at, isDated) = dates.moment(of: ended)
        var fields = Fields()
        fields.flag("completed", completed && isComplete && isDated)
        fields.whole("critical", open.critical)
        fields.whole("high", open.high)
        fields.text("target", name)
        let id =
            place.map { Fields.key(toolName, name, at.description, String($0)) }
            ?? Fields.key(toolName, name, at.description)
        try event("scan.run", id, at: at, fields)
    }
}
