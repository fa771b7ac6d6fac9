import Formats
import Glibc

/// Why a table could not be written.
package struct TableNotWritten: Error, CustomStringConvertible {
    package let path: String
    package var description: String { "cannot write \(path); choose a folder that exists and has room" }
}

/// The tables as CSV files for databases to load: `phi_access.csv` and so on, the first line naming the columns, an empty
/// field standing for null; `kind.csv` tells how keys are written.
package struct CSVFolder {
    private let folder: String

    package init(_ folder: String) {
        self.folder = folder
    }

    package func write(_ evidence: SeededEvidence) throws {
        for table in SQLTable.all {
            try file(table.name) { append in
                try append(table.columns.map { .text($0.name) })
                try table.rows(of: evidence, append)
            }
        }
        try file("kind") { append in
            try append(["kind", "name", "prefix", "digits"].map(SQLField.text))
            for (number, kind) in WorkloadKind.all.enumerated() {
                guard case .numbered(let prefix, let digits) = kind.keys else { continue }
                try append([
                    .integer(Int64(number)), .text(kind.name.text), .text(prefix), .integer(Int64(digits)),
                ])
            }
        }
    }

    private func file(_ name: String, _ body: (([SQLField]) throws -> Void) throws -> Void) throws {
        let path = "\(folder)/\(name).csv"
        guard let file = fopen(path, "w") else { throw TableNotWritten(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        func flush() throws {
            guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
                throw TableNotWritten(path: path)
            }
            bytes.removeAll(keepingCapacity: true)
        }
        try body { fields in
            for (place, field) in fields.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                switch field {
                case .null: break
                case .integer(let number): Self.append(number, to: &bytes)
                case .text(let text): bytes += text.utf8
                }
            }
            bytes.append(UInt8(ascii: "\n"))
            if bytes.count > 1 << 20 { try flush() }
        }
        try flush()
        guard fflush(file) == 0 else { throw TableNotWritten(path: path) }
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
