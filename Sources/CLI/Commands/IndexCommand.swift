import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Reports
import Workspaces

/// `assay index`
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Write the columns that assessments read anew, from the log and the payloads.",
        discussion: """
            Columns are derived: they can be deleted, and nothing is lost with them. Collecting and importing keep them \
            up to date. With --check nothing is written: every byte of them is proven, their rows are compared with the \
            payloads, and the command exits 1 when they should be written anew.
            """)

    @Flag(help: "Compare the columns with the payloads instead.")
    var check = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let opened = try workspace.open()
        if check { try compare(opened) } else { try write(opened) }
    }

    private func write(_ workspace: Workspace) throws {
        let start = ContinuousClock.now
        let report = try workspace.besideErasures {
            try workspace.refreshColumns(anew: true) { Console.progress("reading batch", $0, $1) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        switch output.format {
        case .table:
            var table = Columns(["kind", "source", "rows", "bytes"])
            for stream in report.streams where stream.rows > 0 {
                table.add([stream.kind.text, stream.source.text, String(stream.rows), String(stream.bytes)])
            }
            for line in table.lines { Console.print(line) }
            let tenths = Int(seconds * 10)
            Console.print(
                "\(report.rows) rows of \(report.added) batches in \(report.bytes) bytes, "
                    + "\(tenths / 10).\(tenths % 10) s")
        case .json:
            try Console.print(
                .object([
                    ("batches", .integer(Int64(report.added))), ("rows", .integer(Int64(report.rows))),
                    ("bytes", .integer(Int64(report.bytes))),
                    ("milliseconds", .integer(Int64(seconds * 1_000))),
                    ("streams", .array(report.streams.map(Self.json))),
                ]))
        }
    }

    private static func json(_ stream: ColumnReport.Stream) -> JSON {
        .object([
            ("kind", .string(stream.kind.text)), ("source", .string(stream.source.text)),
            ("rows", .integer(Int64(stream.rows))), ("bytes", .integer(Int64(stream.bytes))),
        ])
    }

    private func compare(_ workspace: Workspace) throws {
        let condition = try workspace.columnCondition()
        let differences: [String] =
            switch condition {
            case .intact, .behind:
                try workspace.besideErasures {
                    try workspace.compareColumns { Console.progress("reading batch", $0, $1) }
                }
            case .missing, .foreign, .damaged: []
            }
        switch output.format {
        case .table:
            Console.print(condition.text)
            for difference in differences { Console.print("DIFFERENT  \(difference)") }
        case .json:
            try Console.print(
                .object([
                    ("columns", .string(condition.word)),
                    ("differences", .array(differences.map { .string($0) })),
                ]))
        }
        if !condition.isGood || !differences.isEmpty { throw ExitStatus.findings }
    }
}

extension ColumnCondition {
    /// One word for programs.
    var word: String {
        switch self {
        case .intact: "intact"
        case .behind: "behind"
        case .missing: "missing"
        case .foreign: "foreign"
        case .damaged: "damaged"
        }
    }

    /// Whether assessments can use them.
    var isGood: Bool {
        switch self {
        case .intact, .behind: true
        case .missing, .foreign, .damaged: false
        }
    }

    /// A sentence that says what to do.
    var text: String {
        switch self {
        case .intact: "columns: intact"
        case .behind(let batches):
            "columns: intact, \(batches) batch\(batches == 1 ? "" : "es") behind the log; \"assay index\" catches up"
        case .missing: "columns: none are written; assessments read the payloads. Run \"assay index\""
        case .foreign(let what):
            "columns: not usable, \(what); assessments read the payloads. Run \"assay index\""
        case .damaged(let what): what
        }
    }
}
