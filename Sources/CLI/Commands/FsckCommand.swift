import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Workspaces

/// `assay fsck`
struct FsckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Check everything that is stored: log, hashes, signatures, payloads, index.")

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let report = try workspace.openForCheck().fsck(now: Clock.system.now()) {
            Console.progress("checking batch", $0, $1)
        }
        switch output.format {
        case .table:
            for (item, tombstone) in report.erased {
                Console.print("item \(item.item + 1) of batch \(item.leaf): erased by entry \(tombstone)")
            }
            for fault in report.faults { Console.print("FAULT  \(fault)") }
            for warning in report.warnings { Console.print("ALARM  \(warning)") }
            Console.print(
                "\(report.entries) log entries, \(report.hashes) hashes, \(report.batches) batches, "
                    + "\(report.items) items: \(report.faults.isEmpty ? "clean" : "\(report.faults.count) fault\(report.faults.count == 1 ? "" : "s")")"
            )
            for remedy in report.remedies { Console.print("REMEDY \(remedy)") }
            for remark in report.remarks { Console.print("REMARK \(remark)") }
            Console.print(report.columns.text)
        case .json:
            try Console.print(
                .object([
                    ("clean", .bool(report.isClean)), ("entries", .integer(Int64(report.entries))),
                    ("batches", .integer(Int64(report.batches))), ("items", .integer(Int64(report.items))),
                    (
                        "erased",
                        .array(
                            report.erased.map { item, tombstone in
                                .object([
                                    ("batch", .integer(Int64(item.leaf))),
                                    ("item", .integer(Int64(item.item))),
                                    ("by", .integer(Int64(tombstone))),
                                ])
                            })
                    ),
                    ("faults", .array(report.faults.map { .string($0) })),
                    ("remarks", .array(report.remarks.map { .string($0) })),
                    ("remedies", .array(report.remedies.map { .string($0) })),
                    ("anchors", .integer(Int64(report.anchors))),
                    ("alarms", .array(report.warnings.map { .string($0) })),
                    ("columns", .string(report.columns.word)),
                ]))
        }
        if !report.isClean { throw ExitStatus.findings }
    }
}
