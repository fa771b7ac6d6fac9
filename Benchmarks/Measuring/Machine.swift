import Crypto
import Foundation
import GRDBSQLite

/// The machine and its own speed at what everything else is made of.
struct Machine {
    let processor: String
    let cores: Int
    /// How many threads wanted a core in the last minute.
    let load: String
    /// SHA-256 of 65 bytes a second, one thread.
    let hashes: Double
    /// SHA-256 of one large text, in bytes a second.
    let bulk: Double
    /// Appends of a few KiB that were made durable, a second.
    let syncs: Double
    /// Bytes a second that are written to a new file and made durable.
    let disk: Double
    /// Ed25519 signatures checked a second.
    let verifies: Double

    init(_ setting: Setting) throws {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        processor =
            model.flatMap { $0.split(separator: ":").last }.map {
                $0.trimmingCharacters(in: .whitespaces)
            } ?? "unknown processor"
        cores = ProcessInfo.processInfo.activeProcessorCount
        let averages = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        load = averages.split(separator: " ").first.map(String.init) ?? "unknown"
        let rounds = 5
        let hashCount = setting.size(400_000, quick: 100_000)
        hashes = Double(hashCount) / (0..<rounds).map { _ in Self.hashing(hashCount) }.median
        let block = [UInt8](repeating: 0x5A, count: setting.size(64 << 20, quick: 16 << 20))
        bulk = Double(block.count) / (0..<rounds).map { _ in Self.hashing(block) }.median
        let syncCount = setting.size(100, quick: 30)
        let syncing = try Self.syncing(
            Array(repeating: [UInt8](repeating: 0x5A, count: 8 << 10), count: syncCount), in: setting)
        syncs = 1 / syncing.median
        let large = Array(
            repeating: [UInt8](repeating: 0x5A, count: 1 << 20), count: setting.size(64, quick: 16))
        disk = Double(large.count << 20) / (try Self.writing(large, in: setting))
        let signatures = setting.size(2_000, quick: 500)
        verifies = Double(signatures) / (try Self.verifying(signatures))
    }

    /// Seconds for so many hashes of 65 bytes, as the tree's nodes have them.
    static func hashing(_ count: Int) -> Double {
        var node = [UInt8](repeating: 1, count: 65)
        return Stopwatch.seconds {
            for _ in 0..<count {
                let digest = node.withUnsafeBytes { bytes in
                    var state = SHA256()
                    state.update(bufferPointer: bytes)
                    return state.finalize()
                }
                digest.withUnsafeBytes { bytes in
                    node.withUnsafeMutableBytes {
                        UnsafeMutableRawBufferPointer(rebasing: $0[1..<33]).copyMemory(from: bytes)
                    }
                }
            }
            keep(node)
        }
    }

    /// Seconds for the SHA-256 of some bytes.
    static func hashing(_ bytes: [UInt8]) -> Double {
        Stopwatch.seconds { keep(SHA256.hash(data: bytes)) }
    }

    /// Seconds of each durable append of these records to a new file.
    ///
    /// - Parameter over: the file has its length already, as a database's journal has.
    static func syncing(_ records: [[UInt8]], over: Bool = false, in setting: Setting) throws -> [Double] {
        let path = setting.folder + "/sync"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw NotMeasured("a file cannot be made in \(setting.folder)") }
        defer {
            close(file)
            unlink(path)
        }
        if over {
            let length = [UInt8](repeating: 0, count: records.reduce(0) { $0 + $1.count })
            guard write(file, length, length.count) == length.count, fsync(file) == 0,
                lseek(file, 0, SEEK_SET) == 0
            else { throw NotMeasured("the disk refuses to write") }
        }
        return try records.map { record in
            var worked = false
            let seconds = Stopwatch.seconds {
                worked = write(file, record, record.count) == record.count && fdatasync(file) == 0
            }
            if !worked { throw NotMeasured("the disk refuses to write") }
            return seconds
        }
    }

    /// Seconds for writing these blocks to a new file and making them durable at the end.
    static func writing(_ blocks: [[UInt8]], in setting: Setting) throws -> Double {
        let path = setting.folder + "/write"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw NotMeasured("a file cannot be made in \(setting.folder)") }
        defer {
            close(file)
            unlink(path)
        }
        var worked = false
        let seconds = Stopwatch.seconds {
            worked = blocks.allSatisfy { write(file, $0, $0.count) == $0.count } && fdatasync(file) == 0
        }
        if !worked { throw NotMeasured("the disk refuses to write") }
        return seconds
    }

    /// Seconds for checking so many signatures.
    static func verifying(_ count: Int) throws -> Double {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 7, count: 32))
        let message = [UInt8](repeating: 3, count: 200)
        let signature = try key.signature(for: message)
        var valid = 0
        let seconds = Stopwatch.seconds {
            for _ in 0..<count where key.publicKey.isValidSignature(signature, for: message) { valid += 1 }
        }
        try expect(valid, is: count, "signatures that fit")
        return seconds
    }

    /// What is printed above the table.
    var text: String {
        layout.replacing(Figure.bond, with: " ")
    }

    private var layout: String {
        """
        \(processor), \(cores) cores; \(Self.compiler); SQLite \(String(cString: sqlite3_libversion()))
        H  SHA-256 of 65 bytes  \(Figure.rate(hashes))      B  SHA-256 in bulk  \(Figure.bytes(bulk))
        F  durable appends      \(Figure.rate(syncs))      V  Ed25519 verifies  \(Figure.rate(verifies))
        D  disk, durable        \(Figure.bytes(disk))
        Load before the run: \(load). Other work on the machine makes every time here longer.
        """
    }

    /// The language version that this was compiled with, as far as a program can know.
    private static var compiler: String {
        #if compiler(>=6.4)
            return "Swift 6.4 or later"
        #elseif compiler(>=6.3.2)
            return "Swift 6.3.2 or later"
        #elseif compiler(>=6.3.1)
            return "Swift 6.3.1"
        #elseif compiler(>=6.3)
            return "Swift 6.3"
        #else
            return "Swift 6.2"
        #endif
    }
}
