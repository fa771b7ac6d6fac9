package import ArgumentParser
import Evidence
import Formats
import Ledger
import Reports

/// `assay absence FILE`
package struct AbsenceCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "absence",
        abstract: "Check a proof that a record was not among those of a collection, offline.",
        discussion: """
            The proof comes from "assay log absence". It shows what a collection brought, not what the source withheld. \
            Exits 0 when the record is proven to be absent and 1 when it is not. With --key alone, who signed the \
            collection is not looked at.
            """)

    @Argument(help: "The proof.") var file: String
    @OptionGroup var trusting: TrustArguments
    @Option(help: "How to print: table or json.") var format: OutputFormat = .table

    package init() {}

    package func run() throws {
        let bytes = try GivenFile.bytes(file)
        let trust = try trusting.trustFile()
        guard let keys = try trust?.keys ?? trusting.trusted().map({ KeyHistory(log: $0, collector: $0) }),
            let origin = keys.current(.log)?.name
        else { throw ValidationError("give --key or --trust: the proof brings no key") }
        do {
            let proof = try AbsenceProof(parsing: bytes)
            let proven = try proof.verify(keys: keys, origin: origin, isCollectorKnown: trust != nil)
            try print(AbsenceReport(proof, proven.leaf, proven.statement, isCollectorKnown: trust != nil))
        } catch let error as ExitCode {
            throw error
        } catch {
            switch format {
            case .table: Console.say("FAILED  \(error)")
            case .json:
                try Console.print(
                    .object([("status", .string("failed")), ("reason", .string("\(error)"))]))
            }
            throw ExitStatus.findings
        }
    }

    private func print(_ report: AbsenceReport) throws {
        switch format {
        case .table: Console.print(report.text)
        case .json: try Console.print(report.json)
        }
    }
}

/// What a proof of absence proves, and what it leaves open.
private struct AbsenceReport {
    private let proof: AbsenceProof
    private let leaf: Int
    private let batch: BatchStatement
    private let isCollectorKnown: Bool

    init(_ proof: AbsenceProof, _ leaf: Int, _ batch: BatchStatement, isCollectorKnown: Bool) {
        self.proof = proof
        self.leaf = leaf
        self.batch = batch
        self.isCollectorKnown = isCollectorKnown
    }

    /// A snapshot that was read whole: then the source did not have the record.
    private var isWhole: Bool {
        batch.mode == .snapshot && batch.failures.isEmpty && batch.counts.setAside == 0
            && batch.kinds.contains(proof.kind)
    }

    var text: String {
        let count = batch.members?.count ?? 0
        let lines = [
            "absent   \(proof.kind) \(proof.key): not among the \(count) records of collection \(batch.series.sequence) of \(batch.source)",
            "         log entry \(leaf), recorded \(batch.recorded)",
            isWhole
                ? "         a snapshot of \(batch.started) that was read whole: \(batch.source) did not have it then"
                : "         not a whole snapshot of \(proof.kind) (\(batch.mode.rawValue), \(batch.counts.setAside) set aside, "
                    + "\(batch.failures.count) failures): \(batch.source) may have had it",
        ]
        let signer = isCollectorKnown ? [] : ["-        collector: not checked; give --trust"]
        return (lines + signer).joined(separator: "\n")
    }

    var json: JSON {
        .object([
            ("status", .string("absent")), ("kind", .string(proof.kind.text)),
            ("key", .string(proof.key.text)), ("leaf", .integer(Int64(leaf))),
            ("source", .string(batch.source.text)), ("sequence", .integer(Int64(batch.series.sequence))),
            ("mode", .string(batch.mode.rawValue)), ("started", .string(batch.started.description)),
            ("recorded", .string(batch.recorded.description)),
            ("records", .integer(Int64(batch.members?.count ?? 0))),
            ("setAside", .integer(Int64(batch.counts.setAside))),
            ("failures", .integer(Int64(batch.failures.count))), ("whole", .bool(isWhole)),
            ("collectorChecked", .bool(isCollectorKnown)),
        ])
    }
}
